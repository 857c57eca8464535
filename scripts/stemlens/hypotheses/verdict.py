"""From quantities to verdicts.

A hypothesis makes a claim for each of its measures, classes and inequalities: larger side minus
smaller side is above zero. It is *supported* when the interval of every claim lies above zero,
and *contradicted* when that of some claim lies below; since the most extreme of k claims is
picked there, that interval is wider: its error probability is divided by k (Bonferroni), and its
end is the farther one of the percentile and the normal limit. All else is *undecided*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from stemlens.errors import InputError
from stemlens.hypotheses import CONTRADICTED, SUPPORTED, UNDECIDED
from stemlens.hypotheses.catalogue import MACRO_F1, Hypothesis
from stemlens.hypotheses.effect import effect_of
from stemlens.hypotheses.inequality import Inequality
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.statistics.bootstrap import MIN_SONGS, normal_limit, percentile_interval

ROUNDING = 1e-6
"""Differences as small as this are none: replicates are kept in single precision."""


@dataclass(frozen=True)
class Claim:
    """One inequality for one measure and class.

    Attributes
    ----------
    measure, class_name
        What it is about; empty where it names them itself.
    claim
        The inequality as text.
    effect
        Larger minus smaller side; NaN where something is missing or undefined.
    ci_low, ci_high
        Its interval; NaN where there is none.
    widened_high
        Upper end of the interval for the most extreme of all claims of the hypothesis.
    n_songs
        How many songs it rests on.
    n_seeds_agreeing, n_seeds
        In how many of the seeds the effect is above zero.
    z
        Effect ÷ its bootstrap standard error.
    note
        What is missing, or why it is undefined or has no interval.
    """

    measure: str
    class_name: str
    claim: str
    effect: float
    ci_low: float
    ci_high: float
    widened_high: float
    n_songs: int
    n_seeds_agreeing: int
    n_seeds: int
    z: float
    note: str


@dataclass(frozen=True)
class Verdict:
    """What became of a hypothesis; `deciding` is the claim that decided, or the weakest."""

    verdict: str
    deciding: Claim
    claims: tuple[Claim, ...]
    note: str


def judge(hypothesis: Hypothesis, quantities: Quantities, *, confidence: float) -> Verdict:
    """Test a hypothesis.

    Parameters
    ----------
    hypothesis
        What to test.
    quantities
        Of one network and training.
    confidence
        Of the intervals, as 0.95.
    """
    scopes = _scopes(hypothesis, quantities)
    claims = tuple(
        _test(inequality, scope, quantities, confidence=confidence, n_claims=len(scopes))
        for inequality, scope in scopes
    )
    defined = [claim for claim in claims if not np.isnan(claim.effect)]
    contradicted = [claim for claim in defined if claim.widened_high < 0]
    if contradicted:
        verdict, deciding = CONTRADICTED, min(contradicted, key=lambda claim: claim.z)
    else:
        all_hold = all(claim.ci_low > 0 for claim in claims)
        verdict = SUPPORTED if all_hold else UNDECIDED
        deciding = min(defined or claims, key=lambda claim: claim.z)
    return Verdict(verdict, deciding, claims, _note(claims, deciding, verdict))


def _scopes(hypothesis: Hypothesis, quantities: Quantities) -> list[tuple[Inequality, Key]]:
    named = quantities.classes() if hypothesis.classes is None else hypothesis.classes
    classes = named or [""]
    scopes = []
    for inequality in hypothesis.inequalities:
        # What an inequality states itself is not repeated for each measure or class.
        states = quantities.stated(inequality.names())
        scopes += [
            (inequality, Key(hypothesis.task, measure, class_name, ""))
            for measure in ([""] if "measure" in states else hypothesis.measures)
            for class_name in ([""] if "class_name" in states else classes)
        ]
    return scopes


def _test(
    inequality: Inequality,
    scope: Key,
    quantities: Quantities,
    *,
    confidence: float,
    n_claims: int,
) -> Claim:
    about = (scope.measure, scope.class_name, str(inequality))
    try:
        used = [quantities.find(scope, name) for name in inequality.names()]
    except InputError as error:
        return Claim(*about, np.nan, np.nan, np.nan, np.nan, 0, 0, 0, np.inf, str(error))

    found = dict(zip(inequality.names(), used, strict=True))
    effect = float(_rounded(effect_of(inequality, lambda name: found[name].mean)))
    by_seed = _rounded(effect_of(inequality, lambda name: found[name].by_seed))
    replicates = _rounded(effect_of(inequality, lambda name: found[name].replicates))
    n_songs = min(quantity.n_songs for quantity in used)
    of_songs = partial(percentile_interval, replicates, n_songs=n_songs)
    low, high = map(float, of_songs(confidence=confidence))
    widened = 1 - (1 - confidence) / n_claims
    _, percentile = map(float, of_songs(confidence=widened))
    limit = normal_limit(effect, replicates, confidence=widened, n_songs=n_songs)
    widened_high = max(percentile, limit)
    note = ""
    if scope.measure == MACRO_F1 and len(by_seed) < 2:
        low = high = widened_high = np.nan
        note = "one seed does not tell how much training varies"
    elif np.isnan(effect):
        note = "a similarity is undefined (tables/similarity.csv says why)"
    elif n_songs < MIN_SONGS:
        note = f"{n_songs} songs: no interval from fewer than {MIN_SONGS}"
    elif np.isnan(low):
        note = "no interval: undefined in most bootstrap replicates"
    return Claim(
        *about,
        effect,
        low,
        high,
        widened_high,
        n_songs,
        int((by_seed > 0).sum()),
        len(by_seed),
        _z(effect, replicates),
        note,
    )


def _rounded(effect: np.ndarray) -> np.ndarray:
    return np.where(np.abs(effect) < ROUNDING, 0, effect)


def _z(effect: float, replicates: np.ndarray) -> float:
    defined = replicates[np.isfinite(replicates)]
    error = float(defined.std()) if len(defined) else 0.0
    if np.isnan(effect):
        return np.inf
    return effect / error if error > 0 else float(np.sign(effect)) * np.inf if effect else 0.0


def _note(claims: Sequence[Claim], deciding: Claim, verdict: str) -> str:
    notes = []
    if not np.isnan(deciding.effect):
        role = "decided by one" if verdict == CONTRADICTED else "weakest"
        about = ", ".join(part for part in (deciding.measure, deciding.class_name) if part)
        claim = f"{about}: {deciding.claim}" if about else deciding.claim
        notes.append(f"{role} of {len(claims)} claims: {claim}" if len(claims) > 1 else claim)
        # A seed means nothing across networks.
        if deciding.measure != MACRO_F1:
            notes.append(f"holds in {deciding.n_seeds_agreeing} of {deciding.n_seeds} seeds")
        if verdict == UNDECIDED and deciding.ci_high < 0:
            notes.append(f"below zero, yet not enough for the most extreme of {len(claims)} claims")
    notes += dict.fromkeys(claim.note for claim in claims if claim.note)
    return "; ".join(notes)

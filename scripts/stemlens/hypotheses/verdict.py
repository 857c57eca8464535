"""From quantities to verdicts.

A hypothesis makes a claim for each of its measures, classes and inequalities: larger side minus
smaller side is above zero. It is *supported* when the interval of every claim lies above zero,
and *contradicted* when that of some claim lies below; since the most extreme of k claims is
picked there, that interval is wider: its error probability is divided by k (Bonferroni). It is *not
applicable* when something that a claim names is missing in the run, or not defined there. All else
is *undecided*.

Where a claim holds in one of several alternatives (see `stemlens.hypotheses.effect`), one of them
has to be supported, at an error probability divided by their number, or all have to be
contradicted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stemlens.errors import InputError
from stemlens.hypotheses import CONTRADICTED, NOT_APPLICABLE, SUPPORTED, UNDECIDED
from stemlens.hypotheses.catalogue import MACRO_F1, Hypothesis
from stemlens.hypotheses.effect import Alternatives, effect_of
from stemlens.hypotheses.inequality import Inequality, written
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.notes import NO_INTERVAL
from stemlens.statistics.bootstrap import MIN_SONGS
from stemlens.statistics.estimate import Estimate

EFFECT_ROUNDING = 1e-6
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
        Larger minus smaller side; of an extreme, of the value that decides. NaN where the claim
        is not applicable.
    ci_low, ci_high
        Its interval; NaN where there is none.
    widened_high
        Upper end of the interval for the most extreme of all claims of the hypothesis.
    n_songs
        How many songs it rests on.
    n_comparisons
        Among how many differences of means the most extreme is picked for `widened_high`: all
        claims, times what an extreme is taken apart into.
    n_seeds_agreeing, n_seeds
        In how many of the seeds the claim holds.
    strength
        Effect ÷ its distance from `ci_low`: above 1 where the claim is supported.
    note
        What is missing, or why it is undefined or has no interval.
    """

    measure: str
    class_name: str
    claim: str
    effect: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    widened_high: float = np.nan
    n_songs: int = 0
    n_comparisons: int = 0
    n_seeds_agreeing: int = 0
    n_seeds: int = 0
    strength: float = np.inf
    note: str = ""

    @property
    def is_applicable(self) -> bool:
        """Whether all that it names is there and defined."""
        return not np.isnan(self.effect)


@dataclass(frozen=True)
class Verdict:
    """What became of a hypothesis; `deciding` is the claim that decided, or the weakest."""

    verdict: str
    deciding: Claim
    claims: tuple[Claim, ...]
    note: str


def judge(
    hypothesis: Hypothesis, quantities: Quantities, *, training: str, confidence: float
) -> Verdict:
    """Test a hypothesis.

    Parameters
    ----------
    quantities
        Of one network.
    training
        How the network that is judged was trained.
    """
    classes = _classes(hypothesis, quantities)
    scopes = _scopes(hypothesis, quantities, classes, training)
    claims = tuple(
        _test(*scope, quantities, confidence=confidence, n_claims=len(scopes)) for scope in scopes
    )
    applicable = [claim for claim in claims if claim.is_applicable]
    contradicted = [claim for claim in applicable if claim.widened_high < 0]
    if contradicted:
        verdict = CONTRADICTED
    elif len(applicable) < len(claims):
        verdict = NOT_APPLICABLE
    else:
        verdict = SUPPORTED if all(claim.ci_low > 0 for claim in claims) else UNDECIDED
    deciding = min(contradicted or applicable or claims, key=lambda claim: claim.strength)
    return Verdict(verdict, deciding, claims, _note(claims, deciding, verdict))


def _classes(hypothesis: Hypothesis, quantities: Quantities) -> list[str]:
    present = quantities.classes()
    if hypothesis.classes is None:
        return present
    spelled = {written(name): name for name in present}
    return [spelled.get(written(name), name) for name in hypothesis.classes]


def _scopes(
    hypothesis: Hypothesis, quantities: Quantities, classes: Sequence[str], training: str
) -> list[tuple[Inequality, Alternatives, Key]]:
    scopes = []
    for inequality in hypothesis.inequalities:
        alternatives = effect_of(inequality, [written(name) for name in classes])
        names = [name for forms in alternatives for form in forms for name in form.coefficients]
        # What an inequality states itself is not repeated for each measure or class.
        states = quantities.stated(names) if names else set()
        scopes += [
            (inequality, alternatives, Key(hypothesis.task, training, measure, class_name, ""))
            for measure in ([""] if "measure" in states else hypothesis.measures)
            for class_name in ([""] if "class_name" in states else classes or [""])
        ]
    return scopes


def _test(
    inequality: Inequality,
    alternatives: Alternatives,
    scope: Key,
    quantities: Quantities,
    *,
    confidence: float,
    n_claims: int,
) -> Claim:
    about = (scope.measure, scope.class_name, str(inequality))
    try:
        estimates = [
            [_rounded(quantities.estimate(scope, form)) for form in forms if form.coefficients]
            for forms in alternatives
            if all(form.coefficients or form.constant > 0 for form in forms)
        ]
    except InputError as error:
        return Claim(*about, note=str(error))
    if not estimates or not all(estimates):
        return Claim(*about, note="cannot be tested: no class, or no value, is left to compare")

    of_one = 1 - (1 - confidence) / len(estimates)
    weakest = []
    highest = []
    for of_alternative in estimates:
        compared = [_Comparison.of(estimate, of_one) for estimate in of_alternative]
        weakest.append(min(compared, key=lambda comparison: comparison.strength))
        widened = 1 - (1 - confidence) / (n_claims * len(of_alternative))
        highest.append(np.min([estimate.interval(widened)[1] for estimate in of_alternative]))
    best = max(weakest, key=lambda comparison: comparison.strength)
    by_seed = np.max(
        [np.min(np.broadcast_arrays(*[e.by_seed for e in forms]), axis=0) for forms in estimates],
        axis=0,
    )
    return Claim(
        *about,
        effect=best.effect,
        ci_low=best.low,
        ci_high=best.high,
        widened_high=float(np.max(highest)),
        n_songs=best.n_songs,
        n_comparisons=n_claims * max(map(len, estimates)),
        n_seeds_agreeing=int((by_seed > 0).sum()),
        n_seeds=by_seed.size,
        strength=best.strength,
        note=best.note,
    )


@dataclass(frozen=True)
class _Comparison:
    """A linear form and its interval."""

    effect: float
    low: float
    high: float
    n_songs: int

    @classmethod
    def of(cls, estimate: Estimate, confidence: float) -> "_Comparison":
        low, high = estimate.interval(confidence)
        return cls(float(estimate.mean), float(low), float(high), int(estimate.n_songs))

    @property
    def strength(self) -> float:
        width = self.effect - self.low
        if width == 0:
            return np.sign(self.effect) * np.inf if self.effect else 0.0
        # Without an interval it supports nothing, however large it is.
        return min(self.effect, 1.0) if np.isnan(width) else self.effect / width

    @property
    def note(self) -> str:
        if self.n_songs < MIN_SONGS:
            return f"{self.n_songs} songs: no interval from fewer than {MIN_SONGS}"
        if np.isnan(self.low):
            return NO_INTERVAL
        return ""


def _rounded(estimate: Estimate) -> Estimate:
    by_seed, replicates = (
        np.where(np.abs(values) < EFFECT_ROUNDING, 0, values)
        for values in (estimate.by_seed, estimate.replicates)
    )
    return Estimate(by_seed, replicates, estimate.n_songs)


def _note(claims: Sequence[Claim], deciding: Claim, verdict: str) -> str:
    notes = [*dict.fromkeys(claim.note for claim in claims if not claim.is_applicable)]
    if deciding.is_applicable:
        n_applicable = sum(claim.is_applicable for claim in claims)
        role = "decided by one" if verdict == CONTRADICTED else "weakest"
        about = ", ".join(part for part in (deciding.measure, deciding.class_name) if part)
        claim = f"{about}: {deciding.claim}" if about else deciding.claim
        notes.append(f"{role} of {n_applicable} claims: {claim}" if len(claims) > 1 else claim)
        # A seed means nothing across networks.
        if deciding.measure != MACRO_F1:
            notes.append(f"holds in {deciding.n_seeds_agreeing} of {deciding.n_seeds} seeds")
        if verdict == UNDECIDED and deciding.ci_high < 0:
            notes.append(f"below zero, yet not enough for the most extreme of {len(claims)} claims")
    notes += dict.fromkeys(claim.note for claim in claims if claim.is_applicable and claim.note)
    return "; ".join(notes)

"""From quantities to verdicts.

A hypothesis makes a claim for each of its measures, classes and inequalities: larger side minus
smaller side is above zero. It is *supported* when the interval of every claim lies above zero,
and *contradicted* when that of some claim lies below; since the most extreme of k claims is
picked there, that interval is wider: its error probability is divided by k (Bonferroni). It is *not
applicable* when something that a claim names is missing in the run, or not defined there. All else
is *undecided*.

Where a claim holds in one of several alternatives (see `stemlens.hypotheses.effect`), one of them
has to be supported, at an error probability divided by their number, or all have to be
contradicted. So it is with layers where a claim says ``any``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stemlens.hypotheses import CONTRADICTED, NOT_APPLICABLE, SUPPORTED, UNDECIDED
from stemlens.hypotheses.catalogue import MACRO_F1, Hypothesis
from stemlens.hypotheses.claim import Claim, judge_claim
from stemlens.hypotheses.effect import Alternatives, effect_of
from stemlens.hypotheses.inequality import Inequality, written
from stemlens.hypotheses.layer_words import in_each_layer
from stemlens.hypotheses.quantities import Key, Quantities


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
        judge_claim(*scope, quantities, confidence=confidence, n_claims=len(scopes))
        for scope in scopes
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
) -> list[tuple[Inequality, Mapping[str, Alternatives], Key]]:
    """List what is to be tested: each inequality, what it says of each layer, and about what."""
    network = Key(hypothesis.task, training, "", "", "")
    scopes: list[tuple[Inequality, Mapping[str, Alternatives], Key]] = []
    for inequality in hypothesis.inequalities:
        spelled = {"": inequality}
        if not hypothesis.is_about_networks:
            spelled = in_each_layer(inequality, lambda heads: quantities.layers(network, heads))
        by_layer = {
            layer: effect_of(of_layer, [written(name) for name in classes])
            for layer, of_layer in spelled.items()
        }
        names = [
            name
            for alternatives in by_layer.values()
            for forms in alternatives
            for form in forms
            for name in form.coefficients
        ]
        # What an inequality states itself is not repeated for each measure or class.
        states = quantities.stated(names) if names else set()
        scopes += [
            (inequality, by_layer, replace(network, measure=measure, class_name=class_name))
            for measure in ([""] if "measure" in states else hypothesis.measures)
            for class_name in ([""] if "class_name" in states else classes or [""])
        ]
    return scopes


def _note(claims: Sequence[Claim], deciding: Claim, verdict: str) -> str:
    notes = [*dict.fromkeys(claim.note for claim in claims if not claim.is_applicable)]
    if deciding.is_applicable:
        n_applicable = sum(claim.is_applicable for claim in claims)
        role = "decided by one" if verdict == CONTRADICTED else "weakest"
        about = ", ".join(part for part in (deciding.measure, deciding.class_name) if part)
        claim = f"{about}: {deciding.claim}" if about else deciding.claim
        notes.append(f"{role} of {n_applicable} claims: {claim}" if len(claims) > 1 else claim)
        if deciding.layers_note:
            notes.append(deciding.layers_note)
        # A seed means nothing across networks.
        if deciding.measure != MACRO_F1:
            notes.append(f"holds in {deciding.n_seeds_agreeing} of {deciding.n_seeds} seeds")
        if verdict == UNDECIDED and deciding.ci_high < 0:
            notes.append(f"below zero, yet not enough for the most extreme of {len(claims)} claims")
    notes += dict.fromkeys(claim.note for claim in claims if claim.is_applicable and claim.note)
    return "; ".join(notes)

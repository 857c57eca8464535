"""A claim of a hypothesis, tested: one inequality for one measure and class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stemlens.errors import InputError
from stemlens.hypotheses.effect import Alternatives
from stemlens.hypotheses.inequality import ANY, Inequality
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.notes import NO_INTERVAL
from stemlens.statistics.bootstrap import MIN_SONGS
from stemlens.statistics.estimate import Estimate


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
        Among how many differences of means the most extreme is picked: for `widened_high`, all
        claims, times what an extreme is taken apart into, or else, for `ci_low`, its alternatives.
    n_seeds_agreeing, n_seeds
        In how many of the seeds the claim holds.
    strength
        Effect ÷ its distance from `ci_low`: above 1 where the claim is supported.
    note
        What is missing, or why it is undefined or has no interval; which layers were left out.
    clearest_layer
        Of a claim with ``any``, the layer in which it holds most clearly.
    from_layer
        Of a supported claim with ``any`` or ``last``, the first layer from which on it holds in
        each, to the end: tested from the last layer backwards until one does not support it.
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
    clearest_layer: str = ""
    from_layer: str = ""

    @property
    def is_applicable(self) -> bool:
        """Whether all that it names is there and defined."""
        return not np.isnan(self.effect)

    @property
    def layers_note(self) -> str:
        """In which layers it holds, where it leaves that open."""
        clearest = self.clearest_layer and f"clearest in {self.clearest_layer}"
        onward = self.from_layer and f"holds from {self.from_layer} on"
        return "; ".join(filter(None, [clearest, onward]))


def judge_claim(
    inequality: Inequality,
    by_layer: Mapping[str, Alternatives],
    scope: Key,
    quantities: Quantities,
    *,
    confidence: float,
    n_claims: int,
) -> Claim:
    """Test an inequality.

    Parameters
    ----------
    by_layer
        What it says of each layer, see `stemlens.hypotheses.layer_words.in_each_layer`.
    scope
        Which network, measure and class it is about.
    n_claims
        How many claims the hypothesis makes.
    """
    about = (scope.measure, scope.class_name, str(inequality))
    says_any = any(name == ANY for *_, name in inequality.names())
    estimates: list[list[Estimate]] = []
    layer_of: list[str] = []
    left_out: dict[str, str] = {}
    for layer in by_layer if says_any else [*by_layer][-1:]:
        try:
            found = _estimates(by_layer[layer], scope, quantities)
        except InputError as error:
            left_out[layer] = str(error)
        else:
            estimates += found
            layer_of += [layer] * len(found)
    if left_out and not estimates:
        return Claim(*about, note=next(iter(left_out.values())))
    if not estimates or not all(estimates):
        return Claim(*about, note="cannot be tested: no class, or no value, is left to compare")

    weakest = _weakest_of_each(estimates, confidence)
    highest = []
    for of_alternative in estimates:
        widened = 1 - (1 - confidence) / (n_claims * len(of_alternative))
        highest.append(np.min([estimate.interval(widened)[1] for estimate in of_alternative]))
    clearest = max(range(len(weakest)), key=lambda n: weakest[n].strength)
    best = weakest[clearest]
    by_seed = np.max(
        np.broadcast_arrays(
            *(np.min(np.broadcast_arrays(*[e.by_seed for e in f]), axis=0) for f in estimates)
        ),
        axis=0,
    )
    without = f"without {', '.join(left_out)}: {next(iter(left_out.values()))}" if left_out else ""
    is_open = best.low > 0 and "" not in by_layer
    return Claim(
        *about,
        effect=best.effect,
        ci_low=best.low,
        ci_high=best.high,
        widened_high=float(np.max(highest)),
        n_songs=best.n_songs,
        n_comparisons=max(n_claims * max(map(len, estimates)), len(estimates)),
        n_seeds_agreeing=int((by_seed > 0).sum()),
        n_seeds=by_seed.size,
        strength=best.strength,
        note="; ".join(filter(None, [best.note, without])),
        clearest_layer=layer_of[clearest] if says_any else "",
        from_layer=_from_layer(by_layer, scope, quantities, confidence) if is_open else "",
    )


def _estimates(
    alternatives: Alternatives, scope: Key, quantities: Quantities
) -> list[list[Estimate]]:
    """Evaluate the forms of each alternative that can hold."""
    return [
        [quantities.estimate(scope, form) for form in forms if form.coefficients]
        for forms in alternatives
        if all(form.coefficients or form.constant > 0 for form in forms)
    ]


def _weakest_of_each(
    alternatives: Sequence[Sequence[Estimate]], confidence: float
) -> "list[_Comparison]":
    """Compare the forms of alternatives, one of which is enough, and pick the weakest of each."""
    of_one = 1 - (1 - confidence) / len(alternatives)
    return [
        min((_Comparison.of(form, of_one) for form in forms), key=lambda found: found.strength)
        for forms in alternatives
    ]


def _from_layer(
    by_layer: Mapping[str, Alternatives], scope: Key, quantities: Quantities, confidence: float
) -> str:
    """Find the first layer from which on a claim is supported in each.

    Tests in an order that is fixed beforehand, of which the first that fails is the last, need no
    correction for their number.
    """
    reached = ""
    for layer in reversed([*by_layer]):
        try:
            estimates = _estimates(by_layer[layer], scope, quantities)
        except InputError:
            break
        if not estimates or not all(estimates):
            break
        if not any(found.low > 0 for found in _weakest_of_each(estimates, confidence)):
            break
        reached = layer
    return reached


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
        # Without an interval it supports nothing, however large it is.
        return min(self.effect, 1.0) if np.isnan(width) else self.effect / width

    @property
    def note(self) -> str:
        if self.n_songs < MIN_SONGS:
            return f"{self.n_songs} songs: no interval from fewer than {MIN_SONGS}"
        if np.isnan(self.low):
            return NO_INTERVAL
        return ""

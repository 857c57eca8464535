"""The quantities that hypotheses compare: similarities, contrasts, entropies, network scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import CONTRASTS, MACRO_F1, MSE, MSE_MEASURES, NORMALISED_MSE
from stemlens.hypotheses.effect import LinearForm
from stemlens.hypotheses.inequality import written
from stemlens.hypotheses.kept import KeptQuantity
from stemlens.notes import joined_notes
from stemlens.similarity.contrast import contrast
from stemlens.similarity.seeds import Summary, estimate_over_seeds
from stemlens.statistics.estimate import Estimate, weighted_sum

EFFECT_ROUNDING = 1e-6
"""Differences as small as this are none: replicates are kept in single precision.

Of errors, which may all be small, this is a share of the largest that is compared.
"""


@dataclass(frozen=True)
class Key:
    """What identifies a quantity; `name` is a layer, or a network for a score of networks."""

    task: str
    training: str
    measure: str
    class_name: str
    name: str


HEADS = tuple(part.name for part in fields(Key) if part.name != "name")
"""What a dotted name may state before the layer or network."""


@dataclass
class Quantities:
    """All quantities of one network, by `Key`.

    Attributes
    ----------
    mse_measure
        What ``mse`` and ``normalised_mse`` stand for.
    of
        The quantities.
    undefined
        Why a quantity has no value.
    names
        How hypotheses spell a layer or network → its name.
    spelled
        For each part of a key, how names spell it → its value.
    """

    mse_measure: str
    of: dict[Key, Estimate] = field(default_factory=dict)
    undefined: dict[Key, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    spelled: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            **{part: {} for part in HEADS},
            "measure": {MSE: MSE, NORMALISED_MSE: NORMALISED_MSE},
        }
    )

    def add(self, key: Key, estimate: Estimate, note: str = "") -> None:
        """Add a quantity, and why it has no value if it has none."""
        self.of[key] = estimate
        self.undefined[key] = note
        self.names.setdefault(written(key.name), key.name)
        self.names[key.name] = key.name
        for part, values in self.spelled.items():
            value = getattr(key, part)
            values[written(value)] = value

    def add_summaries(self, task: str, training: str, summaries: Sequence[Summary]) -> None:
        """Add quantities of each class: similarities of its pairs, entropies of its moods.

        Parameters
        ----------
        task, training
            What the network was trained for, and how.
        summaries
            Table and replicates of each seed, as from
            `stemlens.similarity.mean_similarity.summarise` or
            `stemlens.moods.assignment.entropies`.
        """
        table, _ = summaries[0]
        means = estimate_over_seeds(summaries, "mean")
        for row in np.flatnonzero(table["class_a"] == table["class_b"]):
            measure, class_name, layer = table.loc[row, ["measure", "class_a", "layer"]]
            key = Key(task, training, measure, class_name, layer)
            note = joined_notes(summary.loc[row, "note"] for summary, _ in summaries)
            self.add(key, means[row], note)

    def add_contrasts(self, task: str, training: str, summaries: Sequence[Summary]) -> None:
        """Add the contrast of each class; the arguments are those of `add_summaries`."""
        contrasts = [contrast(*summary) for summary in summaries]
        differences = estimate_over_seeds(contrasts, "contrast")
        for row, found in contrasts[0][0].iterrows():
            if measure := CONTRASTS.get(found["measure"]):
                key = Key(task, training, measure, found["class"], found["layer"])
                note = joined_notes(of_seed.loc[row, "note"] for of_seed, _ in contrasts)
                self.add(key, differences[row], note)

    def add_kept(self, task: str, training: str, kept: Iterable[KeptQuantity]) -> None:
        """Add what layers keep of transformed stimuli, from `kept_quantities`."""
        for each in kept:
            key = Key(task, training, each.measure, each.class_name, each.layer)
            self.add(key, each.estimate, each.note)

    def add_macro_f1(self, task: str, training: str, scores: Mapping[str, Estimate]) -> None:
        """Add the macro F1 of each network."""
        for network, score in scores.items():
            self.add(Key(task, training, MACRO_F1, "", network), score)

    def find(self, scope: Key, dotted_name: tuple[str, ...]) -> Key:
        """Find what a dotted name means.

        Parameters
        ----------
        scope
            Task, training, measure and class where the name itself does not state them.
        dotted_name
            As ('bass', 'input'): any of task, training, measure and class, then the layer or
            network. A hyphen or a dot in a layer's name may be written as an underscore.

        Raises
        ------
        InputError
            If there is no such quantity; the message says what is missing.
        """
        parts = {head: getattr(scope, head) for head in HEADS}
        *heads, name = dotted_name
        for head in heads:
            # A class may be called other, as what stands for the task of some networks.
            owner = next((part for part in reversed(HEADS) if head in self.spelled[part]), None)
            if owner is None:
                raise InputError(f"{head} is missing")
            parts[owner] = self.spelled[owner][head]
        if parts["measure"] == NORMALISED_MSE and self.mse_measure == MSE:
            raise InputError(f"{NORMALISED_MSE} is missing: similarity.mse_measure is {MSE}")
        if parts["measure"] in (MSE, NORMALISED_MSE):
            parts["measure"] = self.mse_measure
        key = Key(**parts, name=self.names.get(name, name))
        if key not in self.of:
            for part, value in parts.items():
                if value not in self.spelled[part].values():
                    raise InputError(f"{value or 'a class'} is missing")
            if (key.task, key.training) not in {(each.task, each.training) for each in self.of}:
                raise InputError(f"{key.training} is missing")
            if (key.task, key.measure) not in {(each.task, each.measure) for each in self.of}:
                missing = f"{key.measure} of the task {key.task}"
                raise InputError(f"{missing} is missing: see keeps.tasks")
            raise InputError(f"{name} is missing")
        return key

    def estimate(self, scope: Key, form: LinearForm) -> Estimate:
        """Evaluate a linear form; what is 0 up to rounding (`EFFECT_ROUNDING`) is 0.

        Raises
        ------
        InputError
            If a name of it is missing or undefined, or names the same quantity as another so that
            nothing is left to compare.
        """
        coefficients: dict[Key, float] = {}
        for name, coefficient in form.coefficients.items():
            key = self.find(scope, name)
            coefficients[key] = coefficients.get(key, 0) + coefficient
        if not any(coefficients.values()):
            raise InputError("compares the network with itself")
        for key in coefficients:
            if not np.isfinite(self.of[key].mean):
                reason = self.undefined.get(key) or "no value"
                parts = [key.measure, key.class_name, key.name]
                raise InputError(f"{', '.join(filter(None, parts))}: undefined ({reason})")
        total = weighted_sum(form.constant, [(c, self.of[key]) for key, c in coefficients.items()])
        largest = max(self._largest_value(key) for key in coefficients)
        by_seed, replicates = (
            np.where(np.abs(values) < EFFECT_ROUNDING * largest, 0, values)
            for values in (total.by_seed, total.replicates)
        )
        return Estimate(by_seed, replicates, total.n_songs)

    def _largest_value(self, key: Key) -> float:
        """Of an error as it was found, of all else 1, whatever was found."""
        is_error = key.measure in MSE_MEASURES
        return float(np.abs(self.of[key].by_seed).max()) if is_error else 1.0

    def layers(self, scope: Key, heads: tuple[str, ...] = ()) -> list[str]:
        """Layers of the scope's network, or of that of a task in `heads`, in order of depth."""
        tasks = self.spelled["task"]
        task = next((tasks[head] for head in reversed(heads) if head in tasks), scope.task)
        found = (key for key in self.of if (key.task, key.training) == (task, scope.training))
        return list(dict.fromkeys(key.name for key in found))

    def classes(self) -> list[str]:
        """Classes in the order in which they were added."""
        return list(dict.fromkeys(key.class_name for key in self.of if key.class_name))

    def stated(self, dotted_names: Sequence[tuple[str, ...]]) -> set[str]:
        """Which of ``measure`` and ``class_name`` every one of the names states."""
        return {
            part
            for part in ("measure", "class_name")
            if all(set(self.spelled[part]).intersection(name[:-1]) for name in dotted_names)
        }

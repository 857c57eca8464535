"""What hypotheses are about: similarities, entropies and scores, in sample and replicates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import MACRO_F1, MSE, NORMALISED_MSE
from stemlens.statistics.estimate import Estimate

Summary = tuple[pd.DataFrame, np.ndarray]


@dataclass(frozen=True)
class Key:
    """Where a quantity stands; `name` is a layer, or a network for a score of networks."""

    task: str
    measure: str
    class_name: str
    name: str


@dataclass
class Quantities:
    """All quantities of one network and training, by `Key`.

    Attributes
    ----------
    mse_measure
        What ``mse`` and ``normalised_mse`` stand for.
    """

    mse_measure: str
    of: dict[Key, Estimate] = field(default_factory=dict)

    def add_summaries(self, task: str, summaries: Sequence[Summary]) -> None:
        """Add what is said of each class: mean similarities of its pairs, entropies of its moods.

        Parameters
        ----------
        task
            What the network was trained for.
        summaries
            Table and replicates of each seed, as from
            `stemlens.similarity.mean_similarity.summarise` or
            `stemlens.similarity.assignment.entropies`.
        """
        tables = [table for table, _ in summaries]
        replicates = np.mean([replicates for _, replicates in summaries], axis=0)
        means = np.stack([table["mean"].to_numpy() for table in tables])
        n_songs = np.min([table["n_songs"] for table in tables], axis=0)
        first = tables[0]
        for row in np.flatnonzero(first["class_a"] == first["class_b"]):
            measure, class_name, layer = first.loc[row, ["measure", "class_a", "layer"]]
            self.of[Key(task, measure, class_name, layer)] = Estimate(
                means[:, row], replicates[:, row], int(n_songs[row])
            )

    def add_macro_f1(self, task: str, scores: Mapping[str, Estimate]) -> None:
        """Add the macro F1 of each network."""
        for network, score in scores.items():
            self.of[Key(task, MACRO_F1, "", network)] = score

    def find(self, scope: Key, dotted_name: tuple[str, ...]) -> Estimate:
        """Find what a dotted name means.

        Parameters
        ----------
        scope
            Task, measure and class where the name itself does not state them.
        dotted_name
            As ('bass', 'input'): any of task, measure and class, then the layer or network.

        Raises
        ------
        InputError
            If there is no such quantity; the message says what is missing.
        """
        parts = {"task": scope.task, "measure": scope.measure, "class_name": scope.class_name}
        known = self._known()
        *heads, name = dotted_name
        for head in heads:
            owner = next((part for part, values in known.items() if head in values), None)
            if owner is None:
                raise InputError(f"{head} is missing")
            parts[owner] = known[owner][head]
        if parts["measure"] == NORMALISED_MSE and self.mse_measure == MSE:
            raise InputError(f"{NORMALISED_MSE} is missing: similarity.mse_measure is {MSE}")
        if parts["measure"] in (MSE, NORMALISED_MSE):
            parts["measure"] = self.mse_measure
        quantity = self.of.get(Key(**parts, name=name))
        if quantity is None:
            for part, value in parts.items():
                if value not in known[part].values():
                    raise InputError(f"{value or 'a class'} is missing")
            raise InputError(f"{name} is missing")
        return quantity

    def classes(self) -> list[str]:
        """Classes in the order in which they were added."""
        return list(dict.fromkeys(key.class_name for key in self.of if key.class_name))

    def stated(self, dotted_names: Sequence[tuple[str, ...]]) -> set[str]:
        """Which of ``measure`` and ``class_name`` every one of the names states."""
        known = self._known()
        return {
            part
            for part in ("measure", "class_name")
            if all(set(known[part]).intersection(name[:-1]) for name in dotted_names)
        }

    def _known(self) -> dict[str, dict[str, str]]:
        """For each part of a key, how it is written in a name → its values."""
        known = {
            part: {getattr(key, part) for key in self.of}
            for part in ("task", "measure", "class_name")
        }
        known["measure"] |= {MSE, NORMALISED_MSE}
        # A hyphen in a name would be a minus.
        return {
            part: {value.replace("-", "_"): value for value in values}
            for part, values in known.items()
        }

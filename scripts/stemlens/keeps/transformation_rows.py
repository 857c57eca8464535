"""Rows of tables about transformations: each strength, and means over strengths."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from stemlens.notes import joined_notes, note_on_interval
from stemlens.statistics.estimate import Estimate

OVERALL = pd.DataFrame({"transformation": [""], "strength": [np.nan]})
"""The row of the mean over transformations."""


@dataclass(frozen=True)
class Conditions:
    """Transformations and their strengths: what items were made in.

    Attributes
    ----------
    table
        Columns ``transformation`` and ``strength``; a row per condition.
    """

    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def by_transformation(self) -> list[np.ndarray]:
        """Numbers of the conditions of each transformation, in order of occurrence."""
        names = self.table["transformation"]
        return [np.flatnonzero(names == name) for name in names.unique()]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """``transformation`` and ``strength`` of what `with_means` has values for.

        A strength of NaN stands for the mean over strengths, a transformation of "" for the mean
        over transformations.
        """
        names, strengths = self.table["transformation"], self.table["strength"]
        of_each = [
            (names[numbers[0]], strength)
            for numbers in self.by_transformation
            for strength in (*strengths[numbers], np.nan)
        ]
        table = pd.DataFrame(of_each, columns=OVERALL.columns)
        return pd.concat([table, OVERALL], ignore_index=True)

    def with_means(
        self, values: np.ndarray, average: Callable[..., np.ndarray] = np.mean
    ) -> np.ndarray:
        """Add the mean over the strengths of each transformation, and the mean of those means.

        Parameters
        ----------
        values : ndarray, shape (..., condition)
        average
            What is taken in place of a mean, such as the smallest.

        Returns
        -------
        ndarray, shape (..., row)
            In the order of `rows`; a mean of which a part is NaN is NaN.
        """
        of_each = [values[..., numbers] for numbers in self.by_transformation]
        means = [average(values, axis=-1, keepdims=True) for values in of_each]
        overall = average(np.concatenate(means, axis=-1), axis=-1, keepdims=True)
        pairs = zip(of_each, means, strict=True)
        return np.concatenate([part for pair in pairs for part in pair] + [overall], axis=-1)

    def with_joined(self, notes: Sequence[str]) -> list[str]:
        """Add to the notes on conditions those on means over them."""
        of_each = [[notes[number] for number in numbers] for numbers in self.by_transformation]
        joined = [note for some in of_each for note in (*some, joined_notes(some))]
        return [*joined, joined_notes(notes)]


def with_intervals(
    rows: pd.DataFrame,
    estimate: Estimate,
    value: str,
    confidence: float,
    *,
    lowest: float = -np.inf,
    highest: float = np.inf,
) -> pd.DataFrame:
    """Add the columns of an estimate, and to the notes why an interval is missing."""
    first, which = _runs(estimate)
    columns = estimate[first].columns(value, confidence, lowest=lowest, highest=highest)
    repeated = {name: np.broadcast_to(part, first.shape)[which] for name, part in columns.items()}
    table = rows.assign(**repeated)
    of_rows = table["note"], table["n_songs"], table[value], table["ci_low"]
    table["note"] = [
        joined_notes([note, note_on_interval(n_songs, mean, low)])
        for note, n_songs, mean, low in zip(*of_rows, strict=True)
    ]
    return table


def _runs(estimate: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """First row of each run of equal rows, and the run of each row.

    The mean over the only strength of a transformation repeats the row before it: half of all, each
    of which costs as much time as any other.
    """
    repeats = (estimate.replicates[:, 1:] == estimate.replicates[:, :-1]).all(axis=0)
    repeats &= (estimate.by_seed[:, 1:] == estimate.by_seed[:, :-1]).all(axis=0)
    n_songs = np.broadcast_to(estimate.n_songs, estimate.by_seed.shape[1:])
    is_first = np.concatenate([[True], ~(repeats & (n_songs[1:] == n_songs[:-1]))])
    return np.flatnonzero(is_first), np.cumsum(is_first) - 1

"""The items of the part ``transformed``, and the rows of tables about them.

A set holds a class in a fold: the originals, which are the references, one per song; at most one
other segment of each song; and each original in every transformation and strength.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from stemlens.keeps.comparison import ComparedSet, ItemSet
from stemlens.notes import joined_notes

OTHER_SEGMENT = "other_segment"
"""Stands for a transformation where an item is another segment of its song."""
MEASURE_NAMES = ("pearson", "cosine", "mse")
"""How items are compared with originals, names in `stemlens.similarity.measures.MEASURES`."""


def class_names(sets: Iterable[ItemSet]) -> list[str]:
    """Classes in order of their first set."""
    return list(dict.fromkeys(name for one in sets for name in one.items["class"]))


def sets_of_class(sets: Iterable[ComparedSet], class_name: str) -> list[ComparedSet]:
    """Pick the sets of a class, one per fold."""
    return [one for one in sets if (one.items["class"] == class_name).any()]


def song_names(sets: Iterable[ItemSet]) -> np.ndarray:
    """Names of all songs, sorted."""
    return np.unique(np.concatenate([one.items["song"].to_numpy(str) for one in sets]))


def transformed(one: ItemSet) -> pd.DataFrame:
    """Keep the items that are transformed originals; the index says where they stand."""
    items = one.items.iloc[one.n_references :]
    return items[items["transformation"] != OTHER_SEGMENT]


def conditions(sets: Iterable[ItemSet]) -> pd.DataFrame:
    """Every ``transformation`` and ``strength`` that there is, in order of the transformations."""
    tables = [transformed(one)[["transformation", "strength"]] for one in sets]
    found = pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True)
    order = found["transformation"].drop_duplicates().tolist()
    return found.sort_values(
        "transformation", key=lambda names: names.map(order.index), kind="stable", ignore_index=True
    )


def condition_numbers(items: pd.DataFrame, conditions: pd.DataFrame) -> np.ndarray:
    """Which of `conditions` each item is in, int (item,)."""
    index = pd.MultiIndex.from_frame(conditions)
    return index.get_indexer(pd.MultiIndex.from_frame(items[["transformation", "strength"]]))


def rows_with_means(conditions: pd.DataFrame, *, with_overall: bool = False) -> pd.DataFrame:
    """Name the rows of a table: those that `with_means` has values for.

    Returns
    -------
    DataFrame
        ``transformation`` and ``strength``: for each transformation its strengths and, with a
        strength of NaN, their mean; last, if asked for, "" for the mean of those means.
    """
    names = conditions["transformation"].to_numpy()
    tables = [conditions.iloc[:0]]
    for name in conditions["transformation"].unique():
        strengths = conditions["strength"].to_numpy(np.float64)[names == name]
        tables.append(
            pd.DataFrame({"transformation": name, "strength": np.append(strengths, np.nan)})
        )
    if with_overall:
        tables.append(pd.DataFrame({"transformation": [""], "strength": [np.nan]}))
    return pd.concat(tables, ignore_index=True)


def with_means(
    values: np.ndarray,
    conditions: pd.DataFrame,
    *,
    with_overall: bool = False,
    average: Callable[..., np.ndarray] = np.mean,
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
        In the order of `rows_with_means`; a mean of which a part is NaN is NaN.
    """
    names = conditions["transformation"].to_numpy()
    columns, means = [values[..., :0]], []
    for name in conditions["transformation"].unique():
        of_name = values[..., names == name]
        means.append(average(of_name, axis=-1, keepdims=True))
        columns += [of_name, means[-1]]
    if with_overall:
        columns.append(average(np.concatenate(means, axis=-1), axis=-1, keepdims=True))
    return np.concatenate(columns, axis=-1)


def row_notes(rows: pd.DataFrame, conditions: pd.DataFrame, notes: Sequence[str]) -> list[str]:
    """Join the notes on conditions that each of the rows of `rows_with_means` is about."""
    joined = []
    for transformation, strength in zip(rows["transformation"], rows["strength"], strict=True):
        is_own = (conditions["transformation"] == transformation) | (transformation == "")
        if not np.isnan(strength):
            is_own &= conditions["strength"] == strength
        joined.append(joined_notes(notes[number] for number in np.flatnonzero(is_own).tolist()))
    return joined


def song_numbers(songs: Sequence[str] | np.ndarray, names: pd.Series) -> np.ndarray:
    """Where the song of each item stands among the sorted `songs`, int (item,)."""
    return np.searchsorted(songs, names.to_numpy(str))

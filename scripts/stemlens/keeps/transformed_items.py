"""The items of the part ``transformed``: originals, what was made of them, other segments.

A set holds a class in a fold: the originals, which are the references, one per song; at most one
other segment of each song; and each original in every transformation and strength.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stemlens.keeps.comparison import ComparedSet
from stemlens.keeps.names import OTHER_SEGMENT
from stemlens.keeps.transformation_rows import Conditions
from stemlens.similarity.cross_gram import CrossGram

MEASURE_NAMES = ("pearson", "cosine", "mse")
"""How items are compared with originals, names in `stemlens.similarity.measures.MEASURES`."""
CONDITION = ["transformation", "strength"]


@dataclass(frozen=True)
class SetItems:
    """A set, with songs as numbers: where they stand among all songs, sorted.

    Attributes
    ----------
    compared
        The set.
    references : ndarray of int, shape (reference,)
        Song of each original.
    rows, songs, conditions : ndarray of int, shape (transformed item,)
        Where it stands in the set, its song, and number of its condition.
    other_rows, other_songs : ndarray of int, shape (other segment,)
        Where it stands in the set, and its song.
    """

    compared: ComparedSet
    references: np.ndarray
    rows: np.ndarray
    songs: np.ndarray
    conditions: np.ndarray
    other_rows: np.ndarray
    other_songs: np.ndarray

    def gram(self, layer: str, time: str) -> CrossGram:
        """Products of all items with the originals."""
        return self.compared.grams[time][layer]


@dataclass(frozen=True)
class ClassItems:
    """The items of a class as a model sees them.

    Attributes
    ----------
    class_name
        The class.
    sets
        Its set of each fold.
    conditions
        What there is of transformations and strengths.
    n_songs
        How many songs there are, those without a stimulus of the class included.
    """

    class_name: str
    sets: Sequence[SetItems]
    conditions: Conditions
    n_songs: int


def items_by_class(sets: Sequence[ComparedSet], songs: np.ndarray) -> list[ClassItems]:
    """Sort the sets of a model, as from `stemlens.keeps.comparison.read_comparison`.

    Parameters
    ----------
    songs
        From `song_names`.

    Returns
    -------
    list
        Classes in order of their first set.
    """
    of_class: dict[str, list[ComparedSet]] = {}
    for one in sets:
        for name in one.items["class"].unique():
            of_class.setdefault(name, []).append(one)
    return [_class_items(name, own, songs) for name, own in of_class.items()]


def _class_items(name: str, sets: Sequence[ComparedSet], songs: np.ndarray) -> ClassItems:
    transformed = pd.concat([_split(one)[0] for one in sets])
    table = transformed[CONDITION].drop_duplicates(ignore_index=True)
    index = pd.MultiIndex.from_frame(table)
    found = []
    for one in sets:
        items, others = _split(one)
        found.append(
            SetItems(
                one,
                _song_numbers(one.items.iloc[: one.n_references], songs),
                items.index.to_numpy(),
                _song_numbers(items, songs),
                index.get_indexer(pd.MultiIndex.from_frame(items[CONDITION])),
                others.index.to_numpy(),
                _song_numbers(others, songs),
            )
        )
    return ClassItems(name, found, Conditions(table), len(songs))


def _split(one: ComparedSet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Transformed items, and other segments; the index says where they stand in the set."""
    items = one.items.iloc[one.n_references :]
    is_other = items["transformation"] == OTHER_SEGMENT
    return items[~is_other], items[is_other]


def _song_numbers(items: pd.DataFrame, songs: np.ndarray) -> np.ndarray:
    return np.searchsorted(songs, items["song"].to_numpy(str))


def song_names(tables: Iterable[pd.DataFrame]) -> np.ndarray:
    """Names of all songs in tables of items or stimuli, sorted."""
    return np.unique(np.concatenate([table["song"].to_numpy(str) for table in tables]))

"""Which items are compared with which references, by part of the analysis and fold."""

from collections.abc import Iterator, Mapping

import pandas as pd

from stemlens.keeps.comparison import ItemSet
from stemlens.keeps.names import CONCEPTS, GAINS, ORIGINAL


def item_sets(
    part: str, items: pd.DataFrame, fold_of_song: Mapping[str, int], n_folds: int
) -> Iterator[tuple[int, ItemSet]]:
    """Divide items into sets: of a corpus in folds by fold, of transformed stimuli by class.

    Parameters
    ----------
    part
        One of `stemlens.keeps.names.PARTS`.
    items
        From `stemlens.keeps.item_inputs.read_items`.
    fold_of_song
        Fold of each song of the corpus, if it has several.
    n_folds
        How many models there are: 1 without folds. Rendered songs are of no fold: they go through
        all.

    Yields
    ------
    fold : int
        From 1 on.
    items : ItemSet
        With a column ``fold`` if there are several; references, and the others, sorted by song.
    """
    for fold in range(1, n_folds + 1):
        of_fold = items
        if n_folds > 1:
            if part != CONCEPTS:
                of_fold = items[items["song"].map(fold_of_song) == fold]
            of_fold = of_fold.assign(fold=fold)
        of_fold = of_fold.sort_values("song", kind="stable")
        if part == GAINS:
            yield fold, _set(of_fold, of_fold["class"] == "")
        elif part == CONCEPTS:
            yield fold, ItemSet(of_fold, len(of_fold))
        else:
            for _, of_class in of_fold.groupby("class", sort=False):
                yield fold, _set(of_class, of_class["transformation"] == ORIGINAL)


def _set(items: pd.DataFrame, is_reference: pd.Series) -> ItemSet:
    table = pd.concat([items[is_reference], items[~is_reference]], ignore_index=True)
    return ItemSet(table, int(is_reference.sum()))

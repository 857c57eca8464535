"""Which items are compared with which references, by part of the analysis and fold."""

from collections.abc import Iterator, Mapping

import pandas as pd

from stemlens.errors import InputError
from stemlens.keeps.comparison import ItemSet
from stemlens.keeps.names import CONCEPTS, GAINS, ORIGINAL


def item_sets(
    part: str, items: pd.DataFrame, fold_of_song: Mapping[str, int], n_networks: int
) -> Iterator[tuple[int, ItemSet]]:
    """Divide items into sets: of a corpus in folds by fold, of transformed stimuli by class.

    Folds are apart whether they have networks of their own or not: all networks of a run are
    compared on the same pairs.

    Parameters
    ----------
    part
        One of `stemlens.keeps.names.PARTS`.
    items
        From `stemlens.keeps.item_inputs.read_items`.
    fold_of_song
        From `stemlens.activations.stimuli.fold_by_song`.
    n_networks
        How many there are: one for each fold, or one for all. Rendered songs are of no fold: they
        go through all.

    Yields
    ------
    network : int
        Its number, from 0 on.
    items : ItemSet
        With a column ``fold`` if there are several; references, and the others, sorted by song.

    Raises
    ------
    InputError
        If no song has a segment.
    """
    if items.empty:
        raise InputError(
            "keeps.songs: none of these songs has a segment; expected some with stimuli: set it to"
            " null, for all songs, or lower segments.min_active_s"
        )
    folds = sorted(set(fold_of_song.values()))
    if part == CONCEPTS:
        folds = list(range(1, n_networks + 1))
    for number, fold in enumerate(folds):
        of_fold = items
        if len(folds) > 1:
            if part != CONCEPTS:
                of_fold = items[items["song"].map(fold_of_song) == fold]
            of_fold = of_fold.assign(fold=fold)
        if of_fold.empty:
            continue
        of_fold = of_fold.sort_values("song", kind="stable")
        network = number % n_networks
        if part == GAINS:
            yield network, _set(of_fold, of_fold["class"] == "")
        elif part == CONCEPTS:
            yield network, ItemSet(of_fold, len(of_fold))
        else:
            for _, of_class in of_fold.groupby("class", sort=False):
                yield network, _set(of_class, of_class["transformation"] == ORIGINAL)


def _set(items: pd.DataFrame, is_reference: pd.Series) -> ItemSet:
    table = pd.concat([items[is_reference], items[~is_reference]], ignore_index=True)
    return ItemSet(table, int(is_reference.sum()))

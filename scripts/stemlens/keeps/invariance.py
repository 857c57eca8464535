"""Invariance of a layer to a transformation: 1 if nothing changes, 0 if as much as between songs.

For a similarity s, of the original x_i of song i and its transformed version T(x_i),

    (mean over songs of s(x_i, T(x_i)) − d) / (1 − d),    d = mean over i ≠ j of s(x_i, x_j),

where i and j are songs of one class. It is negative where a transformed item is less similar to
its original than another song is. For an error e, which is 0 between equals, it is
1 − mean e(x_i, T(x_i)) / mean e(x_i, x_j).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stemlens.keeps.transformed_items import ClassItems
from stemlens.notes import joined_notes
from stemlens.similarity.cross_gram import CrossGram
from stemlens.similarity.gram import PRODUCT_ROUNDING
from stemlens.similarity.seeds import Summary, average_tables, estimate_over_seeds
from stemlens.similarity.undefined import NO_PAIR, note_on_mean
from stemlens.statistics.estimate import Estimate

ALIKE = "the stimuli of all songs are alike"


def invariance_estimates(
    of_seeds: Sequence[ClassItems], layer: str, time: str, measure: str, weights: np.ndarray
) -> tuple[pd.DataFrame, Estimate]:
    """Measure the invariance to every transformation, in the sample and in each replicate.

    A song without a transformed item, or with an undefined similarity to it, is left out of both
    means. Pairs of songs are within folds; sums are taken over all folds. In a replicate, a pair of
    songs counts as often as they were drawn together: w_i · w_j.

    Parameters
    ----------
    of_seeds
        A class as networks see it that differ in nothing but their training seed.
    layer, time
        From `stemlens.keeps.comparison.ComparedSet.layers`.
    measure
        One of `stemlens.keeps.transformed_items.MEASURE_NAMES`.
    weights : ndarray, float64, shape (replicate, song)
        As from `stemlens.statistics.bootstrap.draw_weights`, for all songs.

    Returns
    -------
    table : DataFrame
        A row per strength of a transformation, and one with a strength of NaN for the mean over its
        strengths: ``transformation``, ``strength``, ``same_song`` and ``different_songs`` (the two
        means), ``invariance``, ``n_songs`` and ``note`` (why something is undefined); means over
        seeds.
    estimate : Estimate
        The invariance in each row; NaN where no two songs can be compared, or the stimuli of
        all songs are alike up to rounding.
    """
    summaries = [_summarise(items, layer, time, measure, weights) for items in of_seeds]
    statistics = ["same_song", "different_songs", "invariance"]
    estimate = estimate_over_seeds(summaries, "invariance")
    table = average_tables([table for table, _ in summaries], statistics=statistics)
    return table.assign(n_songs=estimate.n_songs), estimate


def _summarise(
    items: ClassItems, layer: str, time: str, measure: str, weights: np.ndarray
) -> Summary:
    """Measure one model, in the sample and in each replicate."""
    compared = _compare_songs(items, layer, time, measure)
    conditions = items.conditions
    sample = np.ones((1, items.n_songs))
    same_song, different_songs = compared.means(np.concatenate([sample, weights]))
    invariance = conditions.with_means(_invariance(same_song, different_songs, measure))
    table = conditions.rows.assign(
        same_song=conditions.with_means(same_song[0]),
        different_songs=conditions.with_means(different_songs[0]),
        invariance=invariance[0],
        n_songs=conditions.with_means(compared.is_defined.sum(axis=0), np.min),
        note=conditions.with_joined(compared.notes(measure, different_songs[0])),
    )
    # Without the last row: a mean over transformations would say little.
    return table.iloc[:-1], invariance[1:, :-1]


@dataclass(frozen=True)
class _ComparedSongs:
    """Songs of a class compared with their transformed selves, and with each other.

    Attributes
    ----------
    same : ndarray, float64, shape (song, condition)
        NaN where an item is missing or the measure undefined.
    has_item : ndarray, bool, shape (song, condition)
    different : ndarray, float64, shape (song, song)
        0 where two songs are no pair.
    is_pair : ndarray, bool, shape (song, song)
        Whether two are different songs of one fold.
    n_features
        Of the layer.
    """

    same: np.ndarray
    has_item: np.ndarray
    different: np.ndarray
    is_pair: np.ndarray
    n_features: int

    @property
    def is_defined(self) -> np.ndarray:
        """Which songs count, bool (song, condition)."""
        return ~np.isnan(self.same)

    def means(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean over songs, and over pairs of different ones, each (replicate, condition)."""
        same_song = _ratio(weights @ np.nan_to_num(self.same), weights @ self.is_defined)
        different_songs = np.empty(same_song.shape)
        # Nearly always, every song has every item, and the pairs are the same.
        distinct, which = np.unique(self.is_defined, axis=1, return_inverse=True)
        for number, songs in enumerate(distinct.T):
            own = weights[:, songs]
            total, count = (
                np.einsum("rs,rs->r", own @ pairs[np.ix_(songs, songs)], own)
                for pairs in (self.different, self.is_pair.astype(np.float64))
            )
            different_songs[:, which == number] = _ratio(total, count)[:, None]
        return same_song, different_songs

    def notes(self, measure: str, different_songs: np.ndarray) -> list[str]:
        """Say of each condition why something is undefined."""
        notes = []
        for number, songs in enumerate(self.is_defined.T):
            note = note_on_mean(
                measure,
                n_pairs=self.has_item[:, number].sum(),
                n_defined=songs.sum(),
                n_not_finite=0,
                n_songs=songs.sum(),
                n_features=self.n_features,
            )
            if songs.any() and np.isnan(different_songs[number]):
                note = joined_notes([note, NO_PAIR])
            elif _is_alike(different_songs[number], measure):
                note = joined_notes([note, ALIKE])
            notes.append(note)
        return notes


def _compare_songs(items: ClassItems, layer: str, time: str, measure: str) -> _ComparedSongs:
    same = np.full((items.n_songs, len(items.conditions)), np.nan)
    has_item = np.zeros(same.shape, bool)
    different = np.zeros((items.n_songs, items.n_songs))
    is_pair = np.zeros(different.shape, bool)
    for one in items.sets:
        gram = one.gram(layer, time)
        values = _compared(gram, measure)
        n_references = len(one.references)
        where = np.ix_(one.references, one.references)
        is_pair[where] = ~np.eye(n_references, dtype=bool)
        different[where] = values[:n_references]
        column = np.empty(items.n_songs, int)
        column[one.references] = np.arange(n_references)
        has_item[one.songs, one.conditions] = True
        same[one.songs, one.conditions] = values[one.rows, column[one.songs]]
    different = np.where(is_pair, np.nan_to_num(different), 0)
    return _ComparedSongs(same, has_item, different, is_pair, gram.n_features)


def _compared(gram: CrossGram, measure: str) -> np.ndarray:
    """Compare items with references; a similarity of what is equal up to rounding is 1."""
    values = gram.compared(measure)
    if measure == "mse":
        return values
    is_equal = (gram.compared("mse") == 0) & ~np.isnan(values)
    return np.where(is_equal, 1, values)


def _invariance(same_song: np.ndarray, different_songs: np.ndarray, measure: str) -> np.ndarray:
    """Place the first mean between the second and that of equals, NaN where these are the same."""
    different_songs = np.where(_is_alike(different_songs, measure), np.nan, different_songs)
    if measure == "mse":
        return 1 - same_song / different_songs
    return (same_song - different_songs) / (1 - different_songs)


def _is_alike(different_songs: np.ndarray, measure: str) -> np.ndarray:
    """Whether different songs are as similar as equals, up to rounding."""
    if measure == "mse":
        return different_songs == 0
    return 1 - different_songs <= PRODUCT_ROUNDING


def _ratio(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    return total / np.where(count > 0, count, np.nan)

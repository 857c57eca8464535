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

from stemlens.keeps.comparison import ComparedSet
from stemlens.keeps.transformed_items import (
    condition_numbers,
    conditions,
    row_notes,
    rows_with_means,
    sets_of_class,
    song_numbers,
    transformed,
    with_means,
)
from stemlens.notes import joined_notes
from stemlens.similarity.cross_gram import CrossGram
from stemlens.similarity.gram import PRODUCT_ROUNDING
from stemlens.similarity.seeds import Summary, average_tables, estimate_over_seeds
from stemlens.similarity.undefined import NO_PAIR, note_on_mean
from stemlens.statistics.estimate import Estimate

ALIKE = "the stimuli of all songs are alike"


def invariance_estimates(
    of_seeds: Sequence[Sequence[ComparedSet]],
    layer: str,
    time: str,
    class_name: str,
    measure: str,
    *,
    songs: np.ndarray,
    weights: np.ndarray,
) -> tuple[pd.DataFrame, Estimate]:
    """Measure the invariance to every transformation, in the sample and in each replicate.

    A song without a transformed item, or with an undefined similarity to it, is left out of both
    means. Pairs of songs are within folds; sums are taken over all folds. In a replicate, a pair of
    songs counts as often as they were drawn together: w_i · w_j.

    Parameters
    ----------
    of_seeds
        Sets of each training seed, as from `stemlens.keeps.comparison.read_comparison`.
    layer, time
        A layer that the sets have at this `stemlens.keeps.comparison.TIMES`.
    measure
        One of `stemlens.keeps.transformed_items.MEASURE_NAMES`.
    songs : ndarray of str, shape (song,)
        Sorted names of the songs that were drawn from.
    weights : ndarray, float64, shape (replicate, song)
        As from `stemlens.statistics.bootstrap.draw_weights`.

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
    summaries = [
        _summarise(sets_of_class(sets, class_name), layer, time, measure, songs, weights)
        for sets in of_seeds
    ]
    statistics = ["same_song", "different_songs", "invariance"]
    estimate = estimate_over_seeds(summaries, "invariance")
    table = average_tables([table for table, _ in summaries], statistics=statistics)
    return table.assign(n_songs=estimate.n_songs), estimate


def _summarise(
    sets: Sequence[ComparedSet],
    layer: str,
    time: str,
    measure: str,
    songs: np.ndarray,
    weights: np.ndarray,
) -> Summary:
    """Measure one model, in the sample and in each replicate."""
    of_columns = conditions(sets)
    compared = _compare_songs(sets, layer, time, measure, of_columns, songs)
    same_song, different_songs = compared.means(np.concatenate([np.ones((1, len(songs))), weights]))
    invariance = with_means(_invariance(same_song, different_songs, measure), of_columns)
    rows = rows_with_means(of_columns)
    table = rows.assign(
        same_song=with_means(same_song[0], of_columns),
        different_songs=with_means(different_songs[0], of_columns),
        invariance=invariance[0],
        n_songs=with_means(compared.is_defined.sum(axis=0), of_columns, average=np.min),
        note=row_notes(rows, of_columns, compared.notes(measure, different_songs[0])),
    )
    return table, invariance[1:]


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


def _compare_songs(
    sets: Sequence[ComparedSet],
    layer: str,
    time: str,
    measure: str,
    of_columns: pd.DataFrame,
    songs: np.ndarray,
) -> _ComparedSongs:
    same = np.full((len(songs), len(of_columns)), np.nan)
    has_item = np.zeros(same.shape, bool)
    different = np.zeros((len(songs), len(songs)))
    is_pair = np.zeros(different.shape, bool)
    for one in sets:
        gram = one.grams[time][layer]
        values = _compared(gram, measure)
        references = song_numbers(songs, one.items["song"].iloc[: one.n_references])
        is_pair[np.ix_(references, references)] = ~np.eye(len(references), dtype=bool)
        different[np.ix_(references, references)] = values[: one.n_references]
        items = transformed(one)
        of_song = song_numbers(songs, items["song"])
        column = np.empty(len(songs), int)
        column[references] = np.arange(len(references))
        where = (of_song, condition_numbers(items, of_columns))
        has_item[where] = True
        same[where] = values[items.index, column[of_song]]
    return _ComparedSongs(
        same, has_item, np.where(is_pair, np.nan_to_num(different), 0), is_pair, gram.n_features
    )


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

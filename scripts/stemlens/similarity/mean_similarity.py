"""Mean similarity of a layer and class pair: over all pairs, and in each bootstrap replicate."""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from stemlens.similarity.measures import MEASURES
from stemlens.similarity.undefined import note_on_mean

REPLICATES_AT_ONCE = 1000


def summarise(
    pairs: pd.DataFrame, classes: Sequence[str], songs: np.ndarray, weights: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Average the pairs of each layer and class pair, in the sample and in each replicate.

    In a replicate, a pair counts as often as its songs were drawn together: w_i · w_j. Two copies
    of one song are no pair.

    Parameters
    ----------
    pairs
        From `stemlens.similarity.pairs.compare_pairs`.
    classes
        All classes, in the order of the stimuli; one without a pair gets rows as well.
    songs : ndarray, shape (song,)
        Names of the songs.
    weights : ndarray, float64, shape (replicate, song)
        As from `stemlens.statistics.bootstrap.draw_weights`.

    Returns
    -------
    table : DataFrame
        A row per layer, class pair and measure: ``layer``, ``depth``, ``class_a``, ``class_b``,
        ``measure``, ``mean``, ``std`` (sample standard deviation over pairs), ``n_pairs`` and
        ``n_songs`` (pairs on which the measure is defined, and their songs) and ``note`` (why
        something is undefined).
    replicates : ndarray, float64, shape (replicate, row)
        The mean in each replicate; NaN where it drew no pair.
    """
    position = {song: number for number, song in enumerate(songs)}
    a = pairs["song_a"].map(position).to_numpy(dtype=int)
    b = pairs["song_b"].map(position).to_numpy(dtype=int)
    first, second = np.minimum(a, b), np.maximum(a, b)
    rows_of = pairs.groupby(["layer", "class_a", "class_b"], sort=False).indices
    layers = pairs.drop_duplicates("layer").sort_values("depth")
    measured = pairs[list(MEASURES)].to_numpy(np.float64)
    not_finite = np.isnan(measured) & _rests_on_infinite(pairs)

    n_songs = len(songs)
    records, sums, counts = [], [], []
    for layer, depth, n_features in zip(
        layers["layer"], layers["depth"], layers["n_features"], strict=True
    ):
        for class_a, class_b in combinations_with_replacement(classes, 2):
            rows = rows_of.get((layer, class_a, class_b), np.array([], dtype=int))
            for measure, values, is_not_finite in zip(
                MEASURES, measured[rows].T, not_finite[rows].T, strict=True
            ):
                defined = ~np.isnan(values)
                i, j, values = first[rows[defined]], second[rows[defined]], values[defined]
                total, count = np.zeros((2, n_songs, n_songs))
                np.add.at(total, (i, j), values)
                np.add.at(count, (i, j), 1)
                sums.append(total)
                counts.append(count)
                n_used = len(np.union1d(i, j))
                records.append(
                    {
                        "layer": layer,
                        "depth": depth,
                        "class_a": class_a,
                        "class_b": class_b,
                        "measure": measure,
                        "mean": values.mean() if len(values) else np.nan,
                        "std": values.std(ddof=1) if len(values) > 1 else np.nan,
                        "n_pairs": len(values),
                        "n_songs": n_used,
                        "note": note_on_mean(
                            measure,
                            n_pairs=len(rows),
                            n_defined=len(values),
                            n_not_finite=is_not_finite.sum(),
                            n_songs=n_used,
                            n_features=n_features,
                        ),
                    }
                )
    return pd.DataFrame(records), average_song_tables(sums, counts, weights)


def average_song_tables(
    sums: Sequence[np.ndarray], counts: Sequence[np.ndarray], weights: np.ndarray
) -> np.ndarray:
    """Average over pairs of songs in each replicate.

    Parameters
    ----------
    sums, counts : sequence of ndarray, float64, shape (song, song)
        For each mean, the sum of the values between two songs and their number; only what
        stands above the diagonal counts.
    weights : ndarray, float64, shape (replicate, song)
        How often each song was drawn.

    Returns
    -------
    ndarray, float64, shape (replicate, mean)
        NaN where a replicate drew no pair.
    """
    first, second = np.triu_indices(weights.shape[1], k=1)
    pair_sums = np.array([table[first, second] for table in sums]).T
    pair_counts = np.array([table[first, second] for table in counts]).T
    # Most means count the same pairs: multiply each set of pairs once.
    distinct, which = np.unique(pair_counts, axis=1, return_inverse=True)
    means = np.empty((len(weights), len(sums)))
    for start in range(0, len(weights), REPLICATES_AT_ONCE):
        drawn = weights[start : start + REPLICATES_AT_ONCE]
        pair_weights = drawn[:, first] * drawn[:, second]
        totals = (pair_weights @ distinct)[:, which]
        part = means[start : start + REPLICATES_AT_ONCE]
        part[:] = np.nan
        np.divide(pair_weights @ pair_sums, totals, out=part, where=totals > 0)
    return means


def _rests_on_infinite(pairs: pd.DataFrame) -> np.ndarray:
    """Whether a value depends on an activation that is NaN or infinite, bool (pair, measure)."""
    not_finite = pairs["mse"].isna()
    by_measure = {}
    for name, measure in MEASURES.items():
        groups = [pairs[column] for column in measure.normalised_within]
        by_measure[name] = not_finite.groupby(groups).transform("any") if groups else not_finite
    return pd.DataFrame(by_measure).to_numpy()

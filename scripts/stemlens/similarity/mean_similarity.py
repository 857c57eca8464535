"""Mean similarity of a layer and class pair: over all pairs, and in each bootstrap replicate."""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from stemlens.similarity.measures import MEASURES
from stemlens.similarity.undefined import note_on_mean

REPLICATES_PER_PRODUCT = 1000
"""So that the weights of all pairs of songs fit into memory."""

KEYS = ["layer", "depth", "class_a", "class_b", "measure"]
"""Columns that identify a row of the table of means."""


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
    n_songs = len(songs)
    first, second = np.triu_indices(n_songs, k=1)
    number_of = np.zeros((n_songs, n_songs), dtype=int)
    number_of[first, second] = number_of[second, first] = np.arange(len(first))
    position = {song: number for number, song in enumerate(songs)}
    a = pairs["song_a"].map(position).to_numpy(dtype=int)
    b = pairs["song_b"].map(position).to_numpy(dtype=int)
    song_pair = number_of[a, b]
    rows_of = pairs.groupby(["layer", "class_a", "class_b"], sort=False).indices
    layers = pairs.drop_duplicates("layer").sort_values("depth")
    measured = pairs[list(MEASURES)].to_numpy(np.float64)
    not_finite = np.isnan(measured) & _rests_on_infinite(pairs)

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
                used, values = rows[defined], values[defined]
                sums.append(np.bincount(song_pair[used], values, minlength=len(first)))
                counts.append(np.bincount(song_pair[used], minlength=len(first)))
                n_used = len(np.union1d(a[used], b[used]))
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
    pair_sums, pair_counts = np.stack(sums, axis=1), np.stack(counts, axis=1, dtype=np.float64)
    # Most means are over the same pairs: multiply each set of pairs once.
    distinct, which = np.unique(pair_counts, axis=1, return_inverse=True)
    replicates = np.empty((len(weights), len(sums)))
    for start in range(0, len(weights), REPLICATES_PER_PRODUCT):
        part = slice(start, start + REPLICATES_PER_PRODUCT)
        pair_weights = weights[part, first] * weights[part, second]
        totals = (pair_weights @ distinct)[:, which]
        replicates[part] = pair_weights @ pair_sums / np.where(totals, totals, np.nan)
    return pd.DataFrame(records), replicates


def _rests_on_infinite(pairs: pd.DataFrame) -> np.ndarray:
    """Whether a value depends on an activation that is NaN or infinite, bool (pair, measure)."""
    not_finite = pairs["mse"].isna()
    by_measure = {}
    for name, measure in MEASURES.items():
        groups = [pairs[column] for column in measure.normalised_within]
        by_measure[name] = not_finite.groupby(groups).transform("any") if groups else not_finite
    return pd.DataFrame(by_measure).to_numpy()

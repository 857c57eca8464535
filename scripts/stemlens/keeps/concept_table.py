"""The table of concepts: how often probes are right, with intervals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.notes import joined_notes, note_on_interval
from stemlens.statistics.estimate import Estimate

KEYS = ["layer", "depth", "time", "concept"]
COLUMNS = [
    *(*KEYS, "balanced_accuracy", "chance", "ci_low", "ci_high"),
    *("seed_std", "n_seeds", "n_songs", "note"),
]


def concept_table(
    of_seeds: Sequence[pd.DataFrame], weights: np.ndarray, *, confidence: float
) -> pd.DataFrame:
    """Score the probes, averaged over seeds, with intervals over songs.

    In folds, whose networks all get all songs, a seed's score is the mean over its networks.

    Parameters
    ----------
    of_seeds
        From `stemlens.keeps.concepts.probe_concepts`, sets joined, of networks that differ only in
        their seed.
    weights : ndarray, float64, shape (replicate, song)
        From `draw_weights`, songs in the order of ``np.unique``.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        With `COLUMNS`.
    """
    weights = np.concatenate([np.ones((1, weights.shape[1])), weights])
    groups = [dict(list(table.groupby(KEYS, sort=False))) for table in of_seeds]
    rows = []
    for key, first in groups[0].items():
        tables = [of_seed[key] for of_seed in groups]
        scores = np.stack([_over_networks(table, weights) for table in tables])
        n_songs = weights.shape[1]
        estimate = Estimate(scores[:, 0], scores[:, 1:].mean(axis=0), n_songs)
        columns = estimate.columns("balanced_accuracy", confidence, lowest=0, highest=1)
        reasons = [note for table in tables for note in table["note"].fillna("").unique()]
        reasons.append(note_on_interval(n_songs, float(estimate.mean), float(columns["ci_low"])))
        row = dict(zip(KEYS, key, strict=True)) | columns
        row["chance"], row["note"] = 1 / first["label"].nunique(), joined_notes(reasons)
        rows.append(row)
    return pd.DataFrame(rows)[COLUMNS]


def _over_networks(table: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Balanced accuracy of one layer and concept, float64 (replicate,), averaged over folds."""
    networks = table.groupby("fold") if "fold" in table else [("", table)]
    return np.mean([_balanced_accuracy(network, weights) for _, network in networks], axis=0)


def _balanced_accuracy(table: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Mean over labels of the share of their songs that are predicted, float64 (replicate,)."""
    by_song = table.sort_values("song")
    if by_song["predicted_label"].isna().any():
        return np.full(len(weights), np.nan)
    labels = by_song["label"].to_numpy()
    has_label = (labels[:, None] == np.unique(labels)).astype(np.float64)
    is_right = (by_song["predicted_label"].to_numpy() == labels)[:, None]
    n_drawn = weights @ has_label
    recalls = weights @ (has_label * is_right) / np.where(n_drawn > 0, n_drawn, np.nan)
    return recalls.mean(axis=1)

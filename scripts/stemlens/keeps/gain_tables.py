"""Tables of gains: similarity and accuracy by gain, and the gain from which a class is heard."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.keeps.names import ALWAYS, NEVER, OPEN_INTERVAL
from stemlens.notes import joined_notes, note_on_interval
from stemlens.statistics.estimate import Estimate
from stemlens.statistics.interval import censored_interval

MEASURES = ("pearson", "cosine")
ALONE, WITHOUT = COMPARED_WITH = ("alone", "without")
"""What a mix is compared with: the class alone, the mix without it."""
ACCURACY = "balanced_accuracy"
KEYS = ["layer", "depth", "class"]
UNDEFINED = "a probe, or the similarity, is undefined"


def gain_tables(
    of_seeds: Sequence[pd.DataFrame], weights: np.ndarray, *, confidence: float, accuracy: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Average over songs and seeds.

    Parameters
    ----------
    of_seeds
        From `stemlens.keeps.gains.measure_gains`, of networks that differ only in their seed.
    weights : ndarray, float64, shape (replicate, song)
        From `draw_weights`, songs in the order of ``np.unique``.
    confidence
        Of the intervals.
    accuracy
        Balanced accuracy from which on a class counts as heard.

    Returns
    -------
    gains : DataFrame
        `KEYS`, ``gain_db``, ``measure`` (`MEASURES` and `ACCURACY`), ``compared_with``, ``value``,
        ``ci_low``, ``ci_high``, ``seed_std``, ``n_seeds``, ``n_songs``, ``note``.
    thresholds : DataFrame
        `KEYS`, ``accuracy``, ``threshold_db``, ``ci_low``, ``ci_high``, ``n_seeds``, ``n_songs``,
        ``note``: the gain from which on the accuracy, averaged over seeds, is reached. What lies
        beyond the gains is empty, be it the threshold or an end of its interval, which is over
        songs.
    """
    rows, thresholds = [], []
    groups = [dict(list(table.groupby(KEYS, sort=False))) for table in of_seeds]
    for key, first in groups[0].items():
        about = dict(zip(KEYS, key, strict=True))
        gains_db = np.unique(first["gain_db"])
        tables = [of_seed[key] for of_seed in groups]
        measured = [
            (measure, compared, [_by_song(table, f"{measure}_{compared}") for table in tables])
            for measure in MEASURES
            for compared in COMPARED_WITH
        ]
        right = [
            (_by_song(table, "heard") + 1 - _by_song(table, "heard_without")) / 2
            for table in tables
        ]
        measured.append((ACCURACY, "", right))
        for measure, compared, values in measured:
            estimate = _over_songs(np.stack(values), weights)
            lowest = 0 if measure == ACCURACY else -1
            columns = estimate.columns("value", confidence, lowest=lowest, highest=1)
            table = pd.DataFrame(
                about
                | {"gain_db": gains_db, "measure": measure, "compared_with": compared}
                | columns
            )
            notes = zip(table["n_songs"], table["value"], table["ci_low"], strict=True)
            table["note"] = [
                UNDEFINED if np.isnan(value) else note_on_interval(n_songs, value, ci_low)
                for n_songs, value, ci_low in notes
            ]
            rows.append(table)
        thresholds.append(
            about | _threshold(gains_db, estimate, accuracy=accuracy, confidence=confidence)
        )
    return pd.concat(rows, ignore_index=True), pd.DataFrame(thresholds)


def _by_song(table: pd.DataFrame, column: str) -> np.ndarray:
    """Values of a column, float64 (song, gain), in ascending order of both."""
    by_song = table.set_index(["song", "gain_db"])[column].sort_index()
    return by_song.to_numpy(np.float64).reshape(table["song"].nunique(), -1)


def _over_songs(values: np.ndarray, weights: np.ndarray) -> Estimate:
    """Mean over the songs that have a value, of (seed, song, gain)."""
    is_there = ~np.isnan(values)
    n_songs = is_there.sum(axis=1)
    known = np.where(is_there, values, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_seed = known.sum(axis=1) / n_songs
        drawn = [weights @ of_seed for of_seed in known]
        total = [weights @ of_seed for of_seed in is_there.astype(np.float64)]
        replicates = np.mean([a / b for a, b in zip(drawn, total, strict=True)], axis=0)
    return Estimate(by_seed, replicates, n_songs.min(axis=0))


def _threshold(
    gains_db: np.ndarray, accuracies: Estimate, *, accuracy: float, confidence: float
) -> dict[str, object]:
    """Where the curve of accuracies by gain crosses a value, with its interval."""
    n_songs = int(np.min(accuracies.n_songs))
    (value,) = crossing(gains_db, accuracies.mean[None], accuracy)
    replicates = crossing(gains_db, accuracies.replicates, accuracy)
    low, high = censored_interval(replicates, confidence=confidence, n_songs=n_songs)
    note = UNDEFINED
    if not np.isnan(value):
        beyond = {-np.inf: ALWAYS, np.inf: NEVER}.get(float(value), "")
        on_ends = OPEN_INTERVAL if (low, high) == (-np.inf, np.inf) else ""
        note = joined_notes([beyond, on_ends, note_on_interval(n_songs, value, low)])
    return {
        "accuracy": accuracy,
        "threshold_db": _inside(value),
        "ci_low": _inside(low),
        "ci_high": _inside(high),
        "n_seeds": accuracies.n_seeds,
        "n_songs": n_songs,
        "note": note,
    }


def _inside(gain_db: float) -> float:
    return gain_db if np.isfinite(gain_db) else float("nan")


def crossing(gains_db: np.ndarray, accuracies: np.ndarray, accuracy: float) -> np.ndarray:
    """Find the gain from which on accuracies are at least `accuracy`, up to the highest gain.

    Between two gains accuracy is taken to be linear in dB.

    Parameters
    ----------
    gains_db : ndarray, shape (gain,)
        In ascending order.
    accuracies : ndarray, shape (curve, gain)

    Returns
    -------
    ndarray, float64, shape (curve,)
        In dB; −∞ where it is reached at every gain, ∞ where it is not at the highest, NaN where
        an accuracy is.
    """
    is_below = accuracies < accuracy
    last = len(gains_db) - 1 - is_below[:, ::-1].argmax(axis=1)
    found = np.where(is_below.any(axis=1), np.inf, -np.inf)
    inside = np.flatnonzero(is_below.any(axis=1) & (last < len(gains_db) - 1))
    lower = last[inside]
    below, above = accuracies[inside, lower], accuracies[inside, lower + 1]
    share = (accuracy - below) / (above - below)
    found[inside] = gains_db[lower] + share * (gains_db[lower + 1] - gains_db[lower])
    found[np.isnan(accuracies).any(axis=1)] = np.nan
    return found

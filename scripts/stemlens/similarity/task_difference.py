"""What another task makes of the same stimuli: similarity in two networks, and the difference."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.notes import joined_notes
from stemlens.statistics.bootstrap import percentile_interval

Summary = tuple[pd.DataFrame, np.ndarray]
KEYS = ["layer", "depth", "class_a", "class_b", "measure"]


def task_difference(
    instrument: Sequence[Summary], mood: Sequence[Summary], *, confidence: float
) -> pd.DataFrame:
    """Subtract the instrument network's mean similarities from those of the mood network.

    Both networks got the same stimuli, and their replicates draw the same songs, so that the
    interval is that of a difference on the same songs.

    Parameters
    ----------
    instrument, mood
        Table and replicates of each seed, as from
        `stemlens.similarity.mean_similarity.summarise`; the same layers in both.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        A row per layer, class and measure, for pairs of one class: ``layer``, ``depth``,
        ``class``, ``measure``, ``instrument`` and ``mood`` (means over seeds), ``difference``
        (mood − instrument), ``ci_low``, ``ci_high``; ``change`` (of the difference from the layer
        before: how much more similarity rises into this layer in the mood network; NaN at the
        input), ``change_ci_low``, ``change_ci_high``; ``n_songs``, ``n_seeds``, ``note`` (those
        of the means).
    """
    means = [_average(summaries) for summaries in (instrument, mood)]
    (table, instrument_mean, instrument_replicates), (_, mood_mean, mood_replicates) = means
    difference = mood_mean - instrument_mean
    replicates = mood_replicates - instrument_replicates
    before = _row_before(table)
    change = np.where(before >= 0, difference - difference[before], np.nan)
    change_replicates = np.where(before >= 0, replicates - replicates[:, before], np.nan)
    n_songs = np.min([t["n_songs"] for t, _ in (*instrument, *mood)], axis=0)
    low, high = percentile_interval(replicates, confidence=confidence, n_songs=n_songs)
    change_low, change_high = percentile_interval(
        change_replicates, confidence=confidence, n_songs=n_songs
    )
    result = pd.DataFrame(
        {
            "layer": table["layer"],
            "depth": table["depth"],
            "class": table["class_a"],
            "measure": table["measure"],
            "instrument": instrument_mean,
            "mood": mood_mean,
            "difference": difference,
            "ci_low": low,
            "ci_high": high,
            "change": change,
            "change_ci_low": change_low,
            "change_ci_high": change_high,
            "n_songs": n_songs,
            "n_seeds": len(mood),
            "note": [
                joined_notes(notes)
                for notes in zip(*(t["note"] for t, _ in (*instrument, *mood)), strict=True)
            ],
        }
    )
    return result[table["class_a"] == table["class_b"]].reset_index(drop=True)


def _average(summaries: Sequence[Summary]) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The rows, their mean over seeds, and its replicates."""
    mean = np.mean([table["mean"].to_numpy() for table, _ in summaries], axis=0)
    return summaries[0][0], mean, np.mean([replicates for _, replicates in summaries], axis=0)


def _row_before(table: pd.DataFrame) -> np.ndarray:
    """Row of the same classes and measure one layer above, −1 at the input."""
    keys = list(table[KEYS].itertuples(index=False, name=None))
    row_of = {(depth, *rest): row for row, (_, depth, *rest) in enumerate(keys)}
    return np.array([row_of.get((depth - 1, *rest), -1) for _, depth, *rest in keys])

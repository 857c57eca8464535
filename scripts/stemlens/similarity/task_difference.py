"""Similarity of the same stimuli in the networks of two tasks, and the difference."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.notes import joined_notes, note_on_interval
from stemlens.similarity.mean_similarity import KEYS
from stemlens.similarity.seeds import Summary, estimate_over_seeds
from stemlens.statistics.estimate import weighted_sum


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
        `stemlens.similarity.mean_similarity.summarise`; layers that only one of them has are left
        out.

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
    instrument, mood = _in_common(instrument, mood), _in_common(mood, instrument)
    table, _ = instrument[0]
    of_instrument, of_mood = (estimate_over_seeds(s, "mean") for s in (instrument, mood))
    difference = weighted_sum(0, [(1, of_mood), (-1, of_instrument)])
    before = _row_before(table)
    change = weighted_sum(0, [(1, difference), (-1, difference[before])])
    at_input = before < 0
    low, high = difference.interval(confidence)
    change_low, change_high = change.interval(confidence)
    result = pd.DataFrame(
        {
            "layer": table["layer"],
            "depth": table["depth"],
            "class": table["class_a"],
            "measure": table["measure"],
            "instrument": of_instrument.mean,
            "mood": of_mood.mean,
            "difference": difference.mean,
            "ci_low": low,
            "ci_high": high,
            "change": np.where(at_input, np.nan, change.mean),
            "change_ci_low": np.where(at_input, np.nan, change_low),
            "change_ci_high": np.where(at_input, np.nan, change_high),
            "n_songs": difference.n_songs,
            "n_seeds": difference.n_seeds,
            "note": [
                joined_notes([*notes, note_on_interval(*interval)])
                for notes, *interval in zip(
                    zip(*(t["note"] for t, _ in (*instrument, *mood)), strict=True),
                    np.broadcast_to(difference.n_songs, len(table)),
                    difference.mean,
                    low,
                    strict=True,
                )
            ],
        }
    )
    return result[table["class_a"] == table["class_b"]].reset_index(drop=True)


def _in_common(summaries: Sequence[Summary], others: Sequence[Summary]) -> list[Summary]:
    """Leave out layers that the others lack."""
    layers = others[0][0]["layer"].unique()
    kept = summaries[0][0]["layer"].isin(layers).to_numpy()
    return [
        (table[kept].reset_index(drop=True), replicates[:, kept]) for table, replicates in summaries
    ]


def _row_before(table: pd.DataFrame) -> np.ndarray:
    """Row of the same classes and measure one layer above, −1 at the input."""
    keys = list(table[KEYS].itertuples(index=False, name=None))
    row_of = {(depth, *rest): row for row, (_, depth, *rest) in enumerate(keys)}
    return np.array([row_of.get((depth - 1, *rest), -1) for _, depth, *rest in keys])

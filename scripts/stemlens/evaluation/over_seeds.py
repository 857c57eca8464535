"""Scores of a network averaged over its trainings, with intervals for other songs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.song_scores import RANKINGS, song_scores
from stemlens.notes import joined_notes, note_on_interval
from stemlens.statistics.bootstrap import MIN_SONGS, draw_weights
from stemlens.statistics.estimate import Estimate

MIN_SONGS_OF_RANKINGS = 13
"""Intervals from fewer songs cover less often than they claim, even those of log odds."""


def performance_over_seeds(
    tables: Sequence[pd.DataFrame],
    outcomes: Iterable[Outcomes],
    *,
    n_replicates: int,
    seed: int,
    confidence: float,
) -> pd.DataFrame:
    """Average scores over trainings.

    Parameters
    ----------
    tables
        Scores of each training, as from `stemlens.evaluation.performance.scores`.
    outcomes
        What they were computed from, in the same order.

    Returns
    -------
    DataFrame
        Columns ``class``, ``metric``, ``value`` (mean over seeds), ``ci_low``, ``ci_high``,
        ``seed_std``, ``n_seeds``, ``n_songs``, ``note`` (why a value or its interval is missing).
    """
    replicates = []
    for of_training in outcomes:
        n_songs = of_training.n_songs
        drawn = draw_weights(n_songs, n_replicates=n_replicates, seed=seed)
        replicates.append(song_scores(of_training, drawn))
    values = np.stack([table["value"].to_numpy() for table in tables])
    estimates = Estimate(values, np.mean(replicates, axis=0), n_songs)
    rows = []
    for row, (name, metric) in enumerate(tables[0][["class", "metric"]].to_numpy()):
        columns = estimates[row].columns("value", confidence, lowest=0, highest=1)
        if metric in RANKINGS:
            columns |= ranking_interval(estimates[row], confidence)
        notes = [table["note"].fillna("").iloc[row] for table in tables]
        notes.append(reason_of_no_interval(metric, columns))
        rows.append({"class": name, "metric": metric, **columns, "note": joined_notes(notes)})
    return pd.DataFrame(rows)


def ranking_interval(estimate: Estimate, confidence: float) -> dict[str, float]:
    """Interval of a ranking, whose distribution is skewed below 1: computed from its log odds."""
    if estimate.n_songs < MIN_SONGS_OF_RANKINGS:
        return {"ci_low": np.nan, "ci_high": np.nan}
    log_odds = Estimate(logit(estimate.by_seed), logit(estimate.replicates), estimate.n_songs)
    low, high = log_odds.interval(confidence)
    return {"ci_low": expit(low), "ci_high": expit(high)}


def reason_of_no_interval(metric: str, columns: Mapping[str, Any]) -> str:
    """Note on a score that has a value and no interval; empty where it has one."""
    n_songs = columns["n_songs"]
    if metric in RANKINGS and MIN_SONGS <= n_songs < MIN_SONGS_OF_RANKINGS:
        return f"no interval of a ranking from fewer than {MIN_SONGS_OF_RANKINGS} songs"
    return note_on_interval(n_songs, columns["value"], columns["ci_low"])

"""Join the scores of all models and of the class prior, and average those on test songs.

Inputs
------
tables, predictions : CSV files from ``evaluate_model`` and ``evaluate_class_prior``, models in the
    same order.

Outputs
-------
performance : CSV with the columns of `tables`.
over_seeds : CSV, scores on test songs: columns ``task``, ``network``, ``training``, ``class``,
    ``metric``, ``value`` (mean over seeds), ``ci_low``, ``ci_high``, ``seed_std``, ``n_seeds``
    (empty for the baseline, which is not trained), ``n_songs``, ``note``.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from stemlens.evaluation.song_scores import song_scores
from stemlens.job_log import job_log
from stemlens.notes import joined_notes, note_on_interval
from stemlens.statistics.bootstrap import MIN_SONGS, draw_weights
from stemlens.statistics.estimate import Estimate
from stemlens.tables import read_table, write_table
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL

MODEL = ["task", "network", "training"]
RANKINGS = ("average_precision", "roc_auc")
MIN_SONGS_OF_RANKINGS = 13
"""Intervals from fewer songs do not hold what they claim, not even of the log odds."""


def main(
    tables: list[str],
    predictions: list[str],
    performance: str,
    over_seeds: str,
    *,
    n_replicates: int,
    seed: int,
    confidence: float,
) -> None:
    """Join the scores, draw test songs, average over seeds."""
    scores = [read_table(path) for path in tables]
    write_table(performance, pd.concat(scores))
    of_group: dict[tuple[str, ...], list[tuple[pd.DataFrame, str]]] = {}
    for table, path in zip(scores, predictions, strict=True):
        group = tuple(table[MODEL].fillna("").iloc[0])
        of_group.setdefault(group, []).append((table[table["split"] == "test"], path))
    rows = []
    for group, of_seeds in of_group.items():
        values = np.stack([table["value"].to_numpy() for table, _ in of_seeds])
        n_songs, drawn = zip(
            *(replicated_scores(*of_seed, n_replicates, seed) for of_seed in of_seeds), strict=True
        )
        replicates = np.mean(drawn, axis=0)
        table, _ = of_seeds[0]
        for row, (name, metric) in enumerate(zip(table["class"], table["metric"], strict=True)):
            estimate = Estimate(values[:, row], replicates[:, row], n_songs[0])
            notes = [table["note"].fillna("").iloc[row] for table, _ in of_seeds]
            columns = estimate.columns("value", confidence, lowest=0, highest=1)
            if metric in RANKINGS:
                columns |= ranking_interval(estimate, confidence)
            if "class_prior" in group:
                columns["n_seeds"] = np.nan
            rows.append(
                {
                    **dict(zip(MODEL, group, strict=True)),
                    "class": name,
                    "metric": metric,
                    **columns,
                    "note": joined_notes([*notes, reason_of_no_interval(metric, columns)]),
                }
            )
    write_table(over_seeds, pd.DataFrame(rows))


def ranking_interval(estimate: Estimate, confidence: float) -> dict[str, float]:
    """Interval of a score of rankings, which lies skewed below 1: taken of its log odds."""
    if estimate.n_songs < MIN_SONGS_OF_RANKINGS:
        return {"ci_low": np.nan, "ci_high": np.nan}
    log_odds = Estimate(logit(estimate.by_seed), logit(estimate.replicates), estimate.n_songs)
    low, high = log_odds.interval(confidence)
    return {"ci_low": expit(low), "ci_high": expit(high)}


def reason_of_no_interval(metric: str, columns: dict[str, float]) -> str:
    """Note on a score that has a value and no interval."""
    n_songs, value = columns["n_songs"], columns["value"]
    if metric in RANKINGS and MIN_SONGS <= n_songs < MIN_SONGS_OF_RANKINGS:
        return f"no interval of a ranking from fewer than {MIN_SONGS_OF_RANKINGS} songs"
    return note_on_interval(n_songs, value, columns["ci_low"])


def replicated_scores(
    table: pd.DataFrame, predictions: str, n_replicates: int, seed: int
) -> tuple[int, np.ndarray]:
    """Number of songs, and the scores of a model in each draw of them, (replicate, score)."""
    predicted = read_table(predictions)
    n_classes = predicted["class"].nunique()
    songs = predicted["song"].to_numpy()[::n_classes]
    n_songs = len(np.unique(songs))
    replicates = song_scores(
        predicted["target"].to_numpy().reshape(-1, n_classes),
        predicted["probability"].to_numpy(np.float64).reshape(-1, n_classes),
        songs,
        draw_weights(n_songs, n_replicates=n_replicates, seed=seed),
        target_type=SINGLE_LABEL if "accuracy" in set(table["metric"]) else MULTI_LABEL,
    )
    return n_songs, replicates


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.tables,
            snakemake.input.predictions,
            snakemake.output.performance,
            snakemake.output.over_seeds,
            **snakemake.params.bootstrap,
        )

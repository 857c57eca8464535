"""Join the mean similarities of all models, with intervals over songs.

Inputs
------
replicates : HDF5 files from ``bootstrap_similarity``, at
    ``…/<task>/<network>/<training>-seed<k>.h5``.

Outputs
-------
similarity : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``layer``, ``depth``,
    ``class_a``, ``class_b``, ``measure``, ``mean``, ``ci_low``, ``ci_high``, ``std``,
    ``n_pairs``, ``n_songs``, ``note``.
contrast : CSV, columns ``task`` to ``seed``, ``layer``, ``depth``, ``class``, ``measure``,
    ``same``, ``different``, ``contrast``, ``ci_low``, ``ci_high``, ``n_songs``, ``note``.
similarity_over_seeds, contrast_over_seeds : CSV, the same averaged over seeds, with the interval
    over songs of that average; instead of ``seed``, ``std`` and ``n_pairs`` there are ``seed_std``
    (sample standard deviation over seeds) and ``n_seeds``.
"""

import numpy as np
import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import group_by_seed
from stemlens.similarity.contrast import contrast
from stemlens.similarity.replicate_store import read_replicates
from stemlens.similarity.seeds import average_seeds
from stemlens.statistics.bootstrap import percentile_interval
from stemlens.tables import write_table

Summary = tuple[pd.DataFrame, np.ndarray]


def main(replicates: list[str], outputs: dict[str, str], *, confidence: float) -> None:
    """Join, average over seeds, write the four tables."""
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in outputs}
    for (task, network, training), path_of_seed in group_by_seed(replicates).items():
        model = {"task": task, "network": network, "training": training}
        similarities = [read_replicates(path) for path in path_of_seed.values()]
        contrasts = [contrast(*similarity) for similarity in similarities]
        for seed, similarity, difference in zip(path_of_seed, similarities, contrasts, strict=True):
            one = {**model, "seed": seed}
            tables["similarity"].append(tidy(similarity, "mean", one, confidence))
            tables["contrast"].append(tidy(difference, "contrast", one, confidence))
        averages = {
            "similarity_over_seeds": (over_seeds(similarities, ["mean"]), "mean"),
            "contrast_over_seeds": (
                over_seeds(contrasts, ["same", "different", "contrast"]),
                "contrast",
            ),
        }
        for name, (average, statistic) in averages.items():
            table = tidy(average, statistic, model, confidence)
            tables[name].append(table.drop(columns=["std", "n_pairs"], errors="ignore"))
    for name, path in outputs.items():
        write_table(path, pd.concat(tables[name]))


def over_seeds(summaries: list[Summary], statistics: list[str]) -> Summary:
    """Average tables and replicates."""
    return average_seeds(
        [table for table, _ in summaries],
        [replicates for _, replicates in summaries],
        statistics=statistics,
    )


def tidy(
    summary: Summary, statistic: str, model: dict[str, str | int], confidence: float
) -> pd.DataFrame:
    """Put the model's columns first and the interval beside its statistic."""
    table, replicates = summary
    low, high = percentile_interval(
        replicates, confidence=confidence, n_songs=table["n_songs"].to_numpy()
    )
    table = table.copy()
    position = table.columns.get_loc(statistic) + 1
    table.insert(position, "ci_low", low)
    table.insert(position + 1, "ci_high", high)
    for number, (column, value) in enumerate(model.items()):
        table.insert(number, column, value)
    return table


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.replicates,
            dict(snakemake.output.items()),
            confidence=snakemake.params.confidence,
        )

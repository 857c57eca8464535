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
    ``same``, ``different``, ``contrast``, ``ci_low``, ``ci_high``, ``n_songs``.
similarity_over_seeds, contrast_over_seeds : CSV, the same averaged over seeds, with the interval
    over songs of that average; instead of ``seed``, ``std``, ``n_pairs`` and ``note`` there are
    ``seed_std`` (sample standard deviation over seeds) and ``n_seeds``.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import group_by_seed
from stemlens.similarity.contrast import contrast
from stemlens.similarity.replicate_store import read_replicates
from stemlens.similarity.seeds import Summary, estimate_over_seeds
from stemlens.tables import write_table

KEPT = {"similarity": "mean", "contrast": "contrast"}
"""Table → its statistic."""


def main(replicates: list[str], outputs: dict[str, str], *, confidence: float) -> None:
    """Join, average over seeds, write the four tables."""
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in outputs}
    for (task, network, training), path_of_seed in group_by_seed(replicates).items():
        model = {"task": task, "network": network, "training": training}
        similarities = [read_replicates(path) for path in path_of_seed.values()]
        summaries_of = {
            "similarity": similarities,
            "contrast": [contrast(*similarity) for similarity in similarities],
        }
        for name, summaries in summaries_of.items():
            statistic = KEPT[name]
            for seed, summary in zip(path_of_seed, summaries, strict=True):
                one = with_interval([summary], statistic, confidence)
                tables[name].append(one.assign(**model, seed=seed))
            average = with_interval(summaries, statistic, confidence)
            tables[f"{name}_over_seeds"].append(average.assign(**model))
    for name, path in outputs.items():
        write_table(path, pd.concat(tables[name])[COLUMNS[name]])


def with_interval(
    summaries: Sequence[Summary], statistic: str, confidence: float
) -> pd.DataFrame:
    """Average over seeds, with the interval of the statistic."""
    table = summaries[0][0].copy()
    for column in MEANS.intersection(table):
        table[column] = np.mean([of_seed[column] for of_seed, _ in summaries], axis=0)
    estimate = estimate_over_seeds(summaries, statistic)
    return table.assign(**estimate.columns(statistic, confidence))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.replicates,
            dict(snakemake.output.items()),
            confidence=snakemake.params.confidence,
        )

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

from collections import defaultdict

import numpy as np
import pandas as pd
from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.over_seeds import performance_over_seeds
from stemlens.job_log import job_log
from stemlens.model_name import GROUP_COLUMNS
from stemlens.sources import demand_sources
from stemlens.tables import read_table, write_table


def main(
    tables: list[str],
    predictions: list[str],
    performance: str,
    over_seeds: str,
    *,
    target_types: dict[str, str],
    n_replicates: int,
    seed: int,
    confidence: float,
) -> None:
    """Join the scores, draw test songs, average over seeds."""
    for path in (*tables, *predictions):
        demand_sources(path)
    scores = [read_table(path) for path in tables]
    write_table(performance, pd.concat(scores))
    seeds_of = defaultdict(list)
    for of_model, path in zip(scores, predictions, strict=True):
        model = tuple(of_model[GROUP_COLUMNS].fillna("").iloc[0])
        seeds_of[model].append((of_model[of_model["split"] == "test"], path))
    averages = []
    for model, of_seeds in seeds_of.items():
        average = performance_over_seeds(
            [table for table, _ in of_seeds],
            (Outcomes.from_table(read_table(path), target_types[model[0]]) for _, path in of_seeds),
            n_replicates=n_replicates,
            seed=seed,
            confidence=confidence,
        )
        if "class_prior" in model:
            average["n_seeds"] = np.nan
        averages.append(pd.DataFrame({**dict(zip(GROUP_COLUMNS, model, strict=True)), **average}))
    write_table(over_seeds, pd.concat(averages))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.tables,
            snakemake.input.predictions,
            snakemake.output.performance,
            snakemake.output.over_seeds,
            target_types=snakemake.params.target_types,
            **snakemake.params.bootstrap,
        )

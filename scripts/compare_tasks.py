"""Set the instrument and the mood network side by side, on the same stimuli.

Inputs
------
replicates : HDF5 files from ``bootstrap_similarity``, at
    ``…/<task>/<network>/<training>-seed<k>.h5``, of both tasks.

Outputs
-------
table : CSV, columns ``network``, ``training`` and those of
    `stemlens.similarity.task_difference.task_difference`.
"""

import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import group_by_seed
from stemlens.similarity.replicate_store import read_replicates
from stemlens.similarity.task_difference import task_difference
from stemlens.tables import write_table


def main(replicates: list[str], table: str, *, confidence: float) -> None:
    """Compare network by network, training by training."""
    groups = group_by_seed(replicates)
    tables = []
    for task, network, training in groups:
        if task == "mood":
            summaries = {
                name: [read_replicates(path) for path in groups[name, network, training].values()]
                for name in ("instrument", "mood")
            }
            compared = task_difference(**summaries, confidence=confidence)
            compared.insert(0, "network", network)
            compared.insert(1, "training", training)
            tables.append(compared)
    write_table(table, pd.concat(tables))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.replicates,
            snakemake.output.table,
            confidence=snakemake.params.confidence,
        )

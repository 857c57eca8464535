"""Set the instrument and the mood network side by side, on the same stimuli.

Inputs
------
instrument, mood : HDF5 files from ``bootstrap_similarity``, at
    ``…/<task>/<network>/<training>-seed<k>.h5``, of one network each and the same trainings.

Outputs
-------
table : CSV, columns ``network`` (that of moods), ``training`` and those of
    `stemlens.similarity.task_difference.task_difference`.
"""

import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import group_by_seed
from stemlens.similarity.replicate_store import read_replicates
from stemlens.similarity.task_difference import task_difference
from stemlens.tables import write_table


def main(instrument: list[str], mood: list[str], table: str, *, confidence: float) -> None:
    """Compare training by training."""
    pairs = zip(group_by_seed(instrument).values(), group_by_seed(mood).items(), strict=True)
    tables = []
    for of_instrument, ((_, network, training), of_mood) in pairs:
        summaries = (
            [read_replicates(path) for path in paths.values()] for paths in (of_instrument, of_mood)
        )
        compared = task_difference(*summaries, confidence=confidence)
        compared.insert(0, "network", network)
        compared.insert(1, "training", training)
        tables.append(compared)
    write_table(table, pd.concat(tables))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.instrument,
            snakemake.input.mood,
            snakemake.output.table,
            confidence=snakemake.params.confidence,
        )

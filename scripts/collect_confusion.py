"""Count which moods the networks take for which, on songs that they do not know.

Inputs
------
predictions : CSV files from ``evaluate_model``, at ``…/<task>/<network>/<training>-seed<k>.csv``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``class`` (the true one),
    ``predicted``, ``n``, ``share``.
"""

from dataclasses import asdict

import pandas as pd
from stemlens.evaluation.confusion import confusion
from stemlens.job_log import job_log
from stemlens.model_name import ModelName
from stemlens.tables import read_table, write_table


def main(predictions: list[str], table: str) -> None:
    """Count for each model."""
    tables = []
    for path in predictions:
        counts = confusion(read_table(path))
        for position, (column, value) in enumerate(asdict(ModelName.from_path(path)).items()):
            counts.insert(position, column, value)
        tables.append(counts)
    write_table(table, pd.concat(tables))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.predictions, snakemake.output.table)

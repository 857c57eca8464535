"""Count which mood is predicted for songs of each mood, on songs that the networks do not know.

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
from stemlens.evaluation.outcomes import Outcomes
from stemlens.job_log import job_log
from stemlens.model_name import ModelName
from stemlens.tables import read_table, write_table
from stemlens.target_type import SINGLE_LABEL


def main(predictions: list[str], table: str) -> None:
    """Count for each model."""
    tables = []
    for path in predictions:
        counts = confusion(Outcomes.from_table(read_table(path), SINGLE_LABEL))
        tables.append(pd.DataFrame({**asdict(ModelName.from_path(path)), **counts}))
    write_table(table, pd.concat(tables))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.predictions, snakemake.output.table)

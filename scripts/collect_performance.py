"""Join the scores of all models and of the majority baseline.

Inputs
------
tables : CSV files from ``evaluate_model`` and ``evaluate_majority``.

Outputs
-------
table : CSV with the same columns.
"""

import pandas as pd
from stemlens.job_log import job_log
from stemlens.tables import read_table, write_table


def main(tables: list[str], table: str) -> None:
    """Join the tables."""
    joined = pd.concat([read_table(file) for file in tables])
    write_table(table, joined)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.tables, snakemake.output.table)

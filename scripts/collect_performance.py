"""Join the scores of all models and of the majority baseline.

Inputs
------
tables : CSV files from ``evaluate_model`` and ``evaluate_majority``.

Outputs
-------
table : CSV with the same columns.
"""

import pandas as pd
from stemlens.atomic import replacing
from stemlens.job_log import job_log


def main(tables: list[str], table: str) -> None:
    """Join the tables."""
    joined = pd.concat([pd.read_csv(file, dtype={"seed": "Int64"}) for file in tables])
    with replacing(table) as beside:
        joined.to_csv(beside, index=False, float_format="%.8g")


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.tables, snakemake.output.table)

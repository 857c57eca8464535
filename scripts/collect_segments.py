"""Join the songs' tables of candidate segments.

Inputs
------
tables : CSV files from ``cut_segments``.

Outputs
-------
table : CSV with the same columns, songs in the order of the inputs.
"""

import pandas as pd
from stemlens.atomic import replacing
from stemlens.job_log import job_log


def main(tables: list[str], table: str) -> None:
    """Join the tables."""
    joined = pd.concat([pd.read_csv(file, dtype={"song": str}) for file in tables])
    with replacing(table) as beside:
        joined.to_csv(beside, index=False)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.tables, snakemake.output.table)

"""Join the songs' tables of candidate segments.

Inputs
------
tables : CSV files from ``cut_segments``.

Outputs
-------
table : CSV with the same columns, songs in the order of the inputs.
"""

import pandas as pd
from stemlens.audio.unread_splits import demand_read_songs
from stemlens.job_log import job_log
from stemlens.tables import read_table, write_table


def main(tables: list[str], table: str) -> None:
    """Join the tables.

    Raises
    ------
    InputError
        If no song of a split could be read.
    """
    joined = pd.concat([read_table(file) for file in tables], ignore_index=True)
    demand_read_songs(joined, joined["start_s"].notna())
    write_table(table, joined)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.tables, snakemake.output.table)

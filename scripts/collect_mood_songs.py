"""List every song of the mood corpus: its mood, its split, and why it is left out where it is.

Inputs
------
tables : CSV files from ``compute_mood_mels``.

Outputs
-------
table : CSV with the same columns; songs that were never read have no ``split``.
"""

import pandas as pd
from stemlens.job_log import job_log
from stemlens.tables import read_table, write_table


def main(tables: list[str], table: str, *, left_out: list[list[str | None]]) -> None:
    """Join the tables and add the songs (name, file, quadrant, reason) that are left out."""
    others = pd.DataFrame(left_out, columns=["song", "file", "quadrant", "left_out"])
    read = [read_table(file) for file in tables]
    write_table(table, pd.concat([*read, others.assign(n_excerpts=0)])[list(read[0])])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.tables,
            snakemake.output.table,
            left_out=snakemake.params.left_out,
        )

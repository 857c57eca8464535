"""Count the kept segments of each split for each activity threshold.

Inputs
------
tables : CSV files from ``sweep_thresholds``.

Outputs
-------
table : CSV, a row per split and threshold: ``split``, ``threshold_db``, ``n_candidates``,
    ``n_segments``, ``n_songs``, ``n_mixes``, ``n_unread``.
"""

import pandas as pd
from stemlens.audio.threshold_sweep import summarise_sweep
from stemlens.job_log import job_log
from stemlens.tables import read_table, write_table


def main(tables: list[str], table: str, *, n_mixes: int) -> None:
    """Join the tables and add up."""
    songs = pd.concat([read_table(file) for file in tables], ignore_index=True)
    write_table(table, summarise_sweep(songs, n_mixes=n_mixes))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.tables, snakemake.output.table, n_mixes=snakemake.params.n_mixes)

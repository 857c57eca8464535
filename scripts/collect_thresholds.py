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
from stemlens.audio.mixes import chosen_mixes
from stemlens.audio.threshold_sweep import summarise_sweep
from stemlens.job_log import job_log
from stemlens.tables import read_table, write_table


def main(tables: list[str], table: str, *, classes: list[str], mixes: dict[str, int]) -> None:
    """Join the tables and add up."""
    songs = pd.concat([read_table(file) for file in tables], ignore_index=True)
    n_mixes = len(chosen_mixes(len(classes), **mixes))
    write_table(table, summarise_sweep(songs, n_mixes=n_mixes))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.tables,
            snakemake.output.table,
            classes=snakemake.params.classes,
            mixes=snakemake.params.mixes,
        )

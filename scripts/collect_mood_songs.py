"""List all songs of the mood corpus: mood, split, and the reason if a song is left out.

Inputs
------
tables : CSV files from ``compute_mood_mels``.

Outputs
-------
table : CSV with the same columns, and after ``song`` also ``artist`` and ``piece`` (of which the
    song is an excerpt); songs that were not read have no ``split``.
"""

import pandas as pd
from stemlens.job_log import job_log
from stemlens.tables import read_table, write_table


def main(
    tables: list[str],
    table: str,
    *,
    left_out: list[list[str | None]],
    origins: list[list[str | None]],
) -> None:
    """Join the tables, songs left out (name, file, quadrant, reason) and origins (see below).

    Parameters
    ----------
    origins
        Name, artist and piece of every song, in the order of the result.
    """
    others = pd.DataFrame(left_out, columns=["song", "file", "quadrant", "left_out"])
    read = [read_table(file) for file in tables]
    songs = pd.concat([*read, others.assign(n_excerpts=0)])[list(read[0])]
    every_song = pd.DataFrame(origins, columns=["song", "artist", "piece"])
    write_table(table, every_song.merge(songs, on="song", validate="one_to_one"))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.tables,
            snakemake.output.table,
            left_out=snakemake.params.left_out,
            origins=snakemake.params.origins,
        )

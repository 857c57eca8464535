"""Average the pairs of every model.

Inputs
------
pairs : CSV files from ``compare_stimuli``, at ``…/<task>/<network>/<training>-seed<k>.csv``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``layer``, ``depth``,
    ``class_a``, ``class_b``, ``measure``, ``mean``, ``std``, ``n_pairs``, ``n_songs``.
"""

from pathlib import Path

import pandas as pd
from stemlens.job_log import job_log
from stemlens.similarity.pairs import summarise
from stemlens.tables import read_table, write_table


def main(pairs: list[str], table: str) -> None:
    """Average each file's pairs and join the results."""
    tables = []
    for file in map(Path, pairs):
        summary = summarise(read_table(file))
        training, seed = file.stem.rsplit("-seed", 1)
        model = {
            "task": file.parent.parent.name,
            "network": file.parent.name,
            "training": training,
            "seed": int(seed),
        }
        for position, (column, value) in enumerate(model.items()):
            summary.insert(position, column, value)
        tables.append(summary)
    write_table(table, pd.concat(tables))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.pairs, snakemake.output.table)

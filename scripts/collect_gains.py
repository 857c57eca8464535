"""Average over songs and seeds what the layers of all models hear, with intervals over songs.

Inputs
------
gains : CSV files from ``measure_gains``, at ``…/<task>/<network>/<training>-seed<k>.csv``.

Outputs
-------
table, thresholds : CSV, see `stemlens.keeps.gain_tables.gain_tables`, with ``task``, ``network``
    and ``training``.
"""

import pandas as pd
from stemlens.job_log import job_log
from stemlens.keeps.gain_tables import gain_tables
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.sources import demand_sources
from stemlens.statistics.bootstrap import draw_weights
from stemlens.tables import read_table, write_table


def main(
    gains: list[str],
    table: str,
    thresholds: str,
    *,
    accuracy: float,
    n_replicates: int,
    seed: int,
    confidence: float,
) -> None:
    """Tabulate network by network."""
    found: list[list[pd.DataFrame]] = [[], []]
    for group, paths in group_by_seed(gains).items():
        for path in paths.values():
            demand_sources(path)
        of_seeds = [read_table(path) for path in paths.values()]
        n_songs = of_seeds[0]["song"].nunique()
        weights = draw_weights(n_songs, n_replicates=n_replicates, seed=seed)
        tables = gain_tables(of_seeds, weights, confidence=confidence, accuracy=accuracy)
        for place, each in enumerate(tables):
            for position, (name, value) in enumerate(zip(GROUP_COLUMNS, group, strict=True)):
                each.insert(position, name, value)
            found[place].append(each)
    for path, parts in zip((table, thresholds), found, strict=True):
        write_table(path, pd.concat(parts), sources=gains)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.gains,
            snakemake.output.table,
            snakemake.output.thresholds,
            accuracy=snakemake.params.accuracy,
            **snakemake.params.bootstrap,
        )

"""Score what linear probes read from the layers of all models, with intervals over songs.

Inputs
------
probes : CSV files from ``probe_concepts``, at ``…/<task>/<network>/<training>-seed<k>.csv``.

Outputs
-------
table : CSV, see `stemlens.keeps.concept_table.concept_table`, with ``task``, ``network`` and
    ``training``.
"""

import pandas as pd
from stemlens.job_log import job_log
from stemlens.keeps.concept_table import concept_table
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.sources import demand_sources
from stemlens.statistics.bootstrap import draw_weights
from stemlens.tables import read_table, write_table


def main(probes: list[str], table: str, *, n_replicates: int, seed: int, confidence: float) -> None:
    """Tabulate network by network."""
    tables = []
    for group, paths in group_by_seed(probes).items():
        for path in paths.values():
            demand_sources(path)
        of_seeds = [read_table(path) for path in paths.values()]
        n_songs = of_seeds[0]["song"].nunique()
        weights = draw_weights(n_songs, n_replicates=n_replicates, seed=seed)
        of_group = concept_table(of_seeds, weights, confidence=confidence)
        for position, (name, value) in enumerate(zip(GROUP_COLUMNS, group, strict=True)):
            of_group.insert(position, name, value)
        tables.append(of_group)
    write_table(table, pd.concat(tables), sources=probes)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.probes, snakemake.output.table, **snakemake.params.bootstrap)

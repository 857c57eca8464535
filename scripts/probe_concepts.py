"""Predict the concepts of rendered songs from each layer of a model, by linear probes.

Inputs
------
comparison : HDF5 from ``compare_inputs``, of rendered songs.

Outputs
-------
probes : CSV, a row per layer, time, concept and song, see
    `stemlens.keeps.concepts.probe_concepts`; of a corpus in folds, for the network of each.
"""

import pandas as pd
from stemlens.corpora.concept_design import CONCEPTS
from stemlens.job_log import job_log
from stemlens.keeps.comparison import read_comparison
from stemlens.keeps.concepts import probe_concepts
from stemlens.tables import write_table


def main(comparison: str, probes: str, *, n_folds: int, c: float) -> None:
    """Probe each layer of each network."""
    tables = [
        probe_concepts(compared, list(CONCEPTS), n_folds=n_folds, c=c)
        for compared in read_comparison(comparison)
    ]
    write_table(probes, pd.concat(tables), sources=[comparison])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.comparison, snakemake.output.probes, **snakemake.params.probe)

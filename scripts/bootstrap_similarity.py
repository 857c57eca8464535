"""Average the pairs of a model, in the sample and in each bootstrap replicate.

Inputs
------
pairs : CSV from ``compare_stimuli``.

Outputs
-------
replicates : HDF5, see `stemlens.similarity.replicate_store`.
"""

import numpy as np
from stemlens.job_log import job_log
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.replicate_store import write_replicates
from stemlens.sources import demand_sources
from stemlens.statistics.bootstrap import draw_weights
from stemlens.tables import read_table


def main(pairs: str, replicates: str, *, classes: list[str], n_replicates: int, seed: int) -> None:
    """Draw songs and average."""
    demand_sources(pairs)
    compared = read_table(pairs)
    songs = np.unique(compared[["song_a", "song_b"]])
    weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
    write_replicates(replicates, *summarise(compared, classes, songs, weights), sources=[pairs])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.pairs,
            snakemake.output.replicates,
            classes=snakemake.params.classes,
            **snakemake.params.bootstrap,
        )

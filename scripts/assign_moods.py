"""Say which mood a mood network assigns each stimulus to, and how much each class agrees.

Inputs
------
activations : HDF5 from ``extract_activations``.

Outputs
-------
moods : CSV, a row per stimulus: ``class``, ``song``, ``mood``.
entropies : HDF5, see `stemlens.similarity.replicate_store`: the entropy of each class's moods.
"""

import numpy as np
from stemlens.activations.store import read_layer, read_stimuli
from stemlens.job_log import job_log
from stemlens.moods.assignment import OUTPUT_LAYER, assign, entropies
from stemlens.moods.quadrants import QUADRANTS
from stemlens.similarity.replicate_store import write_replicates
from stemlens.statistics.bootstrap import draw_weights
from stemlens.tables import write_table


def main(
    activations: str,
    moods: str,
    entropy_file: str,
    *,
    classes: list[str],
    n_replicates: int,
    seed: int,
) -> None:
    """Assign, draw songs, take the entropies."""
    assigned = assign(read_layer(activations, OUTPUT_LAYER), read_stimuli(activations), QUADRANTS)
    songs = np.unique(assigned["song"])
    weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
    write_table(moods, assigned)
    write_replicates(entropy_file, *entropies(assigned, QUADRANTS, classes, songs, weights))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.activations,
            snakemake.output.moods,
            snakemake.output.entropies,
            classes=snakemake.params.classes,
            **snakemake.params.bootstrap,
        )

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
from stemlens.activations.store import layer_depths, read_layer, read_stimuli
from stemlens.job_log import job_log
from stemlens.moods.assignment import assign, entropies
from stemlens.moods.quadrants import QUADRANTS
from stemlens.similarity.replicate_store import write_replicates
from stemlens.sources import demand_sources
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
    demand_sources(activations)
    *_, output = layer_depths(activations)
    assigned = assign(read_layer(activations, output), read_stimuli(activations), QUADRANTS)
    songs = np.unique(assigned["song"])
    weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
    write_table(moods, assigned, sources=[activations])
    found = entropies(assigned, QUADRANTS, classes, songs, weights, layer=output)
    write_replicates(entropy_file, *found, sources=[activations])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.activations,
            snakemake.output.moods,
            snakemake.output.entropies,
            classes=snakemake.params.classes,
            **snakemake.params.bootstrap,
        )

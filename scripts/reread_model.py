"""Follow another reading of the paper: choose stimuli, read layers, compare, average.

Inputs
------
checkpoint : the network.
mels : HDF5 of the test split.

Outputs
-------
replicates : HDF5, see `stemlens.similarity.replicate_store`: mean similarities and, of a network
    that names one class, the entropy of those that it names.

Activations pass through a temporary file.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from stemlens.activations.extraction import write_activations
from stemlens.activations.stimuli import select_stimuli
from stemlens.activations.store import read_layer
from stemlens.audio.mel_store import read_attributes, read_segment_table
from stemlens.job_log import job_log
from stemlens.network.checkpoint import load_checkpoint
from stemlens.network.device import use_cpu
from stemlens.network.labelling import SINGLE_LABEL
from stemlens.similarity.assignment import LAYER, assign, entropies
from stemlens.similarity.gram_store import compute_grams
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.replicate_store import write_replicates
from stemlens.statistics.bootstrap import draw_weights

BATCH_SIZE = 16


def main(
    checkpoint: str,
    mels: str,
    replicates: str,
    *,
    selection: str,
    tap: str,
    logits: bool,
    n_replicates: int,
    seed: int,
    n_threads: int,
) -> None:
    """Go from the network to mean similarities in one step."""
    loaded = load_checkpoint(checkpoint, use_cpu(n_threads))
    classes, _, _ = read_attributes(mels)
    stimuli = select_stimuli(read_segment_table(mels), classes, selection=selection)
    with TemporaryDirectory() as folder:
        activations = Path(folder) / "activations.h5"
        write_activations(
            activations,
            loaded.network,
            mels,
            stimuli,
            tap=tap,
            logits=logits,
            batch_size=BATCH_SIZE,
        )
        grams = compute_grams(activations)
        outputs = read_layer(activations, LAYER)
    songs = np.unique(stimuli["song"])
    weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
    pairs = compare_pairs(grams, stimuli)
    table, drawn = summarise(pairs, classes, songs, weights)
    if loaded.network.labelling == SINGLE_LABEL:
        assigned = assign(outputs, stimuli, loaded.classes)
        more, drawn_more = entropies(assigned, loaded.classes, classes, songs, weights)
        table = pd.concat([table, more], ignore_index=True)
        drawn = np.hstack([drawn, drawn_more])
    write_replicates(replicates, table, drawn)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.checkpoint,
            snakemake.input.mels,
            snakemake.output.replicates,
            n_threads=snakemake.threads,
            **snakemake.params.stimuli,
            **snakemake.params.activations,
            **snakemake.params.bootstrap,
        )

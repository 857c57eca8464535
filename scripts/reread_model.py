"""Follow another reading of the paper: choose stimuli, read layers, compare, average.

Inputs
------
checkpoint : the network.
mels : HDF5 of the test split.

Outputs
-------
replicates : HDF5, see `stemlens.similarity.replicate_store`: mean similarities and, of a network
    that names one class, the entropy of those that it names.

Where every segment is a stimulus, activations are added up as they come and no pairs are made.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from stemlens.activations.extraction import read_activations
from stemlens.activations.stimuli import select_stimuli
from stemlens.audio.mel_store import read_attributes
from stemlens.audio.segment_table import read_segment_table
from stemlens.job_log import job_log
from stemlens.network.checkpoint import load_checkpoint
from stemlens.network.device import use_cpu
from stemlens.network.labelling import SINGLE_LABEL
from stemlens.similarity.assignment import LAYER, assign, entropies
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.replicate_store import write_replicates
from stemlens.similarity.song_sums import SongSums, summarise_sums
from stemlens.statistics.bootstrap import draw_weights
from stemlens.workflow.readings import ALL_SEGMENTS

Batches = Iterator[tuple[slice, dict[str, np.ndarray]]]


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
    songs = np.unique(stimuli["song"])
    weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
    batches = read_activations(loaded.network, mels, stimuli, tap=tap, logits=logits)
    if selection == ALL_SEGMENTS:
        sums, outputs = add_up(batches, stimuli, classes, songs)
        table, drawn = summarise_sums(sums, classes, songs, weights)
    else:
        of_layer = join(batches)
        outputs = of_layer[LAYER]
        grams = {layer: gram([values]) for layer, values in of_layer.items()}
        table, drawn = summarise(compare_pairs(grams, stimuli), classes, songs, weights)
    if loaded.network.labelling == SINGLE_LABEL:
        assigned = assign(outputs, stimuli, loaded.classes)
        more, drawn_more = entropies(assigned, loaded.classes, classes, songs, weights)
        table = pd.concat([table, more], ignore_index=True)
        drawn = np.hstack([drawn, drawn_more])
    write_replicates(replicates, table, drawn)


def join(batches: Batches) -> dict[str, np.ndarray]:
    """Layer → activations of all stimuli, flattened, (stimulus, feature)."""
    parts: dict[str, list[np.ndarray]] = {}
    for _, layers in batches:
        for layer, values in layers.items():
            parts.setdefault(layer, []).append(values.reshape(len(values), -1))
    return {layer: np.concatenate(values) for layer, values in parts.items()}


def add_up(
    batches: Batches, stimuli: pd.DataFrame, classes: list[str], songs: np.ndarray
) -> tuple[dict[str, SongSums], np.ndarray]:
    """Sums of each layer, and the outputs of all stimuli."""
    number_of = {song: number for number, song in enumerate(songs)}
    groups = stimuli["class"].map(classes.index) * len(songs) + stimuli["song"].map(number_of)
    sums: dict[str, SongSums] = {}
    outputs = []
    for rows, layers in batches:
        for layer, values in layers.items():
            flat = values.reshape(len(values), -1)
            if layer not in sums:
                sums[layer] = SongSums(len(classes) * len(songs), flat.shape[1])
            sums[layer].add(groups.to_numpy()[rows], flat)
        outputs.append(layers[LAYER])
    return sums, np.concatenate(outputs)


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

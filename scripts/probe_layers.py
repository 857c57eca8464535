"""Predict which classes play in mixes of the stimuli's segments, by a linear probe on each layer.

Inputs
------
checkpoint : the network.
mels : HDF5 of the test split.
stimuli : CSV from ``select_stimuli``.

Outputs
-------
probes : CSV, a row per layer, mix and class: ``layer``, ``depth``, ``song``, ``mix``, ``class``,
    ``target``, ``predicted`` (by a probe fitted on other songs; empty where undefined), ``note``
    (why it is).

Activations of the mixes pass through a temporary file.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from stemlens.activations.extraction import write_activations
from stemlens.audio.mel_store import read_attributes
from stemlens.audio.mixes import mix_targets
from stemlens.job_log import job_log
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.device import use_cpu
from stemlens.representations.probe import probe_layer, probe_mixes, probe_notes
from stemlens.similarity.gram_store import compute_grams
from stemlens.tables import read_table, write_table


def main(
    checkpoint: str,
    mels: str,
    stimuli: str,
    probes: str,
    *,
    tap: str,
    logits: bool,
    n_folds: int,
    c: float,
    n_threads: int,
) -> None:
    """Send the mixes through the network and probe each layer."""
    loaded = load_checkpoint(checkpoint, use_cpu(n_threads))
    classes, _, _ = read_attributes(mels)
    mixes = probe_mixes(read_table(stimuli), classes)
    with TemporaryDirectory() as folder:
        activations = Path(folder) / "activations.h5"
        write_activations(activations, loaded.network, mels, mixes, tap=tap, logits=logits)
        grams = compute_grams(activations)
    targets = mix_targets(len(classes))[mixes["mix"]]
    songs = mixes["song"].to_numpy()
    tables = []
    for depth, (layer, gram) in enumerate(grams.items()):
        predicted = probe_layer(gram.products, targets, songs, n_folds=n_folds, c=c)
        repeated = mixes[["song", "mix"]].loc[mixes.index.repeat(len(classes))]
        table = repeated.assign(layer=layer, depth=depth)
        table["class"] = np.tile(classes, len(mixes))
        table["note"] = np.tile(probe_notes(gram.products, targets), len(mixes))
        tables.append(table.assign(target=targets.ravel(), predicted=predicted.ravel()))
    columns = ["layer", "depth", "song", "mix", "class", "target", "predicted", "note"]
    write_table(probes, pd.concat(tables)[columns])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.checkpoint,
            snakemake.input.mels,
            snakemake.input.stimuli,
            snakemake.output.probes,
            n_threads=snakemake.threads,
            **snakemake.params.activations,
            **snakemake.params.probe,
        )

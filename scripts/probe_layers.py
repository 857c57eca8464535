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

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from stemlens.activations.cnn_extraction import write_cnn_activations
from stemlens.audio.mel_store import read_attributes
from stemlens.job_log import job_log
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.device import use_cpu
from stemlens.representations.probe import probe_mixes, probe_table
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
    pooling: str | Mapping[str, str] | None = None,
    n_threads: int,
) -> None:
    """Send the mixes through the network and probe each layer."""
    loaded = load_checkpoint(checkpoint, use_cpu(n_threads))
    classes, _, _ = read_attributes(mels)
    mixes = probe_mixes(read_table(stimuli), classes)
    with TemporaryDirectory() as folder:
        activations = Path(folder) / "activations.h5"
        write_cnn_activations(
            activations, loaded.network, mels, mixes, tap=tap, logits=logits, pooling=pooling
        )
        grams = compute_grams(activations)
    products = {layer: gram.products for layer, gram in grams.items()}
    write_table(probes, probe_table(products, mixes, classes, n_folds=n_folds, c=c))


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

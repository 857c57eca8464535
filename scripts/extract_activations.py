"""Send the stimuli through a network and store the activations of every layer.

Inputs
------
checkpoints : the network, or that of each fold.
mels : HDF5 of the test split.
stimuli : CSV from ``select_stimuli``.

Outputs
-------
activations : HDF5, see `stemlens.activations.store`.
mix_grams : HDF5, see `stemlens.similarity.gram_store`: Gram matrices of mixes of the stimuli's
    segments, which probes read; only where they are asked for.
"""

from collections.abc import Mapping
from functools import partial

from stemlens.activations.cnn_extraction import write_cnn_activations
from stemlens.audio.mel_store import read_attributes, read_mixes
from stemlens.job_log import job_log
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.device import use_cpu
from stemlens.representations.mix_grams import write_mix_grams
from stemlens.representations.probe_mixes import probe_mixes
from stemlens.tables import read_table


def main(
    checkpoints: list[str],
    mels: str,
    stimuli: str,
    activations: str,
    mix_grams: str | None = None,
    *,
    tap: str,
    logits: bool,
    pooling: str | Mapping[str, str] | None = None,
    n_threads: int,
) -> None:
    """Compute and store the activations, and the Gram matrices of mixes."""
    device = use_cpu(n_threads)
    networks = [load_checkpoint(path, device).network for path in checkpoints]
    table = read_table(stimuli)
    settings = {"tap": tap, "logits": logits, "pooling": pooling}
    write_cnn_activations(activations, networks, mels, table, sources=checkpoints, **settings)
    if mix_grams:
        classes, _, _ = read_attributes(mels)
        mixes = probe_mixes(table, classes, read_mixes(mels))
        write = partial(
            write_cnn_activations, networks=networks, mel_path=mels, stimuli=mixes, **settings
        )
        write_mix_grams(mix_grams, mixes, write, sources=checkpoints)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.checkpoints,
            snakemake.input.mels,
            snakemake.input.stimuli,
            snakemake.output.activations,
            snakemake.output.get("mix_grams"),
            n_threads=snakemake.threads,
            **snakemake.params.activations,
        )

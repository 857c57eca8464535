"""Send the stimuli through a network and store the activations of every layer.

Inputs
------
checkpoint : the network.
mels : HDF5 of the test split.
stimuli : CSV from ``select_stimuli``.

Outputs
-------
activations : HDF5, see `stemlens.activations.store`.
"""

from collections.abc import Mapping

from stemlens.activations.cnn_extraction import write_cnn_activations
from stemlens.job_log import job_log
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.device import use_cpu
from stemlens.tables import read_table


def main(
    checkpoint: str,
    mels: str,
    stimuli: str,
    activations: str,
    *,
    tap: str,
    logits: bool,
    pooling: str | Mapping[str, str] | None = None,
    n_threads: int,
) -> None:
    """Compute and store the activations."""
    loaded = load_checkpoint(checkpoint, use_cpu(n_threads))
    write_cnn_activations(
        activations,
        loaded.network,
        mels,
        read_table(stimuli),
        tap=tap,
        logits=logits,
        pooling=pooling,
    )


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.checkpoint,
            snakemake.input.mels,
            snakemake.input.stimuli,
            snakemake.output.activations,
            n_threads=snakemake.threads,
            **snakemake.params.activations,
        )

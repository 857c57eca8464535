"""Build the untrained control: initial weights, batch norm calibrated on the training split.

Inputs
------
mels : HDF5 of the training split.

Outputs
-------
checkpoint : the network, see `stemlens.model.checkpoint`.
"""

from typing import Any

from stemlens.audio.mel_store import read_examples
from stemlens.audio.segment_table import read_segment_table
from stemlens.job_log import job_log
from stemlens.model.architecture import Architecture
from stemlens.model.checkpoint import save_checkpoint
from stemlens.model.device import choose_device
from stemlens.model.initialisation import untrained_network
from stemlens.training.holdout import held_out_segments


def main(
    mels: str,
    checkpoint: str,
    *,
    network: dict[str, Any],
    standardise: bool,
    holdout: str | list[str],
    seed: int,
    n_threads: int,
) -> None:
    """Draw the weights, calibrate batch norm, store the network."""
    device = choose_device(n_threads)
    held_out = held_out_segments(read_segment_table(mels)["song"], holdout)
    examples = read_examples(mels, ~held_out)
    untrained = untrained_network(
        Architecture.from_settings(network),
        examples,
        standardise=standardise,
        seed=seed,
        device=device,
    )
    save_checkpoint(checkpoint, untrained, examples.classes)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.mels,
            snakemake.output.checkpoint,
            network=snakemake.params.network,
            seed=int(snakemake.wildcards.seed),
            n_threads=snakemake.threads,
            **snakemake.params.training,
        )

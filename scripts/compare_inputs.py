"""Send inputs beside the stimuli through a network, and compare them in every layer.

Inputs
------
checkpoints : the network, or that of each fold.
inputs : HDF5 files of a part of the analysis, see `stemlens.keeps.item_inputs`.
stimuli : CSV from ``select_stimuli``, which says the folds of songs.

Outputs
-------
comparison : HDF5, see `stemlens.keeps.comparison`.
"""

from collections.abc import Mapping

from stemlens.activations.stimuli import fold_by_song
from stemlens.finite import RETRAIN
from stemlens.job_log import job_log
from stemlens.keeps.comparison import write_comparison
from stemlens.keeps.item_inputs import read_items
from stemlens.keeps.item_sets import item_sets
from stemlens.layers.pooling import PoolingRules
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.cnn_layers import CNNLayers
from stemlens.model.device import use_cpu
from stemlens.tables import read_table


def main(
    checkpoints: list[str],
    inputs: list[str],
    stimuli: str,
    comparison: str,
    *,
    part: str,
    tap: str,
    logits: bool,
    pooling: str | Mapping[str, str] | None = None,
    n_threads: int,
) -> None:
    """Compare, each song's inputs in the network of its fold."""
    device = use_cpu(n_threads)
    rules = PoolingRules.from_settings(pooling)
    readers = [
        CNNLayers(load_checkpoint(path, device).network, tap=tap, logits=logits, pooling=rules)
        for path in checkpoints
    ]
    fold_of_song = fold_by_song(read_table(stimuli))
    sets = [
        (one, readers[network])
        for network, one in item_sets(part, read_items(inputs), fold_of_song, len(readers))
    ]
    write_comparison(comparison, sets, device=device, remedy=RETRAIN, sources=checkpoints)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.checkpoints,
            snakemake.input.inputs,
            snakemake.input.stimuli,
            snakemake.output.comparison,
            part=snakemake.wildcards.part,
            n_threads=snakemake.threads,
            **snakemake.params.activations,
        )

"""Train a network on the training split, or on shuffled targets as a control.

Inputs
------
mels : HDF5 of the training split.

Outputs
-------
checkpoint : the trained network, see `stemlens.model.checkpoint`.
history : CSV, a row per epoch: ``epoch``, ``loss``, ``macro_f1``, ``subset_accuracy``, and the same
    with ``validation_`` before the name where songs are held out; in the last row both also with
    ``saved_`` before the name, of the network in the checkpoint. Where targets are shuffled, all
    but ``validation_`` is about the shuffled ones.

While it runs, ``.resume`` beside the checkpoint holds the state from which it can be resumed, and
``.train.log`` the log so far.
"""

import shutil
from pathlib import Path
from typing import Any

from stemlens.audio.mel_store import read_examples
from stemlens.audio.same_audio import find_same_audio
from stemlens.audio.segment_table import read_segment_table
from stemlens.job_log import job_log
from stemlens.model.architecture import Architecture
from stemlens.model.checkpoint import save_checkpoint
from stemlens.model.device import choose_device
from stemlens.tables import write_table
from stemlens.training.holdout import demand_unknown, held_out_segments
from stemlens.training.training import TrainingSettings, train


def main(
    mels: str,
    checkpoint: str,
    history: str,
    *,
    network: dict[str, Any],
    settings: TrainingSettings,
    holdout: str | list[str],
    shuffle_targets: bool,
    seed: int,
    n_threads: int,
    code: str,
) -> None:
    """Train, or resume an interrupted training, and store the result."""
    device = choose_device(n_threads)
    songs = read_segment_table(mels)["song"]
    held_out = held_out_segments(songs, holdout)
    if held_out.any():
        demand_unknown(set(songs[held_out]), find_same_audio({"train": [mels]}))
    examples = read_examples(mels, ~held_out)
    resume = Path(checkpoint).parent / ".resume"
    trained, epochs = train(
        Architecture.from_settings(network),
        settings,
        examples.with_shuffled_targets(seed) if shuffle_targets else examples,
        validation=read_examples(mels, held_out) if held_out.any() else None,
        seed=seed,
        device=device,
        resume_path=resume / "state.pt",
        code=code,
    )
    write_table(history, epochs)
    save_checkpoint(checkpoint, trained, examples.classes)
    shutil.rmtree(resume)


if __name__ == "__main__":
    kept_log = Path(snakemake.output.checkpoint).parent / ".train.log"
    with job_log(snakemake.log[0], kept=kept_log):
        training = dict(snakemake.params.training)
        held_out_songs = training.pop("holdout")
        main(
            snakemake.input.mels,
            snakemake.output.checkpoint,
            snakemake.output.history,
            network=snakemake.params.network,
            settings=TrainingSettings(**training),
            holdout=held_out_songs,
            shuffle_targets=snakemake.wildcards.training == "shuffled",
            seed=int(snakemake.wildcards.seed),
            n_threads=snakemake.threads,
            code=snakemake.params.code,
        )

"""Peak memory of a script on data of some size: ``stage_memory.py SCRIPT SIZE FOLDER`` prints MB.

The network is tiny, so that what grows is what grows with the data.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
import pandas as pd
import yaml
from contests import read_stems
from measure import memory_mb

CONFIG = yaml.safe_load((Path(__file__).parents[1] / "config.yaml").read_text("utf-8"))
TRAINING = {**CONFIG["training"], "epochs": 1}
HOLDOUT = TRAINING.pop("holdout")
TINY: dict[str, Any] = {
    "conv": [{"filters": 1, "kernel": [3, 3], "pool": [8, 8]}],
    "dense": [{"units": 2}],
    "leaky_slope": 0.01,
    "dropout": 0.2,
}
CLASSES = [item["name"] for item in CONFIG["corpus"]["classes"]]


def write_noise_split(folder: Path, n_segments: int) -> None:
    """A split of one song, ``split.h5``."""
    from stemlens.audio.mel_settings import MelSettings
    from stemlens.audio.mel_store import write_mels, write_split
    from stemlens.audio.mixes import mix_targets
    from stemlens.target_type import MULTI_LABEL

    rate_hz = CONFIG["segments"]["sample_rate_hz"]
    mels = np.random.default_rng(0).random((n_segments, 15, 80, 300), np.float32)
    starts = {"segment": range(n_segments), "start_s": 10.0 * np.arange(n_segments)}
    write_mels(
        folder / "song.h5",
        mels,
        np.tile(mix_targets(4), (n_segments, 1, 1)),
        segments=pd.DataFrame({"song": "Song", **starts}),
        classes=CLASSES,
        target_type=MULTI_LABEL,
        settings=MelSettings.from_settings(rate_hz, CONFIG["mel"]),
    )
    write_split(folder / "split.h5", [folder / "song.h5"], split="train")


def initialise_model(folder: Path) -> None:
    """The untrained network."""
    from initialise_model import main

    main(
        str(folder / "split.h5"),
        str(folder / "checkpoint.pt"),
        network=TINY,
        batch_size=64,
        standardise=True,
        holdout=HOLDOUT,
        seed=0,
        n_threads=1,
    )


def train_model(folder: Path) -> None:
    """An epoch."""
    from stemlens.training.training import TrainingSettings
    from train_model import main

    main(
        str(folder / "split.h5"),
        str(folder / "trained.pt"),
        str(folder / "history.csv"),
        network=TINY,
        settings=TrainingSettings(**TRAINING),
        holdout=HOLDOUT,
        shuffle_targets=False,
        seed=0,
        n_threads=1,
        code="",
    )


def evaluate_model(folder: Path) -> None:
    """Both splits, here of one size."""
    from evaluate_model import main

    main(
        str(folder / "checkpoint.pt"),
        {"train": str(folder / "split.h5"), "test": str(folder / "split.h5")},
        str(folder / "performance.csv"),
        str(folder / "predictions.csv"),
        model={"task": "instrument", "network": "paper", "training": "trained", "seed": "0"},
        n_threads=1,
    )


def cut_segments(folder: Path) -> None:
    """A song of 240 s."""
    from cut_segments import main

    main(
        str(folder / "song.stem.mp4"),
        str(folder / "segments"),
        str(folder / "segments.csv"),
        song="Song",
        split="train",
        classes=CONFIG["corpus"]["classes"],
        unequal_stems="error",
        broken_songs="stop",
        **CONFIG["segments"],
    )


SCRIPTS = {
    function.__name__: function
    for function in (initialise_model, train_model, evaluate_model, cut_segments)
}


def main(script: str, size: str, folder: str) -> None:
    """Make the data, or run the script on it."""
    if script == "song":
        read_stems.prepare(Path(folder))
    elif script == "split":
        write_noise_split(Path(folder), int(size))
    else:
        SCRIPTS[script](Path(folder))
        print(memory_mb("VmHWM"))


if __name__ == "__main__":
    main(*sys.argv[1:])

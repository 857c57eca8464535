"""Activations of every layer on disk, beside hooks that gather them in memory."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import torch
import yaml
from comparison import OURS, Comparison
from stemlens.activations.cnn_extraction import write_cnn_activations
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mel_store import write_mels, write_split
from stemlens.audio.mixes import mix_targets
from stemlens.audio.segments import active_column
from stemlens.model.architecture import Architecture
from stemlens.model.cnn import CNN
from stemlens.model.device import place, use_cpu
from stemlens.target_type import MULTI_LABEL

N_STIMULI, BATCH_SIZE, N_THREADS = 256, 32, 2
CLASSES = ["drums", "bass", "vocals", "rest"]
CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))


def write_noise_split(path: Path, n_segments: int) -> None:
    """Spectrograms of all mixes of some segments, of the size that the config names."""
    segments = {"song": "Song", "segment": range(n_segments), "start_s": np.arange(n_segments) * 10}
    activity = {active_column(name): 10.0 for name in CLASSES}
    song = path.with_suffix(".song.h5")
    write_mels(
        song,
        np.random.default_rng(0).normal(-40, 15, (n_segments, 15, 80, 300)).astype(np.float32),
        np.tile(mix_targets(len(CLASSES)), (n_segments, 1, 1)),
        segments=pd.DataFrame({**segments, **activity}),
        classes=CLASSES,
        target_type=MULTI_LABEL,
        settings=MelSettings.from_settings(CONFIG["segments"]["sample_rate_hz"], CONFIG["mel"]),
    )
    write_split(path, [song], split=path.stem)


def prepare(folder: Path) -> None:
    """A split that holds as many mixes as are read."""
    write_noise_split(folder / "test.h5", -(-N_STIMULI // 15))


def stimuli(n_stimuli: int) -> pd.DataFrame:
    """The first mixes of the split."""
    numbers = np.arange(n_stimuli)
    places = {"row": numbers // 15, "mix": numbers % 15, "start_s": numbers // 15 * 10.0}
    return pd.DataFrame({"class": "drums", "song": "Song", **places})


def network() -> CNN:
    """The paper's network, its input standardised."""
    torch.manual_seed(0)
    cnn = CNN(Architecture.from_settings(CONFIG["networks"]["paper"]), 80, 300, len(CLASSES))
    place(cnn, use_cpu(N_THREADS))
    cnn.input_mean_db.fill_(-40)
    cnn.input_std_db.fill_(15)
    return cnn.eval()


def spectrograms(folder: Path) -> torch.Tensor:
    """What `stimuli` names, in memory."""
    with h5py.File(folder / "test.h5") as file:
        mels = file["mel"][:]
    return torch.from_numpy(mels.reshape(-1, *mels.shape[2:])[:N_STIMULI])


def timed(path: Path, write: Callable[[], None]) -> Callable[[], float]:
    """Seconds to write a new file; to delete the last one does not count."""

    def work() -> float:
        path.unlink(missing_ok=True)
        start = time.perf_counter()
        write()
        return time.perf_counter() - start

    return work


def stemlens(folder: Path, n_stimuli: int = N_STIMULI) -> Callable[[], float]:
    """Batch by batch from one file to the other."""
    path, table, cnn = folder / "ours.h5", stimuli(n_stimuli), network()

    def write() -> None:
        write_cnn_activations(path, [cnn], folder / "test.h5", table, tap="pool", logits=False)

    return timed(path, write)


def hooks(folder: Path) -> Callable[[], float]:
    """Forward hooks on the modules, an array per layer, then a file."""
    cnn = network()
    modules = {f"conv{number}": module for number, module in enumerate(cnn.conv, 1)}
    modules |= {f"dense{number}": module for number, module in enumerate(cnn.dense, 1)}
    path = folder / "hooks.h5"

    def write() -> None:
        gathered: dict[str, list[np.ndarray]] = {}

        def gather(_module: object, _inputs: object, output: torch.Tensor, *, layer: str) -> None:
            gathered.setdefault(layer, []).append(output.numpy())

        handles = [m.register_forward_hook(partial(gather, layer=n)) for n, m in modules.items()]
        with torch.no_grad():
            for batch in spectrograms(folder).split(BATCH_SIZE):
                gathered.setdefault("input", []).append(cnn.standardise(batch).numpy())
                gathered.setdefault("output", []).append(cnn(batch).sigmoid().numpy())
        for handle in handles:
            handle.remove()
        with h5py.File(path, "w") as file:
            for layer, batches in gathered.items():
                file[f"layers/{layer}"] = np.concatenate(batches)

    return timed(path, write)


def check(folder: Path) -> None:
    """Every layer of every stimulus."""
    stemlens(folder)()
    hooks(folder)()
    with h5py.File(folder / "ours.h5") as ours, h5py.File(folder / "hooks.h5") as theirs:
        assert set(ours["layers"]) == set(theirs["layers"])
        for layer, values in ours["layers"].items():
            expected = theirs[f"layers/{layer}"][:]
            np.testing.assert_allclose(values[:], expected, rtol=1e-4, atol=1e-5)


COMPARISON = Comparison(
    "Activations of every layer of 256 stimuli, to HDF5",
    {OURS: stemlens, "hooks, then h5py": hooks},
    prepare,
    check,
    note="hooks keep one array per layer in memory, as thingsvision does.",
    n_threads=N_THREADS,
    n_calls=2,
)

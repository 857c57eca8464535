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
from contest import OURS, Target
from stemlens.activations.extraction import BATCH_SIZE, write_activations
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mel_store import write_mels, write_split
from stemlens.audio.mixes import mix_targets
from stemlens.model.architecture import Architecture
from stemlens.model.cnn import CNN
from stemlens.model.device import place, use_cpu
from stemlens.target_type import MULTI_LABEL

N_STIMULI, N_MANY, N_THREADS = 256, 1024, 2
TITLE = "Activations of every layer of 256 stimuli, to HDF5"
THREADS, ROUNDS, WARM_UPS, CALLS = N_THREADS, 3, 1, 2
HOOKS, LIMIT, BYTES = "hooks, then h5py", "bare forward pass", "forward pass, layers to plain bytes"
MANY = f"{OURS}, {N_MANY} stimuli"
MANY_MB = 136_709 * 4 * (N_MANY - N_STIMULI) / 2**20
NOTE = (
    "Hooks keep one array per layer in memory, as thingsvision does. A bare forward pass reads no"
    f" layer but the last, and no file. {N_MANY} stimuli show whether memory grows: their"
    f" activations take {MANY_MB:.0f} MB more."
)
CLASSES = ["drums", "bass", "vocals", "rest"]
N_SEGMENTS = -(-N_MANY // 15)


def prepare(folder: Path) -> None:
    """A split of a test corpus: spectrograms of all mixes of some segments."""
    settings = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
    shape = (N_SEGMENTS, 15, 80, 300)
    segments = {"song": "Song", "segment": range(N_SEGMENTS), "start_s": np.arange(N_SEGMENTS) * 10}
    write_mels(
        folder / "song.h5",
        np.random.default_rng(0).normal(-40, 15, shape).astype(np.float32),
        np.tile(mix_targets(4), (N_SEGMENTS, 1, 1)),
        segments=pd.DataFrame(segments),
        classes=CLASSES,
        target_type=MULTI_LABEL,
        settings=MelSettings.from_settings(settings["segments"]["sample_rate_hz"], settings["mel"]),
    )
    write_split(folder / "test.h5", [folder / "song.h5"], split="test")


def stimuli(n_stimuli: int) -> pd.DataFrame:
    """The first mixes of the split."""
    numbers = np.arange(n_stimuli)
    places = {"row": numbers // 15, "mix": numbers % 15, "start_s": numbers // 15 * 10.0}
    return pd.DataFrame({"class": "drums", "song": "Song", **places})


def network() -> CNN:
    """The paper's network, its input standardised."""
    settings = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
    torch.manual_seed(0)
    cnn = CNN(Architecture.from_settings(settings["networks"]["paper"]), 80, 300, len(CLASSES))
    place(cnn, use_cpu(N_THREADS))
    cnn.input_mean_db.fill_(-40)
    cnn.input_std_db.fill_(15)
    return cnn.eval()


def spectrograms(folder: Path, n_stimuli: int) -> torch.Tensor:
    """What `stimuli` names, in memory."""
    with h5py.File(folder / "test.h5") as file:
        mels = file["mel"][: -(-n_stimuli // 15)]
    return torch.from_numpy(mels.reshape(-1, *mels.shape[2:])[:n_stimuli])


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
        write_activations(path, cnn, folder / "test.h5", table, tap="pool", logits=False)

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
            for batch in spectrograms(folder, N_STIMULI).split(BATCH_SIZE):
                gathered.setdefault("input", []).append(cnn.standardise(batch).numpy())
                gathered.setdefault("output", []).append(cnn(batch).sigmoid().numpy())
        for handle in handles:
            handle.remove()
        with h5py.File(path, "w") as file:
            for layer, batches in gathered.items():
                file[f"layers/{layer}"] = np.concatenate(batches)

    return timed(path, write)


def forward(folder: Path) -> Callable[[], None]:
    """The limit: the network alone, on spectrograms in memory."""
    cnn, mels = network(), spectrograms(folder, N_STIMULI)

    def work() -> None:
        with torch.no_grad():
            for batch in mels.split(BATCH_SIZE):
                cnn(batch)

    return work


def forward_and_bytes(folder: Path) -> Callable[[], float]:
    """The limit with a file: every layer of that pass, as bytes one after the other."""
    path, cnn, mels = folder / "bytes", network(), spectrograms(folder, N_STIMULI)

    def write() -> None:
        with torch.no_grad(), path.open("wb", buffering=0) as file:
            for batch in mels.split(BATCH_SIZE):
                for values in cnn.activations(batch).values():
                    file.write(values.contiguous().numpy().data)

    return timed(path, write)


def seconds_of(_contestant: str, elapsed_s: float, result: float | None) -> float:
    """Those that write take their own time."""
    return elapsed_s if result is None else result


CONTESTANTS = {
    OURS: stemlens,
    HOOKS: hooks,
    LIMIT: forward,
    BYTES: forward_and_bytes,
    MANY: partial(stemlens, n_stimuli=N_MANY),
}
TARGETS = [
    Target(
        LIMIT,
        at_least=0.8,
        reason="the pass is so short that putting its maps in order and handing their bytes to the"
        " system weighs, even without HDF5 (the pass that writes plain bytes)",
    ),
    Target(BYTES, at_least=0.8),
    Target(OURS, "peak_mb", at_most_more=100, ours=MANY),
]


def check(folder: Path) -> None:
    """Every layer of every stimulus."""
    stemlens(folder)()
    hooks(folder)()
    with h5py.File(folder / "ours.h5") as ours, h5py.File(folder / "hooks.h5") as theirs:
        assert set(ours["layers"]) == set(theirs["layers"])
        for layer, values in ours["layers"].items():
            expected = theirs[f"layers/{layer}"][:]
            np.testing.assert_allclose(values[:], expected, rtol=1e-4, atol=1e-5)

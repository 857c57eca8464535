"""Pooled layers of any module on disk, beside the bare forward pass with the same pooling."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import torch
from comparison import OURS, Comparison
from stemlens.activations.extraction import write_activations
from stemlens.front_end.windows import Windows
from stemlens.layers.hooks import HookedLayers
from stemlens.layers.pooling import PoolingRules
from stemlens.model.device import use_cpu
from torch import nn

N_STIMULI, N_SAMPLES, N_THREADS, BATCH_SIZE = 8, 160_000, 2, 32
WINDOWS = Windows(1024, 1024)
LAYERS = ["1", "4", "7", "10"]


def network() -> nn.Sequential:
    """Convolutions over windows of a waveform, with batch norm, as in a pitch tracker."""
    torch.manual_seed(0)
    use_cpu(N_THREADS)
    channels = [1, 64, 64, 128, 128]
    parts: list[nn.Module] = []
    for n_in, n_out in pairwise(channels):
        conv = nn.Conv1d(n_in, n_out, 32, stride=2 if n_in > 1 else 4, padding=16)
        parts += [conv, nn.BatchNorm1d(n_out), nn.ReLU(inplace=True)]
    return nn.Sequential(nn.Unflatten(1, (1, 1024)), *parts).eval()


def waveforms(n_stimuli: int) -> np.ndarray:
    """Noise, the same for all."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(n_stimuli, N_SAMPLES)).astype(np.float32)


def stemlens(folder: Path, n_stimuli: int = N_STIMULI) -> Callable[[], object]:
    """Streamed to a file, averaged over windows and time."""
    pooling = PoolingRules.from_settings(
        {"input": "window sample -> sample", "*": "window channel time -> channel"}
    )
    stimuli = pd.DataFrame({"class": "a", "song": range(n_stimuli), "start_s": 0.0})
    stimuli["song"] = stimuli["song"].astype(str)
    inputs = waveforms(n_stimuli)

    def batches(*, batch_size: int) -> Iterator[np.ndarray]:
        return (inputs[n : n + batch_size] for n in range(0, n_stimuli, batch_size))

    reader = HookedLayers(
        network(), LAYERS, pooling=pooling, windows=WINDOWS, batch_size=BATCH_SIZE
    )
    return lambda: write_activations(
        folder / "ours.h5", reader, batches, stimuli, device=torch.device("cpu"), remedy=""
    )


def bare(folder: Path) -> Callable[[], object]:
    """A loop over the network's parts that keeps the same means in memory."""
    del folder
    parts, inputs = network(), torch.from_numpy(waveforms(N_STIMULI))

    def work() -> dict[str, torch.Tensor]:
        means: dict[str, list[torch.Tensor]] = {layer: [] for layer in LAYERS}
        with torch.no_grad():
            for stimulus in inputs:
                of_windows: dict[str, list[torch.Tensor]] = {layer: [] for layer in LAYERS}
                for x in WINDOWS.cut(stimulus[None])[0].split(BATCH_SIZE):
                    for name, part in parts.named_children():
                        x = part(x)
                        if name in LAYERS:
                            of_windows[name].append(x.mean(dim=2))
                for layer, values in of_windows.items():
                    means[layer].append(torch.cat(values).mean(dim=0))
        return {layer: torch.stack(values) for layer, values in means.items()}

    return work


def check(folder: Path) -> None:
    """Every layer of every stimulus."""
    stemlens(folder)()
    expected = bare(folder)()
    assert isinstance(expected, dict)
    with h5py.File(folder / "ours.h5") as file:
        for layer, values in expected.items():
            found = file[f"layers/{layer}"][:]
            np.testing.assert_allclose(found, values.numpy(), rtol=1e-4, atol=1e-5)


COMPARISON = Comparison(
    "Layers of a module over windows of 8 stimuli, averaged, to HDF5",
    {OURS: stemlens, "bare forward pass with the same means": bare},
    check=check,
    targets={"bare forward pass with the same means": 0.8},
    note="the bare pass keeps means in memory and writes nothing.",
    n_threads=N_THREADS,
    n_calls=3,
)

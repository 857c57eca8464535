"""The untrained twin of a network: the same code with initial weights, its batch norm calibrated.

Otherwise the activations of an untrained network would shrink or grow from layer to layer, unlike
those of a trained one.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from stemlens.atomic import replacing
from stemlens.layers.calls import forward
from stemlens.model.batch_norm import calibrate_on
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.tensor_file import load_tensors

CHECK_MODEL = "check the model, its weights and the scale of its input"
"""The remedy if a network has or returns values that are NaN or infinite."""

CALIBRATION_MIXES = 64
"""Mixes of training songs on which batch norm is calibrated."""


def calibration_mixes(songs: pd.DataFrame, *, n_mixes: int) -> pd.DataFrame:
    """List mixes of training songs: at most `CALIBRATION_MIXES`, drawn from all.

    Parameters
    ----------
    songs
        A row per song: ``song``, and what else stays in the table.
    n_mixes
        Number of mixes of each song.

    Returns
    -------
    DataFrame
        The columns of `songs` and ``mix``.
    """
    every = songs.merge(pd.DataFrame({"mix": range(n_mixes)}), how="cross")
    n_drawn = min(CALIBRATION_MIXES, len(every))
    drawn = np.random.default_rng(0).choice(len(every), n_drawn, replace=False)
    return every.iloc[np.sort(drawn)]


def untrained_twin(
    settings: ModuleSettings,
    batches: Callable[..., Iterator[np.ndarray]],
    *,
    seed: int,
    device: torch.device,
) -> nn.Module:
    """Build the twin of a network, and calibrate its batch norm on mixes of training songs.

    Parameters
    ----------
    batches
        Inputs, as from `ModuleSettings.batches`.
    """
    network = settings.network(pretrained=False, seed=seed).to(device)
    windows, size = settings.windows, settings.batch_size

    def rows() -> Iterator[Tensor]:
        for batch in batches(batch_size=size):
            inputs = torch.from_numpy(batch).to(device)
            yield from (windows.cut(inputs).flatten(0, 1) if windows else inputs).split(size)

    calibrate_on(network, rows, remedy=CHECK_MODEL, run=partial(forward, network))
    return network


def save_twin(path: str | Path, network: nn.Module) -> None:
    """Write the weights and statistics of a network."""
    with replacing(path) as beside:
        torch.save({name: value.cpu() for name, value in network.state_dict().items()}, beside)


def load_module(
    settings: ModuleSettings, twin: str | Path | None, device: torch.device, *, seed: int = 0
) -> nn.Module:
    """Build a network with its own weights, or the twin of a seed that `save_twin` wrote."""
    network = settings.network(pretrained=twin is None, seed=seed)
    if twin is not None:
        network.load_state_dict(load_tensors(twin))
    return network.to(device)

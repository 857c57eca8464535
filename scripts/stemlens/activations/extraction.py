"""Stimuli through a network: the activations of every layer, streamed to HDF5."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import torch

from stemlens.atomic import replacing
from stemlens.audio.mel_store import spectrogram_batches
from stemlens.finite import RETRAIN, demand_finite
from stemlens.model.cnn import CNN

STIMULI_AT_ONCE = 32
"""Stimuli per forward pass: enough that a pass is not mostly overhead, and little memory."""


@torch.no_grad()
def write_activations(
    path: str | Path,
    network: CNN,
    mel_path: str | Path,
    stimuli: pd.DataFrame,
    *,
    tap: str,
    logits: bool,
    batch_size: int = STIMULI_AT_ONCE,
) -> None:
    """Send stimuli through a network and store what each layer makes of them.

    Parameters
    ----------
    path
        The HDF5 file, see `stemlens.activations.store`. Memory does not grow with the
        number of stimuli.
    network
        In evaluation mode.
    mel_path
        The split that the stimuli refer to.
    stimuli
        As from `select_stimuli`.
    tap
        Where layers are read, see `stemlens.model.cnn.TAPS`.
    logits
        Read the output before its sigmoid.

    Raises
    ------
    InputError
        If an activation is NaN or infinite.
    """
    strides = network.architecture.strides(before_pool=tap != "pool")
    batches = spectrogram_batches(mel_path, stimuli["row"], stimuli["mix"], batch_size=batch_size)
    device, first = network.input_mean_db.device, 0
    with replacing(path) as beside, h5py.File(beside, "w") as file:
        table = file.create_group("stimuli")
        for column in ("class", "song"):
            table[column] = stimuli[column].to_numpy(dtype=h5py.string_dtype())
        table["start_s"] = stimuli["start_s"].to_numpy(np.float64)
        datasets: dict[str, h5py.Dataset] = {}
        for batch in batches:
            read = network.activations(torch.from_numpy(batch).to(device), tap=tap, logits=logits)
            for depth, (layer, activations) in enumerate(read.items()):
                # The network may hold its maps with channels last.
                values = activations.cpu().contiguous().numpy()
                demand_finite(values, f"activations of {layer}", remedy=RETRAIN)
                if layer not in datasets:
                    shape = (len(stimuli), *values.shape[1:])
                    datasets[layer] = file.create_dataset(f"layers/{layer}", shape, np.float32)
                    datasets[layer].attrs["depth"] = depth
                    if layer in strides:
                        datasets[layer].attrs["stride"] = strides[layer]
                datasets[layer][first : first + len(batch)] = values
            first += len(batch)

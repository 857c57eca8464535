"""Stimuli through a network: the activations of every layer, streamed to HDF5."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from stemlens.atomic import replacing
from stemlens.audio.mel_store import read_spectrograms
from stemlens.network.cnn import CNN


@torch.no_grad()
def read_activations(
    network: CNN,
    mel_path: str | Path,
    stimuli: pd.DataFrame,
    *,
    tap: str,
    logits: bool,
    batch_size: int,
) -> Iterator[tuple[slice, dict[str, np.ndarray]]]:
    """Send stimuli through a network, batch by batch.

    Parameters
    ----------
    network, mel_path, stimuli, tap, logits, batch_size
        As in `write_activations`.

    Yields
    ------
    rows : slice
        Which stimuli.
    layers : dict
        Layer → their activations, float32 (stimulus, channel, band, frame) or (stimulus, unit).
    """
    device = network.input_mean_db.device
    for first in tqdm(
        range(0, len(stimuli), batch_size), desc="activations", unit="batch", disable=None
    ):
        rows = slice(first, min(first + batch_size, len(stimuli)))
        chosen = stimuli.iloc[rows]
        batch = read_spectrograms(mel_path, chosen["row"], chosen["mix"])
        read = network.activations(torch.from_numpy(batch).to(device), tap=tap, logits=logits)
        yield rows, {layer: values.cpu().numpy() for layer, values in read.items()}


def write_activations(
    path: str | Path,
    network: CNN,
    mel_path: str | Path,
    stimuli: pd.DataFrame,
    *,
    tap: str,
    logits: bool,
    batch_size: int,
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
        Where layers are read, see `stemlens.network.cnn.TAPS`.
    logits
        Read the output before its sigmoid.
    batch_size
        Stimuli per forward pass.
    """
    cells = network.architecture.cell_sizes(before_pool=tap != "pool")
    batches = read_activations(
        network, mel_path, stimuli, tap=tap, logits=logits, batch_size=batch_size
    )
    with replacing(path) as beside, h5py.File(beside, "w") as file:
        table = file.create_group("stimuli")
        for column in ("class", "song"):
            table[column] = stimuli[column].to_numpy(dtype=h5py.string_dtype())
        table["start_s"] = stimuli["start_s"].to_numpy(np.float64)
        for rows, layers in batches:
            for depth, (layer, values) in enumerate(layers.items()):
                name = f"layers/{layer}"
                if name not in file:
                    dataset = file.create_dataset(
                        name,
                        shape=(len(stimuli), *values.shape[1:]),
                        dtype=np.float32,
                        chunks=(1, *values.shape[1:]),
                    )
                    dataset.attrs["depth"] = depth
                    if layer in cells:
                        dataset.attrs["cell"] = cells[layer]
                file[name][rows] = values

"""Stimuli through models: the activations of every layer, streamed to HDF5."""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from stemlens.activations.content_digest import ContentDigest
from stemlens.activations.store import write_stimuli
from stemlens.errors import InputError
from stemlens.finite import demand_finite
from stemlens.hdf5_file import new_hdf5
from stemlens.layers.reader import LayerReader
from stemlens.sources import CONTENT_SHA256

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pass:
    """Some of the stimuli, and the model that gets them.

    Attributes
    ----------
    reader
        The model.
    batches
        Called with ``batch_size``: inputs of these stimuli, float32 (stimulus, …), batch by batch.
    rows : ndarray of int, shape (stimulus,)
        Where they stand among all stimuli, in ascending order.
    """

    reader: LayerReader
    batches: Callable[..., Iterator[np.ndarray]]
    rows: np.ndarray


def write_activations(
    path: str | Path,
    reader: LayerReader,
    batches: Callable[..., Iterator[np.ndarray]],
    stimuli: pd.DataFrame,
    *,
    device: torch.device,
    remedy: str,
    sources: Sequence[str | Path] | None = None,
) -> None:
    """Send all stimuli through one model, as `write_passes` does.

    Parameters
    ----------
    reader, batches
        As of `Pass`.
    """
    passes = [Pass(reader, batches, np.arange(len(stimuli)))]
    write_passes(path, passes, stimuli, device=device, remedy=remedy, sources=sources)


@torch.no_grad()
def write_passes(
    path: str | Path,
    passes: Sequence[Pass],
    stimuli: pd.DataFrame,
    *,
    device: torch.device,
    remedy: str,
    sources: Sequence[str | Path] | None = None,
) -> None:
    """Send stimuli through models and store what each layer makes of them.

    Layers with units that have the same value for every stimulus are logged.

    Parameters
    ----------
    path
        The HDF5 file, see `stemlens.activations.store`. Memory does not grow with the
        number of stimuli.
    passes
        Which model gets which stimuli; models with the same layers.
    stimuli
        Columns ``class``, ``song``, ``start_s`` and, of a corpus in folds, ``fold``; a row per
        stimulus.
    device
        Where the models are.
    remedy
        What to do if an activation is NaN or infinite.
    sources
        The files of the models' weights, if there are some. With `sources`, the file gets a digest
        of its values, by which others name it as theirs; a temporary file needs none.

    Raises
    ------
    InputError
        If an activation is NaN or infinite, all stimuli are alike in every layer, or the file
        would not fit on its disk.
    """
    with new_hdf5(path, sources=sources or ()) as file:
        write_stimuli(file, stimuli)
        constant = _Constant()
        content = None if sources is None else ContentDigest()
        for rows, reader, read in _read_batches(passes, device):
            if "layers" not in file:
                _demand_space(Path(path).parent, read, len(stimuli))
                for depth, (layer, values) in enumerate(read.items()):
                    shape = (len(stimuli), *values.shape[1:])
                    dataset = file.create_dataset(f"layers/{layer}", shape, np.float32)
                    dataset.attrs.update({"depth": depth, **reader.attributes(layer)})
            for layer, values in read.items():
                demand_finite(values, f"activations of {layer}", remedy=remedy)
                file["layers"][layer][rows] = values
                constant.add(layer, values)
                if content:
                    content.add(layer, values)
        constant.report(len(stimuli))
        if content:
            file.attrs[CONTENT_SHA256] = content.hexdigest()


def _read_batches(
    passes: Sequence[Pass], device: torch.device
) -> Iterator[tuple[np.ndarray, LayerReader, dict[str, np.ndarray]]]:
    """Rows of each batch, the model that got it, and what its layers made of it."""
    for one in passes:
        first = 0
        for batch in one.batches(batch_size=one.reader.stimuli_at_once):
            layers = one.reader.read(torch.from_numpy(batch).to(device))
            # The network may hold its maps with channels last.
            read = {
                layer: _with_features(values.cpu().contiguous().numpy())
                for layer, values in layers.items()
            }
            yield one.rows[first : first + len(batch)], one.reader, read
            first += len(batch)


def _with_features(values: np.ndarray) -> np.ndarray:
    """Give a layer of one value per stimulus an axis of features."""
    return values[:, None] if values.ndim == 1 else values


class _Constant:
    """Units of layers that have had one value for all stimuli."""

    def __init__(self) -> None:
        self.first: dict[str, np.ndarray] = {}
        self.is_constant: dict[str, np.ndarray] = {}

    def add(self, layer: str, values: np.ndarray) -> None:
        if layer not in self.first:
            self.first[layer] = values[0]
            self.is_constant[layer] = np.ones(values.shape[1:], bool)
        self.is_constant[layer] &= (values == self.first[layer]).all(axis=0)

    def report(self, n_stimuli: int) -> None:
        if all(units.all() for units in self.is_constant.values()):
            raise InputError(
                f"stimuli: all {n_stimuli} are the same in every layer, the input included;"
                " expected different ones: check the audio and what the model takes"
            )
        for layer, units in self.is_constant.items():
            if units.all():
                logger.warning("layer %s: its activations of all stimuli are the same", layer)
            elif units.any():
                logger.info(
                    "layer %s: %d of %d values are the same for all stimuli",
                    *(layer, units.sum(), units.size),
                )


def _demand_space(folder: Path, read: dict[str, np.ndarray], n_stimuli: int) -> None:
    of_layer = {layer: values[0].nbytes * n_stimuli for layer, values in read.items()}
    needed, free = sum(of_layer.values()), shutil.disk_usage(folder).free
    if needed > free:
        largest = max(of_layer, key=lambda layer: of_layer[layer])
        raise InputError(
            f"{folder}: {free / 1e9:.3g} GB are free, and the activations of {n_stimuli} stimuli"
            f" need {needed / 1e9:.3g} GB, {of_layer[largest] / 1e9:.3g} GB of them layer {largest}"
            f" with the shape {read[largest].shape[1:]} per stimulus; expected what fits: average"
            " over an axis with the key pooling, or read fewer layers"
        )

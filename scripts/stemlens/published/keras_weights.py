"""Weights of a Keras network, read from HDF5 without TensorFlow."""

import re
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from stemlens.errors import InputError
from stemlens.finite import demand_finite
from stemlens.foreign_hdf5 import open_foreign, refusing_damage

NUMBERS = re.compile(r"(_\d+)?:\d+$")
"""What Keras adds to the name of an array, as in ``kernel_1:0``."""
KIND = "weights of a Keras network"
EXPECTED = "an HDF5 file that Keras wrote: name the right file, or get it again"
MAX_RATIO = 10
"""Weights hardly compress."""
EPSILON = 1e-3
"""What Keras' batch norm adds to the variance."""


def read_layers(path: str | Path) -> dict[str, dict[str, np.ndarray]]:
    """Read the arrays of each layer that has some.

    Parameters
    ----------
    path
        HDF5 file of a whole network or of its weights, as from Keras 2.

    Returns
    -------
    dict
        Name of the layer → name of the array, such as ``kernel``, ``gamma`` or ``moving_mean`` →
        ndarray, float32. Kernels of convolutions are (*size, input channel, output channel), those
        of dense layers (input, output).

    Raises
    ------
    InputError
        If the file is missing, or no such file.
    """
    with (
        open_foreign(path, expected=EXPECTED, kind=KIND, max_ratio=MAX_RATIO) as file,
        refusing_damage(path, expected=EXPECTED, kind=KIND),
    ):
        groups = file.get("model_weights", file)
        return {
            layer: {
                NUMBERS.sub("", name.split("/")[-1]): groups[layer][name][:]
                for name in _names(groups[layer], "weight_names")
            }
            for layer in _names(groups, "layer_names")
            if len(_names(groups[layer], "weight_names"))
        }


def _names(group: h5py.Group, attribute: str) -> list[str]:
    return np.asarray(group.attrs[attribute]).reshape(-1).astype(str).tolist()


def load_layers(path: str | Path | None, modules: Mapping[str, nn.Module]) -> None:
    """Give modules the weights of layers.

    Parameters
    ----------
    path
        As in `read_layers`.
    modules
        Name of the layer → convolution, dense layer or batch norm; changed in place.

    Raises
    ------
    InputError
        If there is no file, or its layers are not these.
    """
    if path is None:
        raise InputError(
            "weights: found none; expected the file of weights of this network:"
            " docs/published_models.md says where to get it"
        )
    layers = read_layers(path)
    for name, module in modules.items():
        arrays = layers.get(name, {})
        try:
            state = _state(module, arrays)
            for key, array in state.items():
                demand_finite(array, f"{path}, layer {name}: {key}", remedy="get the file again")
            module.load_state_dict({key: torch.tensor(array) for key, array in state.items()})
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            shapes = ", ".join(f"{key} {array.shape}" for key, array in arrays.items())
            raise InputError(
                f"{path}, layer {name}: found {shapes or 'no arrays'}; expected those of"
                f" {module}: the weights are those of another network"
            ) from error


def _state(module: nn.Module, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays of a layer as PyTorch names and orders them."""
    if isinstance(module, _BatchNorm):
        return {
            "weight": arrays["gamma"],
            "bias": arrays["beta"],
            "running_mean": arrays["moving_mean"],
            "running_var": arrays["moving_variance"],
        }
    kernel = arrays["kernel"]
    if isinstance(module, nn.Conv1d) and kernel.ndim == 4:
        # One map, whose second axis the kernel spans: its rows may as well be channels.
        kernel = kernel.squeeze(2)
    return {"weight": np.moveaxis(kernel, (-1, -2), (0, 1)), "bias": arrays["bias"]}

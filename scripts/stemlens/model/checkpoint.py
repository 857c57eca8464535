"""A trained network on disk, with all that is needed to use it."""

from dataclasses import dataclass
from pathlib import Path

import torch

from stemlens.atomic import replacing
from stemlens.errors import InputError
from stemlens.finite import RETRAIN, demand_finite
from stemlens.model.architecture import Architecture
from stemlens.model.cnn import CNN
from stemlens.model.device import place
from stemlens.model.tensor_file import load_tensors

MAX_QUOTED = 200
"""Characters of what PyTorch says, which may list every weight."""


@dataclass(frozen=True)
class Checkpoint:
    """A network in evaluation mode and the names of its outputs."""

    network: CNN
    classes: list[str]


def save_checkpoint(path: str | Path, network: CNN, classes: list[str]) -> None:
    """Write weights, batch norm, standardisation, architecture, target_type and class names.

    Raises
    ------
    InputError
        If a number of the network is NaN or infinite.
    """
    _demand_finite(network, path)
    _, n_bands, n_frames = network.shapes["input"]
    content = {
        "architecture": network.architecture.settings(),
        "n_bands": n_bands,
        "n_frames": n_frames,
        "classes": classes,
        "target_type": network.target_type,
        "state": {name: value.cpu() for name, value in network.state_dict().items()},
    }
    with replacing(path) as beside:
        torch.save(content, beside)


def load_checkpoint(path: str | Path, device: torch.device) -> Checkpoint:
    """Read what `save_checkpoint` wrote.

    Raises
    ------
    InputError
        If it is anything else, or a number of the network is NaN or infinite.
    """
    loaded = load_tensors(path, device)
    try:
        content = dict(loaded)
        network = CNN(
            Architecture.from_settings(content["architecture"]),
            content["n_bands"],
            content["n_frames"],
            len(content["classes"]),
            target_type=content["target_type"],
        )
        network.load_state_dict(content["state"])
    except (TypeError, KeyError, IndexError, ValueError, AttributeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:MAX_QUOTED]
        raise InputError(
            f"{path}: is no checkpoint of this workflow ({reason}); expected a network's blocks,"
            " classes and weights, which fit each other: delete it and run again"
        ) from error
    _demand_finite(network, path)
    place(network, device)
    return Checkpoint(network.eval(), content["classes"])


def _demand_finite(network: CNN, path: str | Path) -> None:
    for name, value in network.state_dict().items():
        demand_finite(value.cpu().numpy(), f"{path}: {name}", remedy=RETRAIN)

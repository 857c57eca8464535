"""The convolutional network of the paper's Table 1, built from its list of blocks."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from stemlens.model.architecture import Architecture, ConvBlock, DenseBlock
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL

TAPS = ("pool", "activation", "normalised")
"""Where a layer is read: at its end, before its pool, or before its activation function."""
EVALUATION_BATCH_SIZE = 64
"""Spectrograms per forward pass without training; results depend on it by rounding alone."""


class ConvLayer(nn.Module):
    """Convolution → batch norm → leaky ReLU → max-pool."""

    def __init__(self, n_channels: int, block: ConvBlock, leaky_slope: float) -> None:
        super().__init__()
        # Batch norm follows and has an offset of its own, so the convolution needs none.
        self.conv = nn.Conv2d(n_channels, block.filters, block.kernel, padding="same", bias=False)
        self.norm = nn.BatchNorm2d(block.filters)
        self.activation = nn.LeakyReLU(leaky_slope)
        self.pool = nn.MaxPool2d(block.pool)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channel, band, frame) → (batch, filter, pooled band, pooled frame)."""
        # A leaky ReLU never falls, so it may follow the maximum: same values, fewer to compute.
        return self.activation(self.pool(self.norm(self.conv(x))))

    def read(self, x: Tensor, tap: str) -> tuple[Tensor, Tensor]:
        """Return what `tap` reads, and the layer's output."""
        normalised = self.norm(self.conv(x))
        if tap == "activation":
            activated = self.activation(normalised)
            return activated, self.pool(activated)
        output = self.activation(self.pool(normalised))
        return (normalised if tap == "normalised" else output), output


class DenseLayer(nn.Module):
    """Dense → batch norm → leaky ReLU → dropout."""

    def __init__(
        self, n_inputs: int, block: DenseBlock, leaky_slope: float, dropout: float
    ) -> None:
        super().__init__()
        self.dense = nn.Linear(n_inputs, block.units, bias=False)
        self.norm = nn.BatchNorm1d(block.units)
        self.activation = nn.LeakyReLU(leaky_slope)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, input) → (batch, unit)."""
        return self.dropout(self.activation(self.norm(self.dense(x))))

    def read(self, x: Tensor, tap: str) -> tuple[Tensor, Tensor]:
        """Return what `tap` reads, and the layer's output."""
        normalised = self.norm(self.dense(x))
        output = self.dropout(self.activation(normalised))
        return (normalised if tap == "normalised" else output), output


class CNN(nn.Module):
    """Mel spectrogram in dB → one logit per class.

    Parameters
    ----------
    target_type
        What the outputs mean, see `stemlens.target_type`.
    """

    input_mean_db: Tensor
    input_std_db: Tensor
    conv: Sequence[ConvLayer]
    dense: Sequence[DenseLayer]

    def __init__(
        self,
        architecture: Architecture,
        n_bands: int,
        n_frames: int,
        n_outputs: int,
        *,
        target_type: str = MULTI_LABEL,
    ) -> None:
        super().__init__()
        self.target_type = target_type
        self.architecture = architecture
        self.shapes = architecture.layer_shapes(n_bands, n_frames, n_outputs)
        self.register_buffer("input_mean_db", torch.tensor(0.0))
        self.register_buffer("input_std_db", torch.tensor(1.0))
        channels = [1, *(block.filters for block in architecture.conv)]
        self.conv = nn.ModuleList(  # type: ignore[assignment]
            ConvLayer(n, block, architecture.leaky_slope)
            for n, block in zip(channels, architecture.conv, strict=False)
        )
        last_map = self.shapes[f"conv{len(self.conv)}" if len(self.conv) else "input"]
        widths = [math.prod(last_map), *(block.units for block in architecture.dense)]
        self.dense = nn.ModuleList(  # type: ignore[assignment]
            DenseLayer(n, block, architecture.leaky_slope, architecture.dropout)
            for n, block in zip(widths, architecture.dense, strict=False)
        )
        self.output = nn.Linear(widths[-1], n_outputs)

    def standardise(self, mels_db: Tensor) -> Tensor:
        """(batch, band, frame) in dB → the input layer, (batch, 1, band, frame)."""
        return ((mels_db - self.input_mean_db) / self.input_std_db).unsqueeze(1)

    def forward(self, mels_db: Tensor) -> Tensor:
        """(batch, band, frame) in dB → (batch, class), logits."""
        x = self.standardise(mels_db)
        for conv_layer in self.conv:
            x = conv_layer(x)  # (batch, channel, band, frame)
        x = x.flatten(1)
        for dense_layer in self.dense:
            x = dense_layer(x)  # (batch, unit)
        return self.output(x)

    def activations(
        self, mels_db: Tensor, *, tap: str = "pool", logits: bool = False
    ) -> dict[str, Tensor]:
        """Read every layer.

        Parameters
        ----------
        mels_db : Tensor, float32, shape (batch, band, frame)
            Spectrograms in dB.
        tap
            One of `TAPS`. Dense layers have no pool: `pool` and `activation` are the same there.
        logits
            Read the output layer before its sigmoid or softmax.

        Returns
        -------
        dict
            Layer name → Tensor (batch, channel, band, frame) or (batch, unit), from ``input``
            to ``output``.
        """
        x = self.standardise(mels_db)
        layers = {"input": x}
        for number, conv_layer in enumerate(self.conv, 1):
            layers[f"conv{number}"], x = conv_layer.read(x, tap)
        x = x.flatten(1)
        for number, dense_layer in enumerate(self.dense, 1):
            layers[f"dense{number}"], x = dense_layer.read(x, tap)
        x = self.output(x)
        layers["output"] = x if logits else probabilities(x, self.target_type)
        return layers


def probabilities(logits: Tensor, target_type: str) -> Tensor:
    """Softmax of logits (example, class) where an example has one class, else sigmoid."""
    return logits.softmax(dim=1) if target_type == SINGLE_LABEL else logits.sigmoid()

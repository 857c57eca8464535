"""The blocks of a network, and the shape of each layer; needs no torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stemlens.errors import InputError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class ConvBlock:
    """Convolution (same padding), batch norm, leaky ReLU, max-pool (floor).

    `kernel` and `pool` are (bands, frames).
    """

    filters: int
    kernel: tuple[int, int]
    pool: tuple[int, int]


@dataclass(frozen=True)
class DenseBlock:
    """Dense layer, batch norm, leaky ReLU, dropout."""

    units: int


@dataclass(frozen=True)
class Architecture:
    """Blocks from input to output; the output layer follows them."""

    conv: tuple[ConvBlock, ...]
    dense: tuple[DenseBlock, ...]
    leaky_slope: float
    dropout: float

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "Architecture":
        """Build from plain settings, as they stand in the config or a checkpoint."""
        return cls(
            conv=tuple(
                ConvBlock(b["filters"], (*b["kernel"],), (*b["pool"],)) for b in settings["conv"]
            ),
            dense=tuple(DenseBlock(b["units"]) for b in settings["dense"]),
            leaky_slope=settings["leaky_slope"],
            dropout=settings["dropout"],
        )

    def settings(self) -> dict[str, Any]:
        """The plain settings: dicts, tuples and numbers."""
        return asdict(self)

    def layer_shapes(self, n_bands: int, n_frames: int, n_outputs: int) -> dict[str, Shape]:
        """Output shape of each layer, from the input to the output.

        Returns
        -------
        dict
            ``input``, ``conv1`` …, ``dense1`` …, ``output`` → (channel, band, frame) or (unit,).

        Raises
        ------
        InputError
            If a pool is larger than its map.
        """
        shapes: dict[str, Shape] = {"input": (1, n_bands, n_frames)}
        height, width = n_bands, n_frames
        for number, block in enumerate(self.conv, 1):
            pool_height, pool_width = block.pool
            if pool_height > height or pool_width > width:
                raise InputError(
                    f"conv{number}: its pool {pool_height}×{pool_width} (bands × frames) is larger"
                    f" than its map {height}×{width}; use a smaller pool there or before"
                )
            height, width = height // pool_height, width // pool_width
            shapes[f"conv{number}"] = (block.filters, height, width)
        for number, dense in enumerate(self.dense, 1):
            shapes[f"dense{number}"] = (dense.units,)
        shapes["output"] = (n_outputs,)
        return shapes

    def strides(self, *, before_pool: bool) -> dict[str, tuple[int, int]]:
        """Stride of each feature map on the input: the bands and frames per value of the map.

        Pools round down, so that a map may cover less than the whole spectrogram. Maps may be read
        before or after their layer's pool.

        Returns
        -------
        dict
            ``input``, ``conv1`` … → (bands, frames).
        """
        sizes = {"input": (1, 1)}
        bands, frames = 1, 1
        for number, block in enumerate(self.conv, 1):
            pooled = (bands * block.pool[0], frames * block.pool[1])
            sizes[f"conv{number}"] = (bands, frames) if before_pool else pooled
            bands, frames = pooled
        return sizes

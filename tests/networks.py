"""Networks of the configuration, and others of any shape."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from stemlens.model.architecture import Architecture, ConvBlock, DenseBlock

CONFIG = yaml.safe_load((Path(__file__).parents[1] / "config.yaml").read_text("utf-8"))
CONFIGURED = {
    name: Architecture.from_settings(settings) for name, settings in CONFIG["networks"].items()
}


def network_of(conv: Sequence[tuple[Any, ...]], dense: Sequence[int] = ()) -> Architecture:
    """A network of (filters, kernel, pool) and units."""
    return Architecture(
        conv=tuple(ConvBlock(*block) for block in conv),
        dense=tuple(DenseBlock(units) for units in dense),
        leaky_slope=0.01,
        dropout=0.2,
    )

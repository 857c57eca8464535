"""What can be read of a network, and what it takes: for choosing layers before a run."""

from collections.abc import Iterator
from math import prod
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from stemlens.layers.calls import named_parts, record_calls
from stemlens.layers.hooks import HookedLayers

BYTES_PER_VALUE = 4


def layer_overview(reader: HookedLayers, stimulus: Tensor) -> pd.DataFrame:
    """List the modules of a network as they return, and what is read of those that are selected.

    Parameters
    ----------
    reader
        The network, and patterns over its layers.
    stimulus : Tensor, float32, shape (…)
        One input, as a waveform (sample,).

    Returns
    -------
    DataFrame
        A row per module that is called, and one for the input: ``layer``, ``kind``, ``calls`` (per
        pass), ``output`` (shape for one stimulus, or for one window), ``parameters``, ``read``
        (shape per stimulus after pooling; empty if it is not read), ``features`` and ``mb`` (of
        float32, per stimulus; 0 if it is not read).
    """
    inputs = stimulus.unsqueeze(0)
    first = reader.windows.cut(inputs).flatten(0, 1)[:1] if reader.windows else inputs
    read = {layer: tuple(values.shape[1:]) for layer, values in reader.read(inputs).items()}
    rows: list[dict[str, Any]] = [
        {"layer": "input", "kind": "", "calls": 1, "output": tuple(first.shape[1:])}
    ]
    rows += [
        {
            "layer": call.name,
            "kind": call.kind,
            "calls": call.n_calls,
            "output": ", ".join(map(str, _shapes(call.output))),
        }
        for call in record_calls(reader.module, first)
    ]
    parts = named_parts(reader.module)
    for row in rows:
        layer = row["layer"]
        shape = read.get(layer)
        row["parameters"] = _n_parameters(parts[layer]) if layer in parts else 0
        row["read"] = "" if shape is None else str(shape)
        row["features"] = 0 if shape is None else prod(shape)
        row["mb"] = row["features"] * BYTES_PER_VALUE / 1e6
    return pd.DataFrame(rows)


def _shapes(output: Any) -> Iterator[tuple[int, ...]]:
    """Shapes of what a module returns, without the axis of inputs."""
    if isinstance(output, Tensor):
        yield tuple(output.shape[1:])
    elif isinstance(output, tuple | list):
        for part in output:
            yield from _shapes(part)
    elif isinstance(output, dict):
        for part in output.values():
            yield from _shapes(part)


def _n_parameters(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())


def example_stimulus(n_samples: int) -> Tensor:
    """Noise in place of a stimulus, float32 (sample,)."""
    return torch.randn(n_samples, generator=torch.Generator().manual_seed(0)) / 10

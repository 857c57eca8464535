"""What a module does with an input: which of its parts are called, how often, what they return."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from stemlens.errors import InputError
from stemlens.layers.selection import OUTPUT

TORCH_FOLDER = str(Path(torch.__file__).parent)


@dataclass
class Call:
    """A part of a module that was called.

    Attributes
    ----------
    name
        As in ``named_modules``; `OUTPUT` for the whole.
    module
        The part.
    output
        What it returned first.
    n_calls
        How often it was called.
    """

    name: str
    module: nn.Module
    output: Any
    n_calls: int = 1

    @property
    def kind(self) -> str:
        """Name of its class, as ``Conv2d``."""
        return type(self.module).__name__


def named_parts(module: nn.Module) -> dict[str, nn.Module]:
    """All parts of a module by name, the whole as `OUTPUT` unless one of them is called so."""
    # PyTorch calls the whole by an empty name.
    return {name or OUTPUT: part for name, part in module.named_modules()}


@torch.no_grad()
def record_calls(module: nn.Module, inputs: Tensor) -> list[Call]:
    """Pass inputs through a module, and list its parts in the order in which they first return.

    Raises
    ------
    InputError
        If the module fails.
    """
    calls: dict[str, Call] = {}

    def record(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(part: nn.Module, _inputs: Any, output: Any) -> None:
            if name in calls:
                calls[name].n_calls += 1
            else:
                calls[name] = Call(name, part, output)

        return hook

    with hooked(module, {name: record(name) for name in named_parts(module)}):
        forward(module, inputs)
    return list(calls.values())


@contextmanager
def hooked(
    module: nn.Module, hook_of: dict[str, Callable[[nn.Module, Any, Any], None]]
) -> Iterator[None]:
    """Have functions called with what parts of a module return, for as long as the block lasts."""
    parts = named_parts(module)
    handles = [parts[name].register_forward_hook(hook) for name, hook in hook_of.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def forward(module: nn.Module, inputs: Tensor) -> Any:
    """Pass inputs through a module whose code is not ours.

    Raises
    ------
    InputError
        If the module fails: its message, and where.
    """
    try:
        return module(inputs)
    except InputError:
        raise
    except torch.OutOfMemoryError as error:
        raise InputError(
            f"batch_size: the model runs out of memory on an input of shape {tuple(inputs.shape)};"
            " expected a smaller one"
        ) from error
    except Exception as error:
        # The first frame is this function's.
        _, *frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if not frame.filename.startswith(TORCH_FOLDER)]
        frame = (own or frames)[-1]
        last_line = (str(error).strip().splitlines() or [""])[-1]
        raise InputError(
            f"{frame.filename}, line {frame.lineno}: the model fails on an input of shape"
            f" {tuple(inputs.shape)}: {type(error).__name__}: {last_line}; expected a model that"
            " takes it: check its input, sample_rate_hz, window_s and arguments"
        ) from error

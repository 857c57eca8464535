"""Putting the layers of stimuli together from passes over rows: their windows, or themselves."""

import torch
from torch import Tensor

from stemlens.errors import InputError


def by_row(name: str, values: Tensor, n_rows: int, n_each: int) -> Tensor:
    """(row * window, …) → (row, window, …), as many windows of each row as there should be."""
    if values.ndim == 0 or len(values) != n_rows * n_each:
        raise wrong_shape(name, values, n_rows)
    return values.reshape(n_rows, n_each, *values.shape[1:])


def wrong_shape(name: str, values: Tensor, n_rows: int) -> InputError:
    """Say that a layer's first axis is not that of its inputs."""
    return InputError(
        f"layer {name}: returns the shape {tuple(values.shape)} for {n_rows} inputs; expected a"
        " first axis of that length, or the same multiple of it each time: the layer may have its"
        " inputs along another axis, as in (time, batch, unit)"
    )


class Gathered:
    """A layer of some stimuli, put together from passes over their windows."""

    def __init__(
        self, n_stimuli: int, n_windows: int, *, has_windows: bool, averages_windows: bool
    ) -> None:
        self.n_stimuli, self.n_windows = n_stimuli, n_windows
        self.has_windows, self.averages_windows = has_windows, averages_windows
        self.parts: list[Tensor] = []
        self.total: Tensor | None = None

    def add(self, values: Tensor, first: int) -> None:
        """Take (row, window of a row, …) of the rows from `first` on."""
        if not self.averages_windows:
            self.parts.append(values)
            return
        values = values.mean(dim=1)
        if self.total is None:
            self.total = values.new_zeros(self.n_stimuli, *values.shape[1:])
        rows = torch.arange(first, first + len(values), device=values.device)
        self.total.index_add_(0, rows // self.n_windows, values)

    def result(self) -> Tensor:
        """(stimulus, …)."""
        if self.total is not None:
            return self.total / self.n_windows
        values = torch.cat(self.parts)
        windows = (-1,) if self.has_windows else ()
        return values.reshape(self.n_stimuli, *windows, *values.shape[2:])

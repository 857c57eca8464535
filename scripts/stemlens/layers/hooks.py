"""Reading any PyTorch module by forward hooks."""

import logging
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import psutil
import torch
from torch import Tensor, nn

from stemlens.errors import InputError
from stemlens.front_end.windows import Windows
from stemlens.layers.calls import Call, forward, hooked, named_parts, record_calls
from stemlens.layers.gathering import Gathered, by_row, wrong_shape
from stemlens.layers.pooling import Pooling, PoolingRules
from stemlens.layers.selection import INPUT, select_layers

logger = logging.getLogger(__name__)


class HookedLayers:
    """Layers of any module, read as they return; a `stemlens.layers.reader.LayerReader`.

    The first axis of what a module returns is that of its inputs. Where it is a multiple, as in a
    model that cuts its input into patches itself, these become the axis ``window``, as do the
    windows that `windows` cuts.

    Parameters
    ----------
    module
        In evaluation mode; it takes (stimulus, …), or (window, sample) with `windows`.
    layers
        Patterns over names of modules, see `stemlens.layers.selection`.
    pooling
        Over which axes layers are averaged.
    windows
        How waveforms are cut before they reach the module.
    call
        Which call of a layer counts that is called several times per pass: 0 for the first, −1 for
        the last; ``None`` refuses such layers.
    output
        Which part of a layer's output counts that is a tuple, list or mapping: its number or key,
        for all layers or by pattern; ``None`` refuses such outputs.
    batch_size
        Inputs, or windows, per pass.
    """

    def __init__(
        self,
        module: nn.Module,
        layers: Sequence[str],
        *,
        pooling: PoolingRules | None = None,
        windows: Windows | None = None,
        call: int | None = None,
        output: int | str | Mapping[str, int | str] | None = None,
        batch_size: int = 8,
    ) -> None:
        self.module = module.eval()
        self.patterns = list(layers)
        self.pooling = pooling or PoolingRules()
        self.windows = windows
        self.call = call
        self.output = {"*": output} if isinstance(output, int | str) else dict(output or {})
        self.batch_size = batch_size
        self.stimuli_at_once = 1 if windows else batch_size
        self._selected: list[str] | None = None
        self._rows_of_input: dict[str, int] = {}
        self._rule_of: dict[str, Pooling | None] = {}
        self._attributes: dict[str, dict[str, Any]] = {INPUT: {"kind": "input"}}

    @torch.no_grad()
    def read(self, inputs: Tensor) -> dict[str, Tensor]:
        """See `stemlens.layers.reader.LayerReader.read`.

        Raises
        ------
        InputError
            If the module fails, if a pattern selects nothing, or if a layer returns what is not a
            tensor whose first axis is that of the inputs.
        """
        rows = self.windows.cut(inputs) if self.windows else inputs.unsqueeze(1)
        n_stimuli, n_windows = rows.shape[:2]
        rows = rows.flatten(0, 1)
        is_first = self._selected is None
        if is_first:
            self._select(rows[:2], n_windows)
        gathered: dict[str, Gathered] = {}
        for first in range(0, len(rows), self.batch_size):
            batch = rows[first : first + self.batch_size]
            for layer, values in self._pass(batch, n_windows).items():
                if layer not in gathered:
                    has_windows = n_windows * values.shape[1] > 1
                    rule = self._rule_of[layer]
                    gathered[layer] = Gathered(
                        n_stimuli,
                        n_windows,
                        has_windows=has_windows,
                        # Over all windows of a stimulus, once all have passed.
                        averages_windows=has_windows and rule is not None and 0 in rule.averaged,
                    )
                gathered[layer].add(values, first)
        if is_first:
            self._warn_of_unused()
        return {layer: parts.result() for layer, parts in gathered.items()}

    def _warn_of_unused(self) -> None:
        for pattern, rule in self.pooling.rules:
            if not any(rule is used for used in self._rule_of.values()):
                logger.warning(
                    "pooling: %r with the axes %r fits no layer; layers without a rule are"
                    " flattened",
                    *(pattern, " ".join(rule.axes)),
                )

    def attributes(self, layer: str) -> Mapping[str, Any]:
        """See `stemlens.layers.reader.LayerReader.attributes`; known after the first `read`."""
        return self._attributes[layer]

    def _select(self, rows: Tensor, n_windows: int) -> None:
        """Find the layers with two inputs, and how many rows each returns of one."""
        calls = {call.name: call for call in record_calls(self.module, rows.clone())}
        selected = select_layers(self.patterns, list(calls), named_parts(self.module))
        if INPUT in selected:
            raise InputError(
                f"layers: a module of the network is called {INPUT}, the name of what reaches the"
                " network; expected another name, or patterns that do not match it"
            )
        for name in selected:
            call = calls[name]
            if call.n_calls > 1 and self.call is None:
                raise InputError(
                    f"layer {name}: called {call.n_calls} times per pass; expected once: say with"
                    " the key call which counts, 0 for the first, -1 for the last"
                )
            self._attributes[name] = {"kind": call.kind}
            values = self._tensor(name, call.output)
            if values.ndim == 0 or not len(values) or len(values) % len(rows):
                raise wrong_shape(name, values, len(rows))
            self._rows_of_input[name] = len(values) // len(rows)
        self._demand_memory([calls[name] for name in selected], rows, n_windows)
        self._selected = selected

    def _demand_memory(self, calls: Sequence[Call], rows: Tensor, n_windows: int) -> None:
        """Refuse a pass that would not fit: its largest output, and what is kept of all."""
        passed, kept = {}, {}
        for call in calls:
            values = self._tensor(call.name, call.output)
            of_rows = by_row(call.name, values, len(rows), self._rows_of_input[call.name])
            averaged = self._averaged(call.name, of_rows, n_windows)
            passed[call.name] = values.nbytes / len(rows) * self.batch_size
            kept[call.name] = averaged.nbytes / len(rows) * n_windows * self.stimuli_at_once
        needed = max(passed.values(), default=0) + sum(kept.values())
        free = _free_bytes(rows.device)
        if needed > free:
            largest = max(kept, key=lambda name: kept[name] + passed[name])
            raise InputError(
                f"batch_size: found {self.batch_size}; the layers of one pass would take"
                f" {needed / 1e9:.3g} GB, {(kept[largest] + passed[largest]) / 1e9:.3g} GB of them"
                f" {largest}, and {free / 1e9:.3g} GB are free; expected a smaller one, an average"
                " over some of its axes (pooling), or fewer layers"
            )

    def _pass(self, rows: Tensor, n_windows: int) -> dict[str, Tensor]:
        """One pass: layer → (row, window of a row, …), averaged over axes but that of windows."""
        outputs: dict[str, list[Tensor]] = {name: [] for name in self._selected or []}

        def keep(name: str) -> Callable[[nn.Module, Any, Any], None]:
            def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
                found = self._tensor(name, output)
                values = by_row(name, found, len(rows), self._rows_of_input[name])
                averaged = self._averaged(name, values, n_windows)
                # A copy: the next module may work in place.
                outputs[name].append(values.clone() if averaged is values else averaged)

            return hook

        with hooked(self.module, {name: keep(name) for name in outputs}):
            # A copy, for a module that changes its input.
            forward(self.module, rows.clone())
        read = {}
        if INPUT not in outputs:
            read[INPUT] = self._averaged(INPUT, rows.unsqueeze(1), n_windows)
        for name, of_calls in outputs.items():
            if not of_calls:
                raise InputError(f"layer {name}: not called for every input; leave it out")
            try:
                read[name] = of_calls[0 if self.call is None else self.call]
            except IndexError:
                raise InputError(
                    f"layer {name}: called {len(of_calls)} times; expected a number of a call, 0"
                    f" to {len(of_calls) - 1} or -1, found call {self.call}"
                ) from None
        return read

    def _averaged(self, layer: str, values: Tensor, n_windows: int) -> Tensor:
        """Average (row, window of a row, …) over those axes of a layer that are not kept."""
        has_windows = n_windows * values.shape[1] > 1
        rule = self.pooling.of(layer, values.ndim - 2 + has_windows, has_windows=has_windows)
        self._rule_of[layer] = rule
        if rule is None:
            return values
        self._attributes[layer]["axes"] = " ".join(rule.kept)
        inner = [axis + 2 - has_windows for axis in rule.averaged if axis or not has_windows]
        return values.mean(dim=inner) if inner else values

    def _tensor(self, name: str, output: Any) -> Tensor:
        if isinstance(output, Tensor):
            return _real(name, output)
        keys = [key for pattern, key in self.output.items() if fnmatchcase(name, pattern)]
        parts = dict(enumerate(output)) if isinstance(output, tuple | list) else _mapping_of(output)
        if keys and isinstance(parts.get(keys[0]), Tensor):
            return _real(name, parts[keys[0]])
        found = ", ".join(f"{key}: {_described(part)}" for key, part in parts.items())
        raise InputError(
            f"layer {name}: returns {type(output).__name__} ({found or 'without parts'}); expected"
            " a tensor: say with the key output which of its parts to read, if one is a tensor"
        )


def _real(name: str, values: Tensor) -> Tensor:
    if values.is_complex():
        raise InputError(
            f"layer {name}: returns complex numbers; expected real ones: read a layer that takes"
            " their magnitude"
        )
    return values.float()


def _free_bytes(device: torch.device) -> float:
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[0])
    return float(psutil.virtual_memory().available)


def _mapping_of(output: Any) -> dict[Any, Any]:
    try:
        return dict(output)
    except (TypeError, ValueError):
        return {}


def _described(part: Any) -> str:
    return f"tensor {tuple(part.shape)}" if isinstance(part, Tensor) else type(part).__name__

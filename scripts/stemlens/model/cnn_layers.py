"""Reading the layers of the paper's network."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from stemlens.layers.pooling import PoolingRules
from stemlens.model.cnn import CNN

AXES = ("channel", "band", "time")
"""Of the input and of feature maps; those of dense layers and the output are ``unit`` alone."""


STIMULI_AT_ONCE = 32
"""Stimuli per forward pass: enough that a pass is not mostly overhead, and little memory."""


class CNNLayers:
    """Layers of a `CNN` in evaluation mode; a `stemlens.layers.reader.LayerReader`.

    Parameters
    ----------
    tap
        Where layers are read, see `stemlens.model.cnn.TAPS`.
    logits
        Read the output before its sigmoid or softmax.
    pooling
        Over which axes layers are averaged.
    """

    def __init__(
        self,
        network: CNN,
        *,
        tap: str,
        logits: bool,
        pooling: PoolingRules | None = None,
        stimuli_at_once: int = STIMULI_AT_ONCE,
    ) -> None:
        self.stimuli_at_once = stimuli_at_once
        self.network, self.tap, self.logits = network, tap, logits
        self.pooling = pooling or PoolingRules()
        self.strides = network.architecture.strides(before_pool=tap != "pool")

    def read(self, inputs: Tensor) -> dict[str, Tensor]:
        """(stimulus, band, frame) in dB → the layers, (stimulus, …)."""
        layers = self.network.activations(inputs, tap=self.tap, logits=self.logits)
        for name, values in layers.items():
            rule = self.pooling.of(name, values.ndim - 1)
            if rule and rule.averaged:
                layers[name] = values.mean(dim=[axis + 1 for axis in rule.averaged])
        return layers

    def attributes(self, layer: str) -> Mapping[str, Any]:
        """See `stemlens.layers.reader.LayerReader.attributes`; a pooled map has no stride."""
        kind = layer.rstrip("0123456789")
        rule = self.pooling.of(layer, len(AXES))
        if layer not in self.strides:
            return {"kind": kind, "axes": "unit"}
        if rule and rule.averaged:
            return {"kind": kind, "axes": " ".join(rule.kept)}
        return {"kind": kind, "axes": " ".join(AXES), "stride": self.strides[layer]}

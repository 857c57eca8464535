"""Training examples, on the device where they fit."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor

from stemlens.audio.labelled_mels import LabelledMels

logger = logging.getLogger(__name__)

SHARE_OF_MEMORY = 0.5
"""How much of a device's free memory spectrograms may take; the network needs the rest."""


@dataclass(frozen=True)
class TrainingSet:
    """Examples to train on.

    Attributes
    ----------
    mels : Tensor, float32, shape (example, band, frame)
        In dB, on the device or, where they don't fit, in the CPU's memory.
    targets : Tensor, float32, shape (example, class)
        On the device.
    class_weights : Tensor, shape (class,), or None
        Weight of an example of each class in the loss.
    """

    mels: Tensor
    targets: Tensor
    class_weights: Tensor | None

    @classmethod
    def on(
        cls, device: torch.device, examples: LabelledMels, *, balance_classes: bool
    ) -> "TrainingSet":
        """Move examples to a device.

        Parameters
        ----------
        examples
            At least one of each class.
        balance_classes
            Whether an example counts inversely to how frequent its class is; only where each has
            one class.
        """
        mels = torch.from_numpy(examples.mels)
        targets = torch.from_numpy(examples.targets).to(device, torch.float32)
        weights = None
        if balance_classes:
            classes, labels = np.arange(targets.shape[1]), examples.targets.argmax(axis=1)
            balanced = compute_class_weight("balanced", classes=classes, y=labels)
            weights = torch.from_numpy(balanced).to(targets)
        if mels.nbytes <= SHARE_OF_MEMORY * free_bytes(device):
            return cls(mels.to(device), targets, weights)
        logger.info("%.1f GB of spectrograms stay in the CPU's memory", mels.nbytes / 1e9)
        return cls(mels, targets, weights)

    def batches(self, order: Tensor, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Go through examples by batches.

        Parameters
        ----------
        order : Tensor, int64, shape (example,)
            Numbers of the examples, on the CPU.
        batch_size
            Examples per batch; the last one may be smaller.

        Yields
        ------
        examples : Tensor, int64, shape (batch,)
            Their numbers, on the device.
        mels : Tensor, float32, shape (batch, band, frame)
            On the device.
        """
        device = self.targets.device
        on_device = order.to(device).split(batch_size)
        where_mels_are = order.to(self.mels.device).split(batch_size)
        for examples, rows in zip(on_device, where_mels_are, strict=True):
            mels = self.mels[rows]
            if mels.device.type != device.type:
                # From page-locked memory data are copied while the GPU computes.
                mels = mels.pin_memory().to(device, non_blocking=True)
            yield examples, mels


def free_bytes(device: torch.device) -> float:
    """Memory that is free on a device; on the CPU the examples already lie where they have to."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else float("inf")

"""Training examples, on the device where they fit."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from stemlens.audio.labelled_mels import LabelledMels
from stemlens.training.objective import balanced_class_weights

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
        What an example of each class counts.
    """

    mels: Tensor
    targets: Tensor
    class_weights: Tensor | None

    @classmethod
    def on(
        cls, device: torch.device, examples: LabelledMels, *, balance_classes: bool
    ) -> "TrainingSet":
        """Bring examples to a device."""
        mels = torch.from_numpy(examples.mels)
        targets = torch.from_numpy(examples.targets).to(device, torch.float32)
        weights = balanced_class_weights(targets) if balance_classes else None
        if mels.nbytes <= SHARE_OF_MEMORY * free_bytes(device):
            return cls(mels.to(device), targets, weights)
        logger.info("%.1f GB of spectrograms stay in the CPU's memory", mels.nbytes / 1e9)
        return cls(mels, targets, weights)

    def batches(
        self, order: Tensor, batch_size: int, *, n_done: int = 0
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Go through examples by batches.

        Parameters
        ----------
        order : Tensor, int64, shape (example,)
            Numbers of the examples, on the CPU.
        batch_size
            Examples per batch; the last one may be smaller.
        n_done
            How many batches are left out at the beginning.

        Yields
        ------
        examples : Tensor, int64, shape (batch,)
            Their numbers, on the device.
        mels : Tensor, float32, shape (batch, band, frame)
            On the device.
        """
        device = self.targets.device
        on_device = order.to(device).split(batch_size)[n_done:]
        where_mels_are = order.to(self.mels.device).split(batch_size)[n_done:]
        for examples, rows in zip(on_device, where_mels_are, strict=True):
            mels = self.mels[rows]
            if mels.device.type != device.type:
                # From page-locked memory a copy goes on while the GPU computes.
                mels = mels.pin_memory().to(device, non_blocking=True)
            yield examples, mels


def free_bytes(device: torch.device) -> float:
    """Memory that is free on a device; on the CPU the examples already lie where they have to."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else float("inf")

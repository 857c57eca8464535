"""Spectrograms with what is true of them: what a network is trained on."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class LabelledMels:
    """Labelled spectrograms.

    Attributes
    ----------
    mels : ndarray, float32, shape (example, band, frame)
        In dB.
    targets : ndarray, uint8, shape (example, class)
        1 for a class of the example.
    labelling
        See `stemlens.network.labelling`.
    """

    mels: np.ndarray
    targets: np.ndarray
    labelling: str

    def with_shuffled_targets(self, seed: int) -> "LabelledMels":
        """Hand each example the targets of another: there is nothing to learn but by heart.

        A control of Zhang et al. (Understanding deep learning requires rethinking
        generalization, 2017): how often each class occurs, and with which others, stays the same.
        """
        order = np.random.default_rng(seed).permutation(len(self.targets))
        return replace(self, targets=self.targets[order])

"""Labelled spectrograms, on which networks are trained and evaluated."""

from dataclasses import dataclass, replace

import numpy as np

from stemlens.errors import InputError


@dataclass(frozen=True)
class LabelledMels:
    """Labelled spectrograms.

    Attributes
    ----------
    mels : ndarray, float32, shape (example, band, frame)
        In dB.
    targets : ndarray, uint8, shape (example, class)
        1 for a class of the example.
    target_type
        See `stemlens.target_type`.
    classes
        Names of the classes.
    """

    mels: np.ndarray
    targets: np.ndarray
    target_type: str
    classes: list[str]

    def with_shuffled_targets(self, seed: int) -> "LabelledMels":
        """Permute targets among examples, so that a network can memorise them and learn no more.

        A control of Zhang et al. (Understanding deep learning requires rethinking
        generalization, 2017); the frequency of each class, and of each combination, stays the same.

        Raises
        ------
        InputError
            If every example gets targets like its own, as it can happen with very few.
        """
        order = np.random.default_rng(seed).permutation(len(self.targets))
        shuffled = self.targets[order]
        if np.array_equal(shuffled, self.targets):
            raise InputError(
                f"experiment.controls: shuffled by seed {seed}, the labels of the"
                f" {len(order)} training examples stay as they are; expected others: use another"
                " seed in experiment.seeds, or more songs"
            )
        return replace(self, targets=shuffled)

    def demand_learnable(self) -> None:
        """Refuse what no network can learn from.

        Raises
        ------
        InputError
            If there are fewer than two examples, values that are not finite, no value that
            differs from another, or a class that every example has or none.
        """
        n_examples = len(self.mels)
        if n_examples < 2:
            raise InputError(
                f"training set: found {n_examples} spectrogram(s), expected at least 2 (batch norm"
                " has no variance over one): lower segments.min_active_s, hold out fewer songs"
                " (training.holdout), or add songs"
            )
        lowest_db, highest_db = float(self.mels.min()), float(self.mels.max())
        if not np.isfinite([lowest_db, highest_db]).all():
            raise InputError(
                f"training set: its spectrograms hold values from {lowest_db} to {highest_db} dB;"
                " expected finite ones: delete the folder mel and run again"
            )
        if lowest_db == highest_db:
            raise InputError(
                f"training set: all values of its {n_examples} spectrograms are {lowest_db:g} dB;"
                " expected a signal above mel.floor_db: lower it below the signal"
            )
        shares = self.targets.mean(axis=0)
        for name, share in zip(self.classes, shares, strict=True):
            if share in (0, 1):
                raise InputError(
                    f"training set: {'all' if share else 'none'} of its {n_examples} examples are"
                    f" of class {name}; expected some that are and some that are not: add songs"
                )

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
        1 for the classes of the example.
    target_type
        See `stemlens.target_type`.
    """

    mels: np.ndarray
    targets: np.ndarray
    target_type: str
    classes: list[str]

    def with_shuffled_targets(self, seed: int) -> "LabelledMels":
        """Shuffle the targets among the examples, so that a network can only memorise them.

        The control of Zhang et al. (Understanding deep learning requires rethinking
        generalization, 2017). Frequencies of classes and of their combinations do not change.

        Raises
        ------
        InputError
            If no target changes, as may happen with very few examples.
        """
        order = np.random.default_rng(seed).permutation(len(self.targets))
        shuffled = self.targets[order]
        if np.array_equal(shuffled, self.targets):
            raise InputError(
                f"experiment.controls: shuffling with seed {seed} does not change the labels of the"
                f" {len(order)} training examples; expected other labels: use another seed in"
                " experiment.seeds, or more songs"
            )
        return replace(self, targets=shuffled)

    def demand_learnable(self) -> None:
        """Check that a network can learn from these examples.

        Raises
        ------
        InputError
            If there are fewer than two examples, a value is not finite, all values are equal, or a
            class is in all examples or in none.
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
                f"training set: its spectrograms have values from {lowest_db} to {highest_db} dB;"
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

"""What is true of examples, and what was predicted for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from stemlens.evaluation.predicted_classes import predicted_classes
from stemlens.target_type import SINGLE_LABEL

Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Outcomes:
    """Targets and predictions of the examples of some songs.

    Attributes
    ----------
    songs : ndarray of str, shape (example,)
        Song of each example.
    classes
        Their names.
    targets : ndarray of int, shape (example, class)
        1 for a class of the example, else 0.
    probabilities : ndarray of float, shape (example, class)
        As predicted.
    target_type
        See `stemlens.target_type`.
    """

    songs: np.ndarray
    classes: list[str]
    targets: np.ndarray
    probabilities: np.ndarray
    target_type: str

    @classmethod
    def from_table(cls, table: pd.DataFrame, target_type: str) -> "Outcomes":
        """Take them from a `prediction_table`."""
        classes = list(table["class"].unique())
        return cls(
            table["song"].to_numpy()[:: len(classes)],
            classes,
            table["target"].to_numpy().reshape(-1, len(classes)),
            table["probability"].to_numpy().reshape(-1, len(classes)),
            target_type,
        )

    @cached_property
    def predicted(self) -> np.ndarray:
        """Classes that are predicted, bool (example, class)."""
        return predicted_classes(self.probabilities, self.target_type)

    @cached_property
    def song_number(self) -> np.ndarray:
        """Number of each example's song among all in sorted order, int (example,)."""
        return np.unique(self.songs, return_inverse=True)[1]

    @property
    def n_songs(self) -> int:
        """Number of songs."""
        return int(self.song_number.max()) + 1

    @cached_property
    def weights(self) -> np.ndarray:
        """How much each example counts in a score, float64 (example,).

        A mix counts 1: it is right or wrong by itself. A single label belongs to a song as a
        whole, so that each song counts 1 and its excerpts share that weight.
        """
        if self.target_type != SINGLE_LABEL:
            return np.ones(len(self.songs))
        return 1 / np.bincount(self.song_number)[self.song_number]

    def by_class(self, values: np.ndarray) -> list[Columns]:
        """Targets, `values` (example, class), weights and song numbers, each of shape (example,).

        Returns
        -------
        list
            Those of each class, and last those of all classes taken as one.
        """
        n, weights, song = len(self.classes), self.weights, self.song_number
        classes = [(self.targets[:, c], values[:, c], weights, song) for c in range(n)]
        together = (self.targets.ravel(), values.ravel(), weights.repeat(n), song.repeat(n))
        return [*classes, together]


def prediction_table(
    segments: pd.DataFrame, targets: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]
) -> pd.DataFrame:
    """List what was predicted for each example and class.

    Parameters
    ----------
    segments
        ``song`` and ``start_s`` of each segment.
    targets, probabilities : ndarray, shape (segment * mix, class)
        What is true, and what was predicted.

    Returns
    -------
    DataFrame
        A row per example and class, example by example: ``song``, ``start_s``, ``mix`` (number in
        the segment, see `stemlens.audio.mixes.chosen_mixes`; 0 for a recording), ``class``,
        ``target``, ``probability``.
    """
    n_mixes, n_classes = len(targets) // len(segments), len(classes)
    repeats = n_mixes * n_classes
    return pd.DataFrame(
        {
            "song": segments["song"].repeat(repeats).to_numpy(),
            "start_s": segments["start_s"].repeat(repeats).to_numpy(),
            "mix": np.tile(np.arange(n_mixes).repeat(n_classes), len(segments)),
            "class": np.tile(list(classes), len(targets)),
            "target": targets.ravel(),
            "probability": probabilities.ravel(),
        }
    )

"""A number of an experiment, and how it varies with its seeds and songs."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A mean over training seeds.

    Attributes
    ----------
    by_seed : ndarray, shape (seed,)
        The value for each training seed.
    replicates : ndarray, shape (replicate,)
        The mean in each bootstrap replicate.
    n_songs
        How many songs it rests on.
    """

    by_seed: np.ndarray
    replicates: np.ndarray
    n_songs: int

    @property
    def mean(self) -> np.ndarray:
        """Mean over seeds, shape ()."""
        return self.by_seed.mean()

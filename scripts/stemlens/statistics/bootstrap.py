"""Bootstrap over songs: a replicate draws as many songs as there are, with replacement.

Pairs of stimuli share songs, so they are not independent and are never drawn themselves.
A replicate is a weight per song: how often it was drawn (Efron and Tibshirani, An Introduction
to the Bootstrap, 1993). The same seed gives the same draws, so that differences between layers,
classes and networks are differences on the same songs.
"""

from collections.abc import Sequence

import numpy as np

MIN_SONGS = 5
"""Fewer songs have fewer than 126 distinct draws and get no interval."""


def draw_weights(n: int, *, n_replicates: int, seed: int | Sequence[int]) -> np.ndarray:
    """Draw as many songs as there are, with replacement, in each replicate.

    Returns
    -------
    ndarray, float64, shape (replicate, song)
        How often each song was drawn; each row sums to `n`.
    """
    rng = np.random.default_rng(seed)
    return rng.multinomial(n, np.full(n, 1 / n), size=n_replicates).astype(np.float64)

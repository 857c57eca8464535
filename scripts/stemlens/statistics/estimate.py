"""A result, and its uncertainty over songs and over training seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from stemlens.statistics.interval import song_interval


@dataclass(frozen=True)
class Estimate:
    """A mean over training seeds, or many of them at once.

    Attributes
    ----------
    by_seed : ndarray, shape (seed, ...)
        The value for each training seed.
    replicates : ndarray, shape (replicate, ...)
        The mean over seeds in each bootstrap replicate, which draws songs.
    n_songs : int or ndarray of int, shape (...)
        How many songs it rests on.
    """

    by_seed: np.ndarray
    replicates: np.ndarray
    n_songs: int | np.ndarray

    def __getitem__(self, row: int | np.integer | np.ndarray) -> "Estimate":
        """One, or some, of many estimates."""
        n_songs = np.broadcast_to(self.n_songs, self.by_seed.shape[1:])[row]
        return Estimate(self.by_seed[:, row], self.replicates[:, row], n_songs)

    @property
    def mean(self) -> np.ndarray:
        """Mean over seeds, shape (...)."""
        return self.by_seed.mean(axis=0)

    @property
    def n_seeds(self) -> int:
        """Number of training seeds."""
        return len(self.by_seed)

    @property
    def seed_std(self) -> np.ndarray:
        """Sample standard deviation over seeds, shape (...); NaN for one seed."""
        if self.n_seeds == 1:
            return np.full(self.by_seed.shape[1:], np.nan)[()]
        return self.by_seed.std(axis=0, ddof=1)

    def interval(self, confidence: float) -> tuple[np.ndarray, np.ndarray]:
        """Interval for other songs and other trainings; of one seed, for other songs alone.

        Songs and seeds vary independently. Each has an interval of its own, for songs from
        `song_interval`, for k seeds from Student's t with k − 1 degrees of freedom; the squares of
        their half widths are added (Zou and Donner, Construction of confidence limits about effect
        measures, Statistics in Medicine 2008). Where both are symmetric, this is the interval of
        Banerjee (Sankhyā 1960), which covers at least as often as it claims; degrees of freedom
        after Satterthwaite do not from so few seeds.

        Returns
        -------
        low, high : ndarray, shape (...)
            NaN where there are too few songs, see `song_interval`.
        """
        mean = self.mean
        low, high = song_interval(
            mean, self.replicates, confidence=confidence, n_songs=self.n_songs
        )
        if self.n_seeds == 1:
            return low, high
        n_errors = -stdtrit(self.n_seeds - 1, (1 - confidence) / 2)
        of_seeds = n_errors * self.seed_std / np.sqrt(self.n_seeds)
        return mean - np.hypot(mean - low, of_seeds), mean + np.hypot(high - mean, of_seeds)

    def columns(
        self,
        value: str,
        confidence: float,
        *,
        lowest: float | np.ndarray = -np.inf,
        highest: float | np.ndarray = np.inf,
    ) -> dict[str, float | np.ndarray]:
        """Columns of a table: the mean, as `value`, its interval, spread over seeds and counts.

        The interval is cut off at `lowest` and `highest`, the range of possible values.
        """
        low, high = self.interval(confidence)
        return {
            value: self.mean,
            "ci_low": np.maximum(low, lowest),
            "ci_high": np.minimum(high, highest),
            "seed_std": self.seed_std,
            "n_seeds": self.n_seeds,
            "n_songs": self.n_songs,
        }


def weighted_sum(constant: float, terms: Sequence[tuple[float, Estimate]]) -> Estimate:
    """``constant`` + Σ weight · estimate, of at least one estimate.

    All drew the same songs, so that a replicate of the sum is the sum of replicates. Trainings are
    paired by their number: seeds of two networks have nothing in common, but each pair of
    trainings is an independent sample of their difference. A network of one training, such as a
    published one, is the same in all pairs, and what is said of it is about this training.

    Raises
    ------
    ValueError
        If they are means over different numbers of trainings, other than one.
    """
    if len({term.n_seeds for _, term in terms} - {1}) > 1:
        raise ValueError("means over different numbers of trainings cannot be paired")
    by_seed, replicates = np.asarray(constant), np.asarray(constant)
    for weight, term in terms:
        by_seed = by_seed + weight * term.by_seed
        replicates = replicates + weight * term.replicates
    n_songs = np.stack([np.asarray(term.n_songs) for _, term in terms])
    return Estimate(by_seed, replicates, n_songs.min(axis=0))

"""A number of an experiment, and how it varies with its seeds and songs."""

from dataclasses import dataclass

import numpy as np

from stemlens.statistics.bootstrap import percentile_interval


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
    def seed_std(self) -> float:
        """Sample standard deviation over seeds; NaN for one seed."""
        return float(self.by_seed.std(ddof=1)) if len(self.by_seed) > 1 else np.nan

    def interval(self, confidence: float) -> tuple[float, float]:
        """Percentile interval of the mean."""
        low, high = percentile_interval(
            self.replicates, confidence=confidence, n_songs=self.n_songs
        )
        return float(low), float(high)

    def columns(self, value: str, confidence: float) -> dict[str, float]:
        """The mean, called `value`, and all that is to be said of it, as columns of a table."""
        low, high = self.interval(confidence)
        return {
            value: float(self.mean),
            "ci_low": low,
            "ci_high": high,
            "seed_std": self.seed_std,
            "n_seeds": len(self.by_seed),
            "n_songs": self.n_songs,
        }

    @property
    def mean(self) -> np.ndarray:
        """Mean over seeds, shape ()."""
        return self.by_seed.mean()

"""Mixes: every non-empty combination of a segment's stems (paper, section Datensatz)."""

import numpy as np


def mix_targets(n_classes: int) -> np.ndarray:
    """Return the multi-label targets of all mixes of n stems.

    Returns
    -------
    ndarray, uint8, shape (2**n - 1, n)
        Row m − 1 contains the binary digits of m, starting with the lowest.
    """
    numbers = np.arange(1, 2**n_classes)
    return ((numbers[:, None] >> np.arange(n_classes)) & 1).astype(np.uint8)


def solo_mix(class_index: int) -> int:
    """Row of `mix_targets` with only this class."""
    return 2**class_index - 1


def stem_pairs(n_classes: int) -> list[tuple[int, int]]:
    """All pairs i ≤ j of stems."""
    return [(i, j) for i in range(n_classes) for j in range(i, n_classes)]


def pair_weights(n_classes: int) -> np.ndarray:
    """Weight of each stem pair in the power of each mix.

    |Σ X_i|² = Σ |X_i|² + 2 Σ_{i<j} Re(X_i conj X_j) over the stems of the mix.

    Returns
    -------
    ndarray, float64, shape (2**n - 1, n (n + 1) / 2)
        Rows as in `mix_targets`, columns as in `stem_pairs`.
    """
    targets = mix_targets(n_classes).astype(np.float64)
    columns = [
        targets[:, i] * targets[:, j] * (1 if i == j else 2) for i, j in stem_pairs(n_classes)
    ]
    return np.stack(columns, axis=1)

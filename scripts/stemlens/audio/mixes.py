"""Mixes: combinations of a segment's stems (paper, section Datensatz), all of them or some."""

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


def chosen_mixes(n_classes: int, *, most: int, seed: int) -> np.ndarray:
    """Return the targets of the mixes that a run makes: all, or a balanced choice.

    A choice contains each class alone, all classes together, and pairs of a mix of two or more
    classes and its complement, the two or more that it leaves out. So each class plays in exactly
    half of the mixes of the pairs. Pairs are drawn one by one, each time one of those that are
    best for the balance of two classes: as close as possible, in the sum of squares, to any two
    playing together in a quarter of these mixes, as they do in all mixes. A choice depends on
    nothing but the arguments, and is part of a larger choice with the same seed.

    Parameters
    ----------
    n_classes
        Number of classes, at least 2.
    most
        Largest number of mixes, at least 15 or all; a choice may have one less.
    seed
        Of the choice.

    Returns
    -------
    ndarray, uint8, shape (mix, n)
        Rows of `mix_targets`, in their order; the last is the mix of all classes.
    """
    every = mix_targets(n_classes)
    if len(every) <= most:
        return every
    sizes = every.sum(axis=1)
    # Of a mix and its complement, the one without the last class stands for both.
    candidates = np.flatnonzero((sizes >= 2) & (n_classes - sizes >= 2) & (every[:, -1] == 0))
    candidates = np.random.default_rng(seed).permutation(candidates)
    n_pairs = min((most - n_classes - 1) // 2, len(candidates))
    first = candidates[_balanced(every[candidates], n_pairs)]
    complements = len(every) - 2 - first
    is_always_chosen = (sizes == 1) | (sizes == n_classes)
    return every[np.sort([*np.flatnonzero(is_always_chosen), *first, *complements])]


def _balanced(targets: np.ndarray, n_chosen: int) -> list[int]:
    """Rows of targets, of equals the first, that are best for the balance of two classes."""
    signs = 2.0 * targets - 1
    # 1 where two classes both play or both do not, in a mix as in its complement; else −1.
    agreements = (signs[:, :, None] * signs[:, None, :]).reshape(len(signs), -1)
    total = np.zeros(agreements.shape[1])
    rows: list[int] = []
    for _ in range(n_chosen):
        imbalance = ((total + agreements) ** 2).sum(axis=1)
        imbalance[rows] = np.inf
        rows.append(int(imbalance.argmin()))
        total += agreements[rows[-1]]
    return rows


def solo_mix(targets: np.ndarray, class_index: int) -> int:
    """Row of targets, uint8 (mix, class), in which only this class plays."""
    is_solo = (targets.sum(axis=1) == 1) & (targets[:, class_index] == 1)
    return int(np.flatnonzero(is_solo)[0])


def stem_pairs(n_classes: int) -> list[tuple[int, int]]:
    """All pairs i ≤ j of stems."""
    return [(i, j) for i in range(n_classes) for j in range(i, n_classes)]


def pair_weights(amplitudes: np.ndarray) -> np.ndarray:
    """Weight of each stem pair in the power of each mix.

    |Σ a_i X_i|² = Σ a_i² |X_i|² + 2 Σ_{i<j} a_i a_j Re(X_i conj X_j) over the stems of the mix.

    Parameters
    ----------
    amplitudes : ndarray, shape (mix, class)
        Factor of each stem; targets are mixes whose stems are 1.

    Returns
    -------
    ndarray, float64, shape (mix, n (n + 1) / 2)
        Rows as in `amplitudes`, columns as in `stem_pairs`.
    """
    factors = amplitudes.astype(np.float64)
    columns = [
        factors[:, i] * factors[:, j] * (1 if i == j else 2)
        for i, j in stem_pairs(amplitudes.shape[1])
    ]
    return np.stack(columns, axis=1)

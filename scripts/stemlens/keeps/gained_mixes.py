"""Mixes in which one class is louder or softer, which tell from which level on it is heard."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def gained_mixes(
    classes: Sequence[str], targets: np.ndarray, gains_db: Sequence[float]
) -> tuple[pd.DataFrame, np.ndarray]:
    """List the mixes of a segment: those to compare with, then each class at each gain.

    Parameters
    ----------
    targets : ndarray, uint8, shape (mix, class)
        Of the mixes that the run makes, as from `stemlens.audio.mixes.chosen_mixes`.
    gains_db
        Of the class, relative to its level in the song; the other classes stay as they are.

    Returns
    -------
    items : DataFrame
        ``mix``, the classes that play, joined by +; ``class``, the one with the gain; and
        ``gain_db``. References have no class and NaN: the mixes of `targets` and, where it lacks
        them, those of all classes but one.
    amplitudes : ndarray, float64, shape (mix, class)
        Factor of each stem.
    """
    everyone = np.ones(len(classes))
    without = everyone - np.eye(len(classes))
    is_new = ~(without[:, None] == targets).all(axis=2).any(axis=1)
    references = np.concatenate([targets, without[is_new]])
    items = [{"mix": joined(classes, row), "class": "", "gain_db": np.nan} for row in references]
    amplitudes = list(references)
    for index, name in enumerate(classes):
        for gain_db in gains_db:
            row = everyone.copy()
            row[index] = 10 ** (gain_db / 20)
            amplitudes.append(row)
            about = {"mix": joined(classes, everyone), "class": name, "gain_db": float(gain_db)}
            items.append(about)
    return pd.DataFrame(items), np.stack(amplitudes).astype(np.float64)


def joined(classes: Sequence[str], plays: np.ndarray) -> str:
    """Names of the classes that play in a mix, joined by +."""
    return "+".join(name for name, factor in zip(classes, plays, strict=True) if factor)

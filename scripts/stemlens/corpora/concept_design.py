"""Labels of rendered songs: musical concepts, balanced so that none gives another one away.

The songs are the rows of an orthogonal array OA(144, 12^4): four columns of twelve levels, in any
two of which every pair of levels occurs once. It is the product of OA(9, 3^4) and OA(16, 4^4) (Bush
1952; Hedayat, Sloane and Stufken, Orthogonal Arrays: Theory and Applications, Springer 1999,
chapters 3 and 10), which takes its columns from the fields of three and of four elements. The
twelve levels of a column stand for all combinations of the levels of one or several concepts, so
that any two concepts are exactly independent.
"""

from itertools import product

import numpy as np
import pandas as pd

from stemlens.errors import InputError

CONCEPTS = {
    "tempo": ("80", "110", "150"),
    "key": ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"),
    "mode": ("major", "minor"),
    "chord": ("fifth", "suspended", "triad", "seventh"),
    "register": ("low", "middle", "high"),
    "loudness": ("-36", "-30", "-24"),
    "note_density": ("1", "3"),
    "instrument": ("piano", "organ", "strings", "trumpet"),
}
"""Concept → its levels: tempo in beats per minute, loudness as RMS level in dBFS, note density in
notes of the melody per beat."""
COLUMNS = (
    ("key",),
    ("tempo", "instrument"),
    ("register", "chord"),
    ("loudness", "mode", "note_density"),
)
"""The concepts that each column of the array stands for."""
N_LEVELS = 12
N_ROWS = N_LEVELS**2
"""Songs of one array; a design is made of one or several."""

TWICE_IN_GF4 = (0, 2, 3, 1)
"""2 b in the field of four elements, in which 1 + 1 = 0 and 2 · 2 = 2 + 1; its sums are XOR."""


def balanced_labels(n_songs: int, *, seed: int) -> pd.DataFrame:
    """Label songs so that any two concepts are exactly independent.

    Which levels of concepts a column's twelve levels stand for is drawn, for every array anew:
    else three columns of an array, of which two determine the third, would let two concepts
    together determine a third one.

    Parameters
    ----------
    n_songs
        A multiple of `N_ROWS`. The first songs of more are those of fewer.

    Returns
    -------
    DataFrame, shape (song, concept)
        A column per concept of `CONCEPTS`: one of its levels.

    Raises
    ------
    InputError
        If there is no such design of so many songs.
    """
    if n_songs < N_ROWS or n_songs % N_ROWS:
        raise InputError(
            f"keeps.concepts.n_songs: {n_songs}; expected a multiple of {N_ROWS}, in which no"
            f" concept gives another one away: write {max(1, round(n_songs / N_ROWS)) * N_ROWS}"
        )
    array = orthogonal_array()
    designs = []
    for sequence in np.random.SeedSequence(seed).spawn(n_songs // N_ROWS):
        rng = np.random.default_rng(sequence)
        labels: dict[str, list[str]] = {}
        for column, concepts in zip(array.T, COLUMNS, strict=True):
            combinations = list(product(*(CONCEPTS[concept] for concept in concepts)))
            chosen = [combinations[level] for level in rng.permutation(N_LEVELS)[column]]
            labels.update(zip(concepts, map(list, zip(*chosen, strict=True)), strict=True))
        designs.append(pd.DataFrame(labels)[list(CONCEPTS)])
    return pd.concat(designs, ignore_index=True)


def orthogonal_array() -> np.ndarray:
    """OA(144, 12^4), int (row, column), levels from 0."""
    rows = [
        [3 * four + three for three, four in zip(of_three, of_four, strict=True)]
        for of_three in _lines_of_three()
        for of_four in _lines_of_four()
    ]
    return np.array(rows)


def _lines_of_three() -> list[tuple[int, ...]]:
    """OA(9, 3^4): a, b, a + b, a + 2 b."""
    return [(a, b, (a + b) % 3, (a + 2 * b) % 3) for a, b in product(range(3), repeat=2)]


def _lines_of_four() -> list[tuple[int, ...]]:
    """OA(16, 4^4): a, b, a + b, a + 2 b."""
    return [(a, b, a ^ b, a ^ TWICE_IN_GF4[b]) for a, b in product(range(4), repeat=2)]

"""Labels of rendered songs: musical concepts, balanced so that none gives another one away.

Songs come in blocks of 48, each the rows of an orthogonal array OA(48, 12¹ 4⁶): a column of twelve
levels and six of four, in any two of which all pairs of levels are equally frequent. It is made of
a difference matrix (Bose and Bush, Orthogonal arrays of strength two and three, Annals of
Mathematical Statistics 1952; Hedayat, Sloane and Stufken, Orthogonal Arrays: Theory and
Applications, Springer 1999, chapter 6).

Blocks, and not only all songs, are balanced, so that folds can be made of them. Otherwise what is
rarer than elsewhere in the songs that a probe is tested on is more frequent in those that it is
fitted on, and whatever it learns from such a coincidence is wrong: a layer that knows nothing of a
concept would score below chance.
"""

from itertools import product

import numpy as np
import pandas as pd

from stemlens.errors import InputError

CONCEPTS = {
    "tempo": ("70", "95", "125", "165"),
    "key": ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"),
    "mode": ("major", "minor"),
    "chord": ("fifth", "suspended", "triad", "seventh"),
    "register": ("low", "middle", "high", "highest"),
    "loudness": ("-38", "-32", "-26", "-20"),
    "note_density": ("1", "3"),
    "instrument": ("music box", "trumpet", "oboe", "flute"),
}
"""Concept → its levels: tempo in beats per minute, loudness as RMS level in dBFS, note density in
notes of the melody per beat."""
COLUMNS = (
    ("key",),
    ("tempo",),
    ("chord",),
    ("register",),
    ("loudness",),
    ("instrument",),
    ("mode", "note_density"),
)
"""What the levels of each column of the array stand for: a concept, or all combinations of two."""
BLOCK = "block"
"""Column of the number of a song's block."""
SONGS_PER_BLOCK = 48

DIFFERENCES = np.array(
    [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 3, 3, 3, 2],
        [0, 2, 0, 3, 1, 1],
        [0, 1, 2, 0, 1, 0],
        [0, 0, 1, 3, 2, 0],
        [0, 3, 0, 1, 2, 3],
        [0, 2, 3, 2, 2, 1],
        [0, 2, 2, 0, 3, 1],
        [0, 1, 1, 1, 3, 3],
        [0, 3, 2, 1, 0, 2],
        [0, 3, 1, 2, 1, 2],
        [0, 1, 3, 2, 0, 3],
    ]
)
"""A difference matrix of the group of pairs of bits, whose sum and difference is XOR: that of any
two columns has each element three times. Found by search."""


def balanced_labels(n_songs: int, *, seed: int) -> pd.DataFrame:
    """Label songs so that any two concepts are exactly independent, in each block.

    Which level of an array stands for which label is drawn for every block anew. Two columns
    together determine a third one; like this, what they say in one block is wrong in the others.

    Parameters
    ----------
    n_songs
        A multiple of `SONGS_PER_BLOCK`, two blocks at least: one for fitting and one for testing.

    Returns
    -------
    DataFrame, shape (song, 1 + concept)
        `BLOCK`, from 1 on, and a column per concept of `CONCEPTS`: one of its levels. The first
        songs of more are those of fewer.

    Raises
    ------
    InputError
        If there is no such design of so many songs.
    """
    n_blocks, rest = divmod(n_songs, SONGS_PER_BLOCK)
    if n_blocks < 2 or rest:
        found = max(2, round(n_songs / SONGS_PER_BLOCK)) * SONGS_PER_BLOCK
        raise InputError(
            f"keeps.concepts.n_songs: {n_songs}; expected a multiple of {SONGS_PER_BLOCK} from"
            f" {2 * SONGS_PER_BLOCK} on, so that no concept gives another one away: write {found}"
        )
    array = orthogonal_array()
    blocks = []
    for number, sequence in enumerate(np.random.SeedSequence(seed).spawn(n_blocks), start=1):
        rng = np.random.default_rng(sequence)
        labels: dict[str, list[str]] = {}
        for column, concepts in zip(array.T, COLUMNS, strict=True):
            combinations = list(product(*(CONCEPTS[concept] for concept in concepts)))
            chosen = [combinations[level] for level in rng.permutation(len(combinations))[column]]
            labels.update(zip(concepts, map(list, zip(*chosen, strict=True)), strict=True))
        block = pd.DataFrame(labels)[list(CONCEPTS)]
        block.insert(0, BLOCK, number)
        blocks.append(block)
    return pd.concat(blocks, ignore_index=True)


def orthogonal_array() -> np.ndarray:
    """OA(48, 12¹ 4⁶), int (row, column), levels from 0: that of twelve levels is the first one."""
    rows = [
        [number, *(differences ^ shift)]
        for number, differences in enumerate(DIFFERENCES)
        for shift in range(4)
    ]
    return np.array(rows)

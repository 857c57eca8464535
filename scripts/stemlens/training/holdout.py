"""Training songs that are scored instead of trained on."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from stemlens.corpora.musdb_facts import validation_songs
from stemlens.errors import InputError
from stemlens.names import nfc


def demand_unknown(held_out_songs: Collection[str], pairs: pd.DataFrame) -> None:
    """Refuse a song that is held out and, under another name, trained on.

    Parameters
    ----------
    pairs
        Songs of one recording, from `stemlens.audio.same_audio.find_same_audio`.

    Raises
    ------
    InputError
        If there is one; names both.
    """
    for pair in pairs.itertuples():
        if (pair.song_a in held_out_songs) != (pair.song_b in held_out_songs):
            raise InputError(
                f"training.holdout: one recording under two names, {pair.song_a!r} and"
                f" {pair.song_b!r}, of which one is held out and the other trained on; hold out"
                " both, or take one of them out of the corpus"
            )


def held_out_segments(songs: pd.Series, holdout: str | Sequence[str]) -> np.ndarray:
    """Mark the segments of songs that are held out.

    Parameters
    ----------
    songs
        Name of each segment's song, in NFC.
    holdout
        ``none``, ``musdb`` (the validation songs of the package musdb) or a list of names.

    Returns
    -------
    ndarray of bool, shape (segment,)

    Raises
    ------
    InputError
        If a song of the list, or every song of musdb's, has no segment; or if no song is left.
    """
    if holdout == "none":
        return np.zeros(len(songs), dtype=bool)
    names = [nfc(name) for name in (validation_songs() if holdout == "musdb" else holdout)]
    absent = sorted(set(names) - set(songs))
    if absent and (holdout != "musdb" or len(absent) == len(names)):
        raise InputError(
            f"training.holdout: {', '.join(map(repr, absent))} has no segment in the training"
            " split; expected names of training songs with segments (tables/segments.csv)"
        )
    held_out = songs.isin(names).to_numpy()
    if held_out.all():
        raise InputError(
            "training.holdout: every training song with a segment is held out; leave some to"
            " train on"
        )
    return held_out

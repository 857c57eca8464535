"""Stimuli: each stem alone of one segment per test song (paper, section Ähnlichkeitsmaße)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.audio.mixes import solo_mix
from stemlens.audio.segment_columns import active_column
from stemlens.errors import InputError
from stemlens.names import nfc


def select_stimuli(
    segments: pd.DataFrame, classes: Sequence[str], *, selection: str, targets: np.ndarray
) -> pd.DataFrame:
    """Choose one segment per song and list its stems.

    Parameters
    ----------
    segments
        Segments of a split, as from `read_segment_table`; or of several, with their ``row``.
    selection
        ``most_active``: the segment whose least active stem is most active, the earliest of
        equals; ``first`` or ``last``: the song's first or last segment.
    targets : ndarray, uint8, shape (mix, class)
        Of the mixes of a segment, as from `stemlens.audio.mel_store.read_mixes`.

    Returns
    -------
    DataFrame
        A row per stimulus, sorted by class and song: ``stimulus`` (number), ``class``, ``song``,
        ``start_s``, ``row`` and ``mix`` (where its spectrogram stands in the split).

    Raises
    ------
    InputError
        If fewer than two songs have a segment, so that there is no pair to compare.
    """
    songs = segments["song"].unique()
    if len(songs) < 2:
        raise InputError(
            f"split test: only {len(songs)} song has a segment ({', '.join(songs)}), expected at"
            " least 2 to compare; lower segments.min_active_s or segments.activity.threshold_db,"
            " or add songs"
        )
    if "row" not in segments:
        segments = segments.assign(row=range(len(segments)))
    chosen = choose_segments(segments, classes, selection=selection)
    stimuli = pd.concat(
        chosen[["song", "start_s", "row"]].assign(
            **{"class": name, "mix": solo_mix(targets, index)}
        )
        for index, name in enumerate(classes)
    )
    stimuli.insert(0, "stimulus", range(len(stimuli)))
    return stimuli[["stimulus", "class", "song", "start_s", "row", "mix"]].reset_index(drop=True)


def choose_segments(
    segments: pd.DataFrame, classes: Sequence[str], *, selection: str
) -> pd.DataFrame:
    """Choose one segment of each song, as `select_stimuli` does; rows sorted by song."""
    least_active_s = segments[[active_column(name) for name in classes]].min(axis=1)
    candidates = segments.assign(least_active_s=least_active_s)
    ranked = candidates.sort_values("start_s", ascending=selection != "last", kind="stable")
    if selection == "most_active":
        ranked = ranked.sort_values("least_active_s", ascending=False, kind="stable")
    return ranked.drop_duplicates("song").sort_values("song", kind="stable")


def find_stimuli(stimuli: pd.DataFrame, class_name: str, songs: Sequence[str]) -> list[int]:
    """Find the stimuli of a class that a figure shows.

    Parameters
    ----------
    stimuli
        Columns ``class`` and ``song``; a row per stimulus.
    songs
        Names of the songs; empty for the first two.

    Returns
    -------
    list of int
        Their row numbers, in the order of `songs`.

    Raises
    ------
    InputError
        If a song has no stimulus.
    """
    row_of_song = {
        song: row for row, song in stimuli["song"][stimuli["class"] == class_name].items()
    }
    songs = [nfc(song) for song in songs]
    for song in songs:
        if song not in row_of_song:
            raise InputError(
                f"figures.songs: {song!r} has no stimulus; expected two of"
                f" {', '.join(map(repr, row_of_song))}"
            )
    return [int(row_of_song[song]) for song in songs or list(row_of_song)[:2]]

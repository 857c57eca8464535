"""Stimuli: each stem alone of one segment per test song (paper, section Ähnlichkeitsmaße)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.audio.mixes import solo_mix
from stemlens.audio.segment_columns import active_column
from stemlens.errors import InputError
from stemlens.names import nfc


def select_stimuli(
    segments: pd.DataFrame,
    classes: Sequence[str],
    *,
    selection: str,
    targets: np.ndarray,
    folds: Sequence[Sequence[str]] = (),
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
    folds
        Songs of each fold, of a corpus in folds.

    Returns
    -------
    DataFrame
        A row per stimulus, sorted by class and song: ``stimulus`` (number), ``class``, ``song``,
        ``start_s``, ``row`` and ``mix`` (where its spectrogram stands in the split) and, with
        `folds`, ``fold``.

    Raises
    ------
    InputError
        If fewer than two songs, or songs of a fold, have a segment, so that there is no pair to
        compare.
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
    stimuli = stimuli[["stimulus", "class", "song", "start_s", "row", "mix"]].reset_index(drop=True)
    if folds:
        stimuli["fold"] = stimuli["song"].map(_fold_of_song(folds))
    return stimuli


def _fold_of_song(folds: Sequence[Sequence[str]]) -> dict[str, int]:
    for number, songs in enumerate(folds, start=1):
        if len(songs) < 2:
            raise InputError(
                f"fold {number}: has {len(songs)} songs with a segment"
                f" ({', '.join(songs) or 'none'}), expected 2 or more to compare; set fewer"
                " corpus.split.folds, another corpus.split.seed, or a lower segments.min_active_s"
            )
    return {song: number for number, songs in enumerate(folds, start=1) for song in songs}


def folds_of(stimuli: pd.DataFrame) -> np.ndarray:
    """Fold of each stimulus, int; all the same where there are no folds.

    The stimuli of a fold pass through one network, those of another fold through another, so only
    activations of one fold can be compared.
    """
    if "fold" in stimuli:
        return stimuli["fold"].to_numpy()
    return np.ones(len(stimuli), int)


def fold_by_song(stimuli: pd.DataFrame) -> dict[str, int]:
    """Fold of each song that has a stimulus; all the same where there are no folds."""
    return dict(zip(stimuli["song"], folds_of(stimuli).tolist(), strict=True))


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
        Columns ``class``, ``song`` and, where there are folds, ``fold``; a row per stimulus.
    songs
        Names of the songs, of one fold; empty for the first two of the first fold.

    Returns
    -------
    list of int
        Their row numbers, in the order of `songs`.

    Raises
    ------
    InputError
        If a song has no stimulus.
    """
    of_class = stimuli[stimuli["class"] == class_name]
    row_of_song = {song: row for row, song in of_class["song"].items()}
    fold_of_song = fold_by_song(of_class)
    songs = [nfc(song) for song in songs]
    for song in songs:
        if song not in row_of_song:
            raise InputError(
                f"figures.songs: {song!r} has no stimulus; expected two of"
                f" {', '.join(map(repr, row_of_song))}"
            )
    first = min(fold_of_song.values())
    shown = songs or [song for song, fold in fold_of_song.items() if fold == first][:2]
    return [int(row_of_song[song]) for song in shown]

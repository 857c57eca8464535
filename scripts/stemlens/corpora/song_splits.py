"""Which songs of a stem corpus networks learn from: a part of them, or in folds all but a few."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from stemlens.corpora.multitrack import Multitrack
from stemlens.errors import InputError
from stemlens.splits import artist_key, choose_folds, choose_test_groups

BY_ARTIST, BY_SONG = "artist", "song"
LEAST_SONGS_PER_FOLD = 2
"""Only stimuli of one fold can be compared: the same network got them."""


def with_splits(
    songs: Sequence[Multitrack], *, test_share: float, seed: int, by: str
) -> list[Multitrack]:
    """Assign a split to every song; splits that the corpus states are kept.

    Parameters
    ----------
    test_share, seed
        As in `stemlens.splits.choose_test_groups`.
    by
        ``artist``: songs of one artist stay together, songs of unknown artists are on their own;
        ``song``: every song is on its own.

    Raises
    ------
    InputError
        If there is only one song, or one group of songs, to divide.
    """
    if all(song.split for song in songs):
        return [*songs]
    groups = [_group(song, by) for song in songs]
    sizes = Counter(groups)
    if len(songs) == 1:
        raise InputError(
            f"corpus.root: holds one song, {songs[0].path}, and none can be kept for the test;"
            " expected two or more: add some, or set corpus.root to the folder of the songs"
        )
    if len(sizes) < 2:
        raise InputError(
            f"corpus.split: all songs are by one artist, {songs[0].artist or songs[0].name}, and"
            " none can be kept for the test; expected songs of two or more artists: add some, or"
            " set corpus.split.by: song"
        )
    chosen = choose_test_groups(sizes, test_share=test_share, seed=seed)
    return [
        replace(song, split="test" if group in chosen else "train")
        for song, group in zip(songs, groups, strict=True)
    ]


def with_folds(
    songs: Sequence[Multitrack], *, n_folds: int, seed: int, by: str
) -> list[Multitrack]:
    """Make every song a test song, of a network that learns from the songs of the other folds.

    Splits that the corpus states are not used; but if two songs have one name, all songs get their
    split as a prefix, such as ``train/``.

    Parameters
    ----------
    n_folds, seed
        As in `stemlens.splits.choose_folds`.
    by
        As in `with_splits`.
    """
    groups = [_group(song, by) for song in songs]
    fold_of = choose_folds(Counter(groups), n_folds=n_folds, seed=seed)
    are_distinct = len({song.name for song in songs}) == len(songs)
    return [
        replace(
            song,
            name=song.name if are_distinct else f"{song.split}/{song.name}",
            split="test",
            fold=fold_of[group],
        )
        for song, group in zip(songs, groups, strict=True)
    ]


def demand_pairs(songs: Sequence[Multitrack], *, n_folds: int, by: str) -> None:
    """Check that every fold has songs to compare.

    Raises
    ------
    InputError
        If a fold has fewer than `LEAST_SONGS_PER_FOLD` songs.
    """
    n_songs = Counter(song.fold for song in songs)
    fewest = min(n_songs[fold] for fold in range(1, n_folds + 1))
    if fewest < LEAST_SONGS_PER_FOLD:
        raise InputError(
            f"corpus.split.folds: found {n_folds} for {len(songs)} songs, which leaves {fewest} in"
            f" a fold; expected {LEAST_SONGS_PER_FOLD} or more in each: "
            + _remedy(songs, n_folds=n_folds, by=by)
        )


def _remedy(songs: Sequence[Multitrack], *, n_folds: int, by: str) -> str:
    most = len(songs) // LEAST_SONGS_PER_FOLD
    if most < 2:
        return "add songs, or set null"
    if n_folds > most:
        return f"set at most {most}"
    if by == BY_ARTIST and any(song.artist for song in songs):
        return "set fewer folds, or corpus.split.by: song"
    return "set fewer folds, or another corpus.split.seed"


def _group(song: Multitrack, by: str) -> str:
    if by == BY_ARTIST and song.artist:
        return f"artist {artist_key(song.artist)}"
    return f"song {song.split}/{song.name}" if song.split else f"song {song.name}"

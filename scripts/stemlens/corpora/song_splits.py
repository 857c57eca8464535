"""Which songs of a stem corpus networks learn from, where the corpus does not say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from stemlens.corpora.multitrack import Multitrack
from stemlens.errors import InputError
from stemlens.splits import artist_key, choose_test_groups

BY_ARTIST, BY_SONG = "artist", "song"


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
        If there is only one group of songs to divide.
    """
    if all(song.split for song in songs):
        return [*songs]
    groups = [_group(song, by) for song in songs]
    sizes = Counter(groups)
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


def _group(song: Multitrack, by: str) -> str:
    if by == BY_ARTIST and song.artist:
        return f"artist {artist_key(song.artist)}"
    return f"song {song.name}"

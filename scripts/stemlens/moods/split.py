"""Splitting songs into training and test songs without shared artists or pieces."""

from collections import Counter
from collections.abc import Mapping, Sequence

from stemlens.errors import InputError
from stemlens.moods.mood_song import MoodSong
from stemlens.moods.quadrants import QUADRANTS
from stemlens.splits import artist_key, choose_test_groups


def assign_splits(songs: Sequence[MoodSong], *, test_share: float, seed: int) -> dict[str, str]:
    """Assign each song in use to the training or the test split.

    A split that the corpus states is kept. Otherwise songs of the same artist or, if unknown, of
    the same piece form a group that is never divided. For each quadrant (that of most songs in a
    group), groups are ordered by a hash of seed and group; the first ones become test songs, as
    far as they add up to the possible number of songs nearest to `test_share`. So adding or
    removing a song moves few groups.

    Parameters
    ----------
    songs
        Those with a reason in `left_out` are ignored.
    test_share
        Intended share of test songs, above 0 and below 1. A quadrant with two or more groups has
        at least one in each split.
    seed
        Determines the order of the groups.

    Returns
    -------
    dict
        Name → ``train`` or ``test``, in the order of `songs`.

    Raises
    ------
    InputError
        If the corpus states a split for only some of the songs.
    """
    used = [song for song in songs if not song.left_out]
    stated = {song.name: song.split for song in used if song.split}
    if stated and len(stated) < len(used):
        unstated = next(song.name for song in used if not song.split)
        raise InputError(
            f"mood.root: {next(iter(stated))} has a split and {unstated} has none; expected a"
            " split for all songs or for none"
        )
    if stated:
        return stated
    groups: dict[str, list[MoodSong]] = {}
    for song in used:
        groups.setdefault(" ".join(song.group), []).append(song)
    test_names: set[str] = set()
    for quadrant in QUADRANTS:
        of_quadrant = {key: group for key, group in groups.items() if _quadrant(group) == quadrant}
        sizes = {key: len(group) for key, group in of_quadrant.items()}
        for key in choose_test_groups(sizes, test_share=test_share, seed=seed):
            test_names |= {song.name for song in of_quadrant[key]}
    return {song.name: "test" if song.name in test_names else "train" for song in used}


def shared_artists(songs: Sequence[MoodSong], split_of: Mapping[str, str]) -> list[str]:
    """List artists with songs in both splits, sorted; `split_of` is from `assign_splits`."""
    splits: dict[str, set[str]] = {}
    for song in songs:
        if song.artist and song.name in split_of:
            splits.setdefault(artist_key(song.artist), set()).add(split_of[song.name])
    return sorted(artist for artist, found in splits.items() if len(found) > 1)


def _quadrant(group: Sequence[MoodSong]) -> str:
    counts = Counter(song.quadrant for song in group)
    return max(QUADRANTS, key=lambda quadrant: counts[quadrant])

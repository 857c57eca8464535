"""Training and test songs that share no artist and no song."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from stemlens.errors import InputError
from stemlens.moods.songs import QUADRANTS, MoodSong


def assign_splits(songs: Sequence[MoodSong], *, test_share: float, seed: int) -> dict[str, str]:
    """Say which of the used songs are for training and which for testing.

    Where the corpus states the splits, they are kept. Otherwise whole groups go to one split;
    songs are of one group where they are linked by artists or by being excerpts of one song. The
    groups of each quadrant (a group's quadrant is the one that most of its songs have) are taken
    for testing in an order that a hash of seed and group decides, as far as they add up to the
    reachable number of songs that is nearest to `test_share`. So a song more or less moves only
    groups near the end of that order's test part.

    Parameters
    ----------
    songs
        Those with a reason in `left_out` take no part.
    test_share
        Wanted share of test songs, above 0 and below 1. A quadrant with two or more groups has
        at least one in each split.
    seed
        Another seed gives another split.

    Returns
    -------
    dict
        Name → ``train`` or ``test``, in the order of `songs`.

    Raises
    ------
    InputError
        If some songs state a split and others do not.
    """
    used = [song for song in songs if not song.left_out]
    stated = {song.name: song.split for song in used if song.split}
    if stated and len(stated) < len(used):
        unstated = next(song.name for song in used if not song.split)
        raise InputError(
            f"mood.root: {next(iter(stated))} states a split and {unstated} does not; expected a"
            " split for all songs or for none"
        )
    if stated:
        return stated
    groups = _groups(used)
    test_names: set[str] = set()
    for quadrant in QUADRANTS:
        of_quadrant = {key: group for key, group in groups.items() if _quadrant(group) == quadrant}
        ordered = [of_quadrant[key] for key in sorted(of_quadrant, key=lambda k: _digest(seed, k))]
        for i in _picked([len(group) for group in ordered], test_share):
            test_names |= {song.name for song in ordered[i]}
    return {song.name: "test" if song.name in test_names else "train" for song in used}


def _groups(songs: Sequence[MoodSong]) -> dict[str, list[MoodSong]]:
    """Group songs that are linked; a group is called by its first artist, or else its song."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def find(node: tuple[str, str]) -> tuple[str, str]:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for song in songs:
        piece = find(("song", song.song))
        if song.artist:
            # The lesser is the root: an artist goes before a song, and names do not depend on
            # the order of the songs.
            low, high = sorted([piece, find(("artist", song.artist))])
            parent[high] = low
    groups: dict[str, list[MoodSong]] = {}
    for song in songs:
        groups.setdefault(" ".join(find(("song", song.song))), []).append(song)
    return groups


def _quadrant(group: Sequence[MoodSong]) -> str:
    counts = Counter(song.quadrant for song in group)
    return max(QUADRANTS, key=lambda quadrant: counts[quadrant])


def _digest(seed: int, key: str) -> bytes:
    return hashlib.sha256(f"{seed} {key}".encode()).digest()


def _picked(sizes: Sequence[int], share: float) -> list[int]:
    """Pick the earliest groups whose sizes add up to the reachable number nearest to `share`."""
    n_songs = sum(sizes)
    # Bit n of reachable[i]: groups i, i + 1, … can add up to n.
    reachable = [1]
    for size in reversed(sizes):
        reachable.append(reachable[-1] | reachable[-1] << size)
    reachable.reverse()
    numbers = range(1, n_songs) if len(sizes) > 1 else (0, n_songs)
    wanted = min(
        (n for n in numbers if reachable[0] >> n & 1), key=lambda n: abs(n - share * n_songs)
    )
    picked = []
    for i, size in enumerate(sizes):
        if size <= wanted and reachable[i + 1] >> (wanted - size) & 1:
            picked.append(i)
            wanted -= size
    return picked

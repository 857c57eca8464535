"""The splits of a corpus: what networks learn from, and what they are tested and studied on."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence

SPLITS = ("train", "test")


def choose_test_groups(sizes: Mapping[str, int], *, test_share: float, seed: int) -> set[str]:
    """Choose groups of songs for the test split; no group is divided.

    Groups are ordered by a hash of seed and name; the first ones are chosen, as far as they add up
    to the possible number of songs nearest to `test_share`. So adding or removing a group moves few
    others.

    Parameters
    ----------
    sizes
        Name of a group → number of its songs.
    test_share
        Intended share of test songs, above 0 and below 1. Of two or more groups, at least one is
        chosen and one is not.
    """
    ordered = sorted(sizes, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    return {ordered[i] for i in _picked([sizes[name] for name in ordered], test_share)}


def artist_key(artist: str) -> str:
    """Normalise case, blanks and form of Unicode of an artist's name."""
    return " ".join(unicodedata.normalize("NFKC", artist).casefold().split())


def _picked(sizes: Sequence[int], share: float) -> list[int]:
    """Pick the first groups whose sizes add up to the possible number nearest to `share`."""
    n_songs = sum(sizes)
    # Bit n of reachable[i] is set if some of the groups i, i + 1, … add up to n.
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

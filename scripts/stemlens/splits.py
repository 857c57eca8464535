"""The splits and folds of a corpus: what networks learn from, are tested on and studied with."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

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
    ordered = _in_random_order(sizes, seed)
    return {ordered[i] for i in _picked([sizes[name] for name in ordered], test_share)}


def choose_folds(sizes: Mapping[str, int], *, n_folds: int, seed: int) -> dict[str, int]:
    """Divide groups of songs into folds of about as many songs; no group is divided.

    Large groups come first, equally large ones in the order of a hash of seed and name; each goes
    to the fold that has the fewest songs.

    Parameters
    ----------
    sizes
        Name of a group → number of its songs.

    Returns
    -------
    dict
        Name of a group → its fold, from 1 on.
    """
    n_songs = dict.fromkeys(range(1, n_folds + 1), 0)
    fold_of = {}
    for name in sorted(_in_random_order(sizes, seed), key=lambda name: -sizes[name]):
        fold_of[name] = min(n_songs, key=lambda fold: n_songs[fold])
        n_songs[fold_of[name]] += sizes[name]
    return fold_of


def _in_random_order(names: Iterable[str], seed: int) -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())


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

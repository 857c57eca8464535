"""Shards: songs that one job reads together."""

import hashlib
import math
from collections.abc import Iterable


def assign_shards(names: Iterable[str], *, songs_per_shard: int) -> dict[str, list[str]]:
    """Divide songs among shards.

    A hash of its name decides a song's shard. The number of shards is a power of two, so a song
    more touches one shard, unless the corpus has just doubled.

    Parameters
    ----------
    names
        Distinct names of songs.
    songs_per_shard
        How many songs a shard holds on average, within a factor of √2; at least 1.

    Returns
    -------
    dict
        ``shard-000``, … → its songs, both in order; without shards that hold no song.
    """
    ordered = sorted(names)
    n_wanted = max(1, len(ordered) / songs_per_shard)
    n_shards = 2 ** round(math.log2(n_wanted))
    shards: dict[str, list[str]] = {}
    for name in ordered:
        digest = hashlib.sha256(name.encode()).digest()
        number = int.from_bytes(digest) % n_shards
        shards.setdefault(f"shard-{number:03d}", []).append(name)
    return dict(sorted(shards.items()))

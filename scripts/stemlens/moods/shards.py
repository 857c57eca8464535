"""Shards: groups of songs, each processed by one job."""

import hashlib
import math
from collections.abc import Iterable


def assign_shards(names: Iterable[str], *, songs_per_shard: int) -> dict[str, list[str]]:
    """Divide songs among shards by a hash of their names.

    The number of shards is a power of two, so that a new song changes a single shard until that
    number doubles.

    Parameters
    ----------
    names
        Distinct names of songs.
    songs_per_shard
        Average number of songs per shard, within a factor of √2; at least 1.

    Returns
    -------
    dict
        ``shard-000``, … → its songs, both sorted; without empty shards.
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

"""Shards: songs that one job processes together."""

import hashlib
import math
from collections.abc import Sequence


def assign_shards(names: Sequence[str], *, songs_per_shard: int) -> dict[str, list[str]]:
    """Divide songs among shards.

    A song's name alone decides its shard, so that an added song touches one shard, as long as
    their number stays the same.

    Parameters
    ----------
    names
        Of the songs.
    songs_per_shard
        About how many songs a shard holds.

    Returns
    -------
    dict
        ``shard-000`` … → names in alphabetical order; empty shards are left out.
    """
    n_shards = math.ceil(len(names) / songs_per_shard)
    shards: dict[str, list[str]] = {}
    for name in sorted(names):
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % n_shards
        shards.setdefault(f"shard-{number:03d}", []).append(name)
    return dict(sorted(shards.items()))

"""Shards: songs that one job reads together."""

import hashlib
from collections.abc import Iterable


def assign_shards(names: Iterable[str], *, songs_per_shard: int) -> dict[str, list[str]]:
    """Divide songs among shards.

    A hash of its name decides a song's shard, so a song more touches one shard, unless it takes
    one shard more.

    Parameters
    ----------
    names
        Distinct names of songs.
    songs_per_shard
        How many songs a shard holds on average; at least 1.

    Returns
    -------
    dict
        ``shard-000``, … → its songs, both in order; without shards that hold no song.
    """
    ordered = sorted(names)
    n_shards = -(-len(ordered) // songs_per_shard)
    shards: dict[str, list[str]] = {}
    for name in ordered:
        digest = hashlib.sha256(name.encode()).digest()
        number = int.from_bytes(digest) % n_shards
        shards.setdefault(f"shard-{number:03d}", []).append(name)
    return dict(sorted(shards.items()))

"""Which songs the mood network is trained on, and which it is tested on."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from stemlens.errors import InputError
from stemlens.moods.songs import MoodSong


def assign_splits(songs: Sequence[MoodSong], *, test_share: float, seed: int) -> dict[str, str]:
    """Divide songs into ``train`` and ``test``, where the corpus has not done so.

    Songs of one artist, and excerpts of one song, stay together. Each quadrant gives the same
    share of its songs, as far as whole groups allow.

    Parameters
    ----------
    songs
        Those that are used.
    test_share
        Share of the songs that are for testing, 0 to 1.
    seed
        Of the choice. A hash of the seed and the group decides, so that an added song moves few
        others.

    Returns
    -------
    dict
        Name → split.

    Raises
    ------
    InputError
        If the corpus states a split for some songs only.
    """
    stated = [song for song in songs if song.split]
    if stated and len(stated) < len(songs):
        other = next(song for song in songs if not song.split)
        raise InputError(
            f"mood.root: {other.name} has no split, {stated[0].name} has one; expected a split for"
            " all songs or for none: complete the column"
        )
    if stated:
        return {song.name: str(song.split) for song in songs}
    split_of = {}
    for groups in _groups_by_quadrant(songs).values():
        n_songs = sum(map(len, groups.values()))
        digest_of = {g: hashlib.sha256(f"{seed} {g}".encode()).digest() for g in groups}
        order = sorted(groups, key=digest_of.__getitem__)
        n_test = 0
        for position, group in enumerate(order):
            members = groups[group]
            # The group comes in if that brings the share nearer; one group stays on either side.
            is_nearer = n_test + len(members) / 2 <= test_share * n_songs
            is_test = len(order) > 1 and (
                position == 0 or (is_nearer and position < len(order) - 1)
            )
            n_test += len(members) if is_test else 0
            for song in members:
                split_of[song.name] = "test" if is_test else "train"
    return split_of


def _groups_by_quadrant(songs: Sequence[MoodSong]) -> dict[str, dict[str, list[MoodSong]]]:
    """Most common quadrant → artist (or song) → songs."""
    artist_of = {song.song: song.artist for song in songs if song.artist}
    groups: dict[str, list[MoodSong]] = {}
    for song in songs:
        artist = artist_of.get(song.song)
        groups.setdefault(f"artist {artist}" if artist else f"song {song.song}", []).append(song)
    by_quadrant: dict[str, dict[str, list[MoodSong]]] = {}
    for group, members in groups.items():
        (quadrant, _), *_ = Counter(str(song.quadrant) for song in members).most_common()
        by_quadrant.setdefault(quadrant, {})[group] = members
    return by_quadrant

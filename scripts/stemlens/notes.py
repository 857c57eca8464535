"""Notes of the tables: why a value or its interval is missing."""

import re
from collections.abc import Iterable

from stemlens.statistics.bootstrap import MIN_SONGS

NOT_FINITE = "an activation is not a finite number"
NO_OTHER_CLASS = "no other class to compare with"
FEW_SONGS = f"no interval from fewer than {MIN_SONGS} songs"


def few_songs(n_songs: int) -> str:
    """Say that so few songs have no interval; empty if they are enough."""
    return FEW_SONGS if n_songs < MIN_SONGS else ""


def joined_notes(notes: Iterable[str]) -> str:
    """Join notes, each reason said once."""
    parts = (part for note in notes if note for part in note.split("; "))
    return "; ".join(dict.fromkeys(parts))


def reasons(note: str) -> list[str]:
    """Reasons in a note why there is no value, without how many pairs each is about."""
    parts = [part for part in note.split("; ") if part != FEW_SONGS]
    return [re.sub(r"^undefined in \d+ of \d+ pairs: ", "", part) for part in parts]

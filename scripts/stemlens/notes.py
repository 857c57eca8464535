"""Notes of the tables: why a value or its interval is missing."""

import re
from collections.abc import Iterable

import numpy as np

from stemlens.statistics.bootstrap import MIN_SONGS

NOT_FINITE = "an activation is not a finite number"
NO_OTHER_CLASS = "no other class to compare with"
FEW_SONGS = f"no interval from fewer than {MIN_SONGS} songs"
NO_INTERVAL = "no interval: draws of songs all agree, or most are undefined"


def note_on_interval(n_songs: int, value: float, ci_low: float) -> str:
    """Say why a value has no interval; empty where it has one, or is itself undefined."""
    if n_songs < MIN_SONGS:
        return FEW_SONGS
    return NO_INTERVAL if np.isnan(ci_low) and not np.isnan(value) else ""


def joined_notes(notes: Iterable[str]) -> str:
    """Join notes, each reason said once."""
    parts = (part for note in notes if note for part in note.split("; "))
    return "; ".join(dict.fromkeys(parts))


def reasons(note: str) -> list[str]:
    """Reasons in a note why there is no value, without how many pairs each is about."""
    parts = [part for part in note.split("; ") if part not in (FEW_SONGS, NO_INTERVAL)]
    return [re.sub(r"^undefined in \d+ of \d+ pairs: ", "", part) for part in parts]

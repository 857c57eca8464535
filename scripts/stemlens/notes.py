"""Notes of the tables: why a value or its interval is missing."""

from collections.abc import Iterable

from stemlens.statistics.bootstrap import MIN_SONGS

NOT_FINITE = "an activation is not a finite number"
FEW_SONGS = f"no interval from fewer than {MIN_SONGS} songs"


def joined_notes(notes: Iterable[str]) -> str:
    """Join notes, each reason said once."""
    reasons = (reason for note in notes if note for reason in note.split("; "))
    return "; ".join(dict.fromkeys(reasons))

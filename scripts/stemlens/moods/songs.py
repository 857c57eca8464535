"""A song with a mood, as every corpus is read."""

from dataclasses import dataclass

QUADRANTS = ("Q1", "Q2", "Q3", "Q4")
"""Of the plane of valence and arousal (Russell, A circumplex model of affect, 1980), counted
counter-clockwise from high valence and high arousal: happy, angry, sad, calm."""

NO_LABEL = "no label"
NO_AUDIO_FILE = "no audio file"
NEAR_MIDPOINT = "near the midpoint of valence or arousal"


@dataclass(frozen=True)
class MoodSong:
    """One audio file of a mood corpus.

    Attributes
    ----------
    name
        Unique within the corpus: its published number, or the manifest's ``file``.
    file
        Where the audio is, or should be.
    song
        The piece of which it is an excerpt.
    artist
        Who plays, where the corpus says so.
    valence, arousal
        Ratings as published.
    quadrant
        One of `QUADRANTS`.
    split
        ``train`` or ``test`` where the corpus says so.
    left_out
        Why it is not used; empty where it is.
    """

    name: str
    file: str
    song: str
    artist: str | None = None
    valence: float | None = None
    arousal: float | None = None
    quadrant: str | None = None
    split: str | None = None
    left_out: str = ""

"""The songs of a mood corpus in the one form that every published form is brought into."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

# Why a song is not used.
NO_LABEL = "no label"
NEAR_MIDPOINT = "near the midpoint of valence or arousal"
NO_AUDIO_FILE = "no audio file"


@dataclass(frozen=True)
class Label:
    """What the annotations say of a song; without arguments, nothing.

    Attributes
    ----------
    quadrant
        One of `stemlens.moods.quadrants.QUADRANTS`, ``None`` where there is none.
    valence, arousal
        As published; ``None`` where the corpus has quadrants only.
    left_out
        Why the label cannot be used; empty where it can.
    """

    quadrant: str | None = None
    valence: float | None = None
    arousal: float | None = None
    left_out: str = ""


UNLABELLED = Label(left_out=NO_LABEL)


@dataclass(frozen=True)
class MoodSong:
    """One song, or one excerpt, of a mood corpus.

    Attributes
    ----------
    name
        The published id, or the file within the corpus of a manifest, in NFC; unique, and the
        same wherever the corpus lies.
    file
        Path of the audio file, or where it was looked for.
    song
        The piece that it is an excerpt of; `name` where the corpus does not say.
    artist
        ``None`` where the corpus does not say.
    valence, arousal
        As published; ``None`` where the corpus has quadrants only.
    quadrant
        One of `stemlens.moods.quadrants.QUADRANTS`; ``None`` without a label, or with one that is
        in no quadrant.
    split
        ``train`` or ``test``; ``None`` where the corpus does not say.
    left_out
        Why the song is not used; empty where it is.
    """

    name: str
    file: str
    song: str
    artist: str | None
    valence: float | None
    arousal: float | None
    quadrant: str | None
    split: str | None
    left_out: str

    @property
    def group(self) -> tuple[str, str]:
        """What no two splits may share: its artist, or else the piece that it is an excerpt of."""
        return ("artist", artist_key(self.artist)) if self.artist else ("song", self.song)


def artist_key(artist: str) -> str:
    """Bring spellings of an artist together that differ in case, blanks or form of Unicode."""
    return " ".join(unicodedata.normalize("NFKC", artist).casefold().split())


def mood_song(
    name: str,
    file: str | Path,
    label: Label,
    *,
    has_audio: bool,
    song: str | None = None,
    artist: str | None = None,
    split: str | None = None,
) -> MoodSong:
    """Bring a song and its label together; empty text is taken as not stated.

    Where several things are missing, a missing label goes before a missing file, and a missing
    file before a label that cannot be used.
    """
    left_out = label.left_out
    if not has_audio and left_out != NO_LABEL:
        left_out = NO_AUDIO_FILE
    return MoodSong(
        name=name,
        file=str(file),
        song=song or name,
        artist=artist or None,
        valence=label.valence,
        arousal=label.arousal,
        quadrant=label.quadrant,
        split=split or None,
        left_out=left_out,
    )

"""A song of a mood corpus, whatever form the corpus is published in."""

from dataclasses import dataclass
from pathlib import Path

from stemlens.splits import artist_key

# Why a song is not used.
NO_LABEL = "no label"
NEAR_MIDPOINT = "near the midpoint of valence or arousal"
NO_AUDIO_FILE = "no audio file"


@dataclass(frozen=True)
class Label:
    """The annotation of a song.

    Attributes
    ----------
    quadrant
        One of `stemlens.moods.quadrants.QUADRANTS`, or ``None``.
    valence, arousal
        As published; ``None`` where the corpus has only quadrants.
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
        The published id or, with a manifest, the path within the corpus, in NFC; unique and
        independent of the folder of the corpus.
    file
        Expected path of the audio file.
    song
        The piece of which this is an excerpt; `name` where the corpus does not state it.
    artist
        ``None`` where the corpus does not state it.
    valence, arousal, quadrant
        As in `Label`.
    split
        ``train`` or ``test``; ``None`` where the corpus does not state it.
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
        """Its artist or, if unknown, its piece: what training and test songs must not share."""
        return ("artist", artist_key(self.artist)) if self.artist else ("song", self.song)


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
    """Combine a song with its label; empty text counts as not stated.

    As reason for leaving a song out, a missing label takes precedence over a missing file, and
    that over an unusable label.
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

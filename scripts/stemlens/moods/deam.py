"""DEAM, the MediaEval database for emotional analysis in music (Aljanaki et al. 2017)."""

from pathlib import Path

from stemlens.given_paths import expanded
from stemlens.moods.labels import RatingScale
from stemlens.moods.mood_song import MoodSong
from stemlens.moods.rated_folder import read_rated_folder

EXPECTED = "the folder of DEAM, with MEMD_audio and annotations"
RATING_RANGE = (1, 9)
SONG_LEVEL = Path("annotations", "annotations averaged per song", "song_level")
TABLES = (
    "static_annotations_averaged_songs_1_2000.csv",
    "static_annotations_averaged_songs_2000_2058.csv",
)


def label_files(root: str | Path) -> list[str]:
    """List the files with labels that `read_songs` reads."""
    return [str(expanded(root) / SONG_LEVEL / name) for name in TABLES]


def read_songs(root: str | Path, *, margin: float) -> list[MoodSong]:
    """Read the mean ratings per song.

    Parameters
    ----------
    margin
        As in `quadrant`.

    Returns
    -------
    list of MoodSong
        Sorted by name, the published ``song_id``.

    Raises
    ------
    InputError
        If a folder, a file or a column is missing, a rating is invalid, or an id occurs twice.
    """
    return read_rated_folder(
        expanded(root) / "MEMD_audio",
        label_files(root),
        columns=("song_id", "valence_mean", "arousal_mean"),
        scale=RatingScale(RATING_RANGE, RATING_RANGE, margin),
        expected=EXPECTED,
    )

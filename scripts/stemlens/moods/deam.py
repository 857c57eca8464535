"""DEAM, the MediaEval database for emotional analysis in music (Aljanaki et al. 2017)."""

from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.audio_files import mp3_files
from stemlens.moods.label_table import read_label_table
from stemlens.moods.labels import RatingScale, rating_label
from stemlens.moods.mood_song import UNLABELLED, Label, MoodSong, mood_song

EXPECTED = "DEAM's folder, with MEMD_audio and annotations in it"
RATING_RANGE = (1, 9)
SONG_LEVEL = Path("annotations", "annotations averaged per song", "song_level")
TABLES = (
    "static_annotations_averaged_songs_1_2000.csv",
    "static_annotations_averaged_songs_2000_2058.csv",
)


def label_files(root: str | Path) -> list[str]:
    """Name the files that `read_songs` takes labels from."""
    return [str(Path(root).expanduser() / SONG_LEVEL / name) for name in TABLES]


def read_songs(root: str | Path, *, margin: float) -> list[MoodSong]:
    """Read the mean ratings per song.

    Parameters
    ----------
    root
        Folder that holds ``MEMD_audio`` and ``annotations``.
    margin
        As in `quadrant`.

    Returns
    -------
    list of MoodSong
        Sorted by name, the published ``song_id``.

    Raises
    ------
    InputError
        If a folder, a file or a column is missing, a rating is wrong or an id stands there twice.
    """
    folder = Path(root).expanduser() / "MEMD_audio"
    labels = _labels(root, RatingScale(RATING_RANGE, RATING_RANGE, margin))
    audio = mp3_files(folder, expected=EXPECTED)
    return [
        mood_song(
            name,
            audio.get(name, folder / f"{name}.mp3"),
            labels.get(name, UNLABELLED),
            has_audio=name in audio,
        )
        for name in sorted({*labels, *audio})
    ]


def _labels(root: str | Path, scale: RatingScale) -> dict[str, Label]:
    labels: dict[str, Label] = {}
    for path in map(Path, label_files(root)):
        table = read_label_table(
            path, ["song_id", "valence_mean", "arousal_mean"], expected=EXPECTED
        )
        for name, row in table.by_id("song_id").items():
            if name in labels:
                raise InputError(
                    f"{path}: song_id {name} stands in {TABLES[0]} as well; delete one row"
                )
            labels[name] = rating_label(
                row["valence_mean"], row["arousal_mean"], scale, f"{path}, song_id {name}"
            )
    return labels

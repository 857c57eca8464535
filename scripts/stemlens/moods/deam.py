"""DEAM: 1802 songs and excerpts with ratings of valence and arousal.

Aljanaki, Yang, Soleymani: Developing a benchmark for emotional analysis of music, PLoS ONE 2017.
"""

from pathlib import Path

from stemlens.moods.labels import (
    audio_files,
    demand_unique,
    first_file,
    match_audio,
    read_rows,
    with_ratings,
)
from stemlens.moods.songs import MoodSong

SCALE = (1, 9)
FOLDER = "annotations/annotations averaged per song/song_level"
TABLES = (
    f"{FOLDER}/static_annotations_averaged_songs_1_2000.csv",
    f"{FOLDER}/static_annotations_averaged_songs_2000_2058.csv",
)


def label_files(root: Path) -> list[Path]:
    """Both tables of ratings."""
    return [first_file(root, table) for table in TABLES]


def read_deam(root: Path, *, margin: float) -> list[MoodSong]:
    """Read ``MEMD_audio/<song_id>.mp3`` and the ratings averaged per song, on a scale of 1 to 9."""
    columns = ["song_id", "valence_mean", "arousal_mean"]
    rows = [
        (path, row["song_id"], (row["valence_mean"], row["arousal_mean"]))
        for path in label_files(root)
        for row in read_rows(path, columns)
    ]
    demand_unique([name for _, name, _ in rows], root / FOLDER, "song_id")
    labelled = [
        with_ratings(
            MoodSong(name, "", name),
            ratings,
            where=f"{path}, song_id {name}",
            valence_range=SCALE,
            arousal_range=SCALE,
            margin=margin,
        )
        for path, name, ratings in rows
    ]
    folder = root / "MEMD_audio"
    return match_audio(labelled, audio_files(folder), folder)

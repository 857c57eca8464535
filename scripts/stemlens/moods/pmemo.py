"""PMEmo: choruses of 794 songs with ratings of valence and arousal.

Zhang, Zhang, Li, Yang, Sun: The PMEmo dataset for music emotion recognition, ICMR 2018.
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

SCALE = (0, 1)
NAME, VALENCE, AROUSAL = "musicId", "Valence(mean)", "Arousal(mean)"


def label_files(root: Path) -> list[Path]:
    """The table of ratings, and that of artists where it is there."""
    ratings = first_file(root, "annotations/static_annotations.csv", "static_annotations.csv")
    artists = [root / "metadata/metadata.csv", root / "metadata.csv"]
    return [ratings, *[path for path in artists if path.is_file()][:1]]


def read_pmemo(root: Path, *, margin: float) -> list[MoodSong]:
    """Read ``chorus/<musicId>.mp3`` and the ratings per song, on a scale of 0 to 1."""
    path, *artist_tables = label_files(root)
    artist_of = {
        row[NAME]: row["artist"]
        for table in artist_tables
        for row in read_rows(table, [NAME, "artist"])
    }
    rows = read_rows(path, [NAME, VALENCE, AROUSAL])
    demand_unique([row[NAME] for row in rows], path, NAME)
    labelled = [
        with_ratings(
            MoodSong(row[NAME], "", row[NAME], artist=artist_of.get(row[NAME]) or None),
            (row[VALENCE], row[AROUSAL]),
            where=f"{path}, {NAME} {row[NAME]}",
            valence_range=SCALE,
            arousal_range=SCALE,
            margin=margin,
        )
        for row in rows
    ]
    folder = root / "chorus"
    return match_audio(labelled, audio_files(folder), folder)

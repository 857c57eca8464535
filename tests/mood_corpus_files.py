"""Mood corpora in miniature: the folders and tables as they are published, with empty audio."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from corpus_files import touch
from stemlens.moods.corpora import read_mood_songs
from stemlens.moods.mood_song import MoodSong

EMOTIFY_QUADRANTS = {
    "joyful_activation": "Q1",
    "power": "Q1",
    "amazement": "Q1",
    "tension": "Q2",
    "sadness": "Q3",
    "calmness": "Q4",
    "tenderness": "Q4",
}
DEAM_SONG_LEVEL = "annotations/annotations averaged per song/song_level"
DEAM_TABLES = (
    f"{DEAM_SONG_LEVEL}/static_annotations_averaged_songs_1_2000.csv",
    f"{DEAM_SONG_LEVEL}/static_annotations_averaged_songs_2000_2058.csv",
)
DEAM_HEADER = "song_id, valence_mean, valence_std, arousal_mean, arousal_std"
FOUR_Q_TABLE = "panda_dataset_taffc_metadata.csv"
EMOTIFY_HEADER = (
    "track id, genre, amazement, solemnity, tenderness, nostalgia, calmness, power,"
    " joyful_activation, tension, sadness, age, gender, mood, liked, disliked, mother tongue"
)


def read_songs(
    layout: str,
    root: Path,
    *,
    valence_range: tuple[float, float] = (-1, 1),
    arousal_range: tuple[float, float] = (-1, 1),
    margin: float = 0.0,
    emotify_quadrants: Mapping[str, str] = EMOTIFY_QUADRANTS,
) -> dict[str, MoodSong]:
    songs = read_mood_songs(
        layout,
        str(root),
        valence_range=valence_range,
        arousal_range=arousal_range,
        margin=margin,
        emotify_quadrants=emotify_quadrants,
    )
    by_name = {song.name: song for song in songs}
    assert len(by_name) == len(songs)
    return by_name


def write_table(path: Path, header: str, rows: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in (header, *rows)), "utf-8")


def write_manifest(
    path: Path, header: str, rows: Sequence[str], *, audio: Iterable[str] | None = None
) -> Path:
    """Write a manifest, and an empty file for each row's first cell or for each of `audio`."""
    write_table(path, header, rows)
    touch(path.parent, [row.split(",")[0] for row in rows] if audio is None else audio)
    return path


def write_deam(
    root: Path,
    rows: Iterable[str] = ("2, 3.1, 0.94, 3, 0.63", "3, 3.5, 1.75, 6.3, 1.69"),
    later_rows: Iterable[str] = ("2001, 6.2, 1.1, 7.4, 0.9, 5.9, 1.0",),
    audio: Iterable[str] = ("2.mp3", "3.mp3", "2001.mp3"),
) -> Path:
    write_table(root / DEAM_TABLES[0], DEAM_HEADER, rows)
    write_table(root / DEAM_TABLES[1], f"{DEAM_HEADER}, valence_max, arousal_max", later_rows)
    touch(root, [f"MEMD_audio/{file}" for file in audio])
    return root


def write_pmemo(
    root: Path,
    rows: Iterable[str] = ("1,0.4,0.575", "4,0.8,0.2"),
    audio: Iterable[str] = ("1.mp3", "4.mp3"),
    *,
    folder: str = "annotations",
) -> Path:
    header = "musicId,Arousal(mean),Valence(mean)"
    write_table(root / folder / "static_annotations.csv", header, rows)
    touch(root, [f"chorus/{file}" for file in audio])
    return root


def write_four_q(
    root: Path,
    rows: Iterable[str] = (
        '"MT0000004637","Charlie Poole","The Letter That Never Came","Q3"',
        '"MT0000011357","Carl Perkins","Boppin\' the Blues, Live","Q2"',
    ),
    audio: Iterable[str] = ("Q3/MT0000004637.mp3", "Q2/MT0000011357.mp3"),
) -> Path:
    write_table(root / FOUR_Q_TABLE, '"Song","Artist","Title","Quadrant"', rows)
    _write_quadrant_folders(root, audio)
    return root


def write_merge(
    root: Path,
    rows: Iterable[str] = ("A001,Q4,MT1,Ann", "A002,Q1,MT2,Bob", "MT3,Q2,MT3,Cid"),
    audio: Iterable[str] = ("Q4/A001.mp3", "Q1/A002.mp3", "Q2/MT3.mp3"),
    *,
    edition: str = "complete",
    parts: Mapping[str, Iterable[str]] | None = None,
) -> Path:
    """Write MERGE's audio; `parts` (train, validate, test) → its rows."""
    header = "Song,Quadrant,AllMusic Id,Artist"
    write_table(root / f"merge_audio_{edition}_metadata.csv", header, rows)
    _write_quadrant_folders(root, audio)
    for part, part_rows in (parts or {}).items():
        write_table(merge_split_table(root, part, edition), "Song,Quadrant", part_rows)
    return root


def merge_split_table(root: Path, part: str, edition: str) -> Path:
    return root / "tvt_dataframes/tvt_70_15_15" / f"tvt_70_15_15_{part}_audio_{edition}.csv"


def emotify_row(track: int, genre: str, *felt: str) -> str:
    emotions = [name.strip() for name in EMOTIFY_HEADER.split(",")[2:11]]
    ratings = ",".join(str(int(emotion in felt)) for emotion in emotions)
    return f"{track},{genre},{ratings},25,1,3,1,0,English"


EMOTIFY_ROWS = [
    emotify_row(1, "classical", "calmness", "power"),
    emotify_row(1, "classical", "calmness"),
    emotify_row(400, "pop", "joyful_activation"),
]
EMOTIFY_AUDIO = ["classical/1.mp3", "pop/100.mp3"]


def write_emotify(
    root: Path, rows: Iterable[str] = EMOTIFY_ROWS, audio: Iterable[str] = EMOTIFY_AUDIO
) -> Path:
    write_table(root / "data.csv", EMOTIFY_HEADER, rows)
    for genre in ("classical", "rock", "electronic", "pop"):
        (root / "emotifymusic" / genre).mkdir(parents=True)
    touch(root, [f"emotifymusic/{file}" for file in audio])
    return root


def _write_quadrant_folders(root: Path, audio: Iterable[str]) -> None:
    for quadrant in ("Q1", "Q2", "Q3", "Q4"):
        (root / quadrant).mkdir(parents=True)
    touch(root, audio)


def write_manifest_of_empty_files(folder: Path, n_songs: int) -> Path:
    """A manifest of empty files: nothing opens them when a run is planned."""
    rows = []
    for number in range(n_songs):
        valence, arousal = (number * 7 % 19 - 9) / 10, (number * 5 % 17 - 8) / 10
        rows.append(f"{number}.mp3,{valence},{arousal},artist {number % 997}")
    return write_manifest(folder / "songs.csv", "file,valence,arousal,artist", rows)


def quadrants(songs: Mapping[str, MoodSong]) -> dict[str, str | None]:
    return {name: song.quadrant for name, song in songs.items()}


def left_out(songs: Mapping[str, MoodSong]) -> dict[str, str]:
    return {name: song.left_out for name, song in songs.items()}

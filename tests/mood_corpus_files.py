"""Small mood corpora in the form in which they are published, with empty audio files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

EMOTIFY_HEADER = (
    "track id, genre, amazement, solemnity, tenderness, nostalgia, calmness, power,"
    " joyful_activation, tension, sadness, mood, liked, disliked, age, gender, mother tongue"
)
EMOTIFY_QUADRANTS = {
    "joyful_activation": "Q1",
    "power": "Q1",
    "amazement": "Q1",
    "tension": "Q2",
    "sadness": "Q3",
    "calmness": "Q4",
    "tenderness": "Q4",
    "nostalgia": None,
    "solemnity": None,
}


def write_lines(path: Path, lines: Sequence[str]) -> Path:
    """Write a text file and the folders around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def touch(folder: Path, *names: str) -> None:
    """Make empty files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def write_deam(root: Path, first: Mapping[str, str], second: Mapping[str, str]) -> None:
    """DEAM's two tables: song_id → 'valence, arousal'; the second has more columns."""
    folder = root / "annotations/annotations averaged per song/song_level"
    write_lines(
        folder / "static_annotations_averaged_songs_1_2000.csv",
        [
            "song_id, valence_mean, valence_std, arousal_mean, arousal_std",
            *(f"{n}, {v.split(',')[0]}, 0.94, {v.split(',')[1]}, 0.63" for n, v in first.items()),
        ],
    )
    write_lines(
        folder / "static_annotations_averaged_songs_2000_2058.csv",
        [
            "song_id, valence_mean, valence_std, valence_ max_mean, valence_max_std,"
            " arousal_mean, arousal_std, arousal_max_mean",
            *(
                f"{n}, {v.split(',')[0]}, 1.2, 8.1, 0.4, {v.split(',')[1]}, 1.6, 7.7"
                for n, v in second.items()
            ),
        ],
    )


def write_pmemo(root: Path, ratings: Mapping[str, str]) -> None:
    """PMEmo's table: musicId → 'arousal,valence', in the published order."""
    write_lines(
        root / "annotations/static_annotations.csv",
        ["musicId,Arousal(mean),Valence(mean)", *(f"{n},{v}" for n, v in ratings.items())],
    )


def write_4q(root: Path, quadrants: Mapping[str, str]) -> None:
    """4Q's table of metadata: Song → quadrant."""
    write_lines(
        root / "panda_dataset_taffc_metadata.csv",
        [
            "Song,Artist,Title,Quadrant,PQuad,MoodsTotal,Moods",
            *(
                f'{n},Artist of {n},"A title, with a comma",{q},0.7,4,"Cheerful,Fun"'
                for n, q in quadrants.items()
            ),
        ],
    )


def write_merge(root: Path, edition: str, songs: Mapping[str, tuple[str, str]]) -> None:
    """MERGE's metadata and official split: Song → (quadrant, part)."""
    write_lines(
        root / f"merge_audio_{edition}_metadata.csv",
        [
            "Song,Quadrant,AllMusic Id,Artist,Title",
            *(f"{n},{q},MT0001,Artist of {n},A title" for n, (q, _) in songs.items()),
        ],
    )
    for part in ("train", "validate", "test"):
        write_lines(
            root / f"tvt_dataframes/tvt_70_15_15/tvt_70_15_15_{part}_audio_{edition}.csv",
            ["Song,Quadrant", *(f"{n},{q}" for n, (q, of) in songs.items() if of == part)],
        )


def write_emotify(root: Path, ratings: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Emotify's table: a track and the emotions that a listener felt, a row each."""
    emotions = [name.strip() for name in EMOTIFY_HEADER.split(",")[2:11]]
    genres = ("classical", "rock", "electronic", "pop")
    write_lines(
        root / "data.csv",
        [
            EMOTIFY_HEADER,
            *(
                f"{track},{genres[(track - 1) // 100 % 4]},"
                + ",".join(str(int(name in felt)) for name in emotions)
                + ",3,0,0,34,1,English"
                for track, felt in ratings
            ),
        ],
    )

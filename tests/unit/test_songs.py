import re
from pathlib import Path

import pytest
from stemlens.corpora.songs import demo_songs, list_songs, slugs
from stemlens.errors import InputError

STEMS = ["drums", "bass"]
NAMES = [
    "-starts with a dash",
    "A <b>bold<b> {song}",
    'It\'s "quoted"',
    "Ümläut & Söhne",
    "A B",
    "A-B",
    "???",
    "日本",
    "Song. (Live), 100 %",
]


def write_corpus(root: Path, layout: str, names: list[str]) -> None:
    for split in ("train", "test"):
        for name in names:
            if layout == "musdb18":
                path = root / split / f"{name}.stem.mp4"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            else:
                (root / split / name).mkdir(parents=True)
                for stem in STEMS:
                    (root / split / name / f"{stem}.wav").touch()


def test_slugs_are_safe_and_distinct() -> None:
    made = slugs(NAMES)
    assert list(made) == NAMES
    assert len(set(made.values())) == len(NAMES)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in made.values())


def test_a_slug_reads_like_its_name() -> None:
    assert slugs(["Ümläut & Söhne"]) == {"Ümläut & Söhne": "umlaut-sohne"}


def test_a_name_without_any_letter_has_a_slug() -> None:
    assert re.fullmatch("song-[0-9a-f]{8}", slugs(["???"])["???"])


def test_a_name_keeps_its_slug_when_songs_join_that_do_not_collide() -> None:
    assert slugs(["A B", "C"])["A B"] == slugs(["A B"])["A B"] == "a-b"


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_every_name_is_listed_as_it_is_spelled(tmp_path: Path, layout: str) -> None:
    write_corpus(tmp_path, layout, NAMES)
    songs = list_songs(tmp_path, layout, STEMS)
    assert [song.name for song in songs if song.split == "test"] == sorted(NAMES)
    assert [song.split for song in songs] == ["train"] * len(NAMES) + ["test"] * len(NAMES)
    for song in songs:
        assert Path(song.path).exists()
        assert all(Path(file).is_file() for file in song.files)


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_hidden_and_foreign_files_are_no_songs(tmp_path: Path, layout: str) -> None:
    write_corpus(tmp_path, layout, ["Song"])
    (tmp_path / "train" / "._Song.stem.mp4").touch()
    (tmp_path / "train" / ".cache").mkdir()
    (tmp_path / "train" / "readme.txt").touch()
    assert [song.name for song in list_songs(tmp_path, layout, STEMS)] == ["Song", "Song"]


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path / "corpus", "musdb18", ["Song"])
    monkeypatch.setenv("HOME", str(tmp_path))
    songs = list_songs("~/corpus", "musdb18", STEMS)
    assert songs[0].path == str(tmp_path / "corpus/train/Song.stem.mp4")


def test_a_folder_without_one_stem_is_listed_with_the_others(tmp_path: Path) -> None:
    write_corpus(tmp_path, "musdb18hq", ["Song"])
    (tmp_path / "train/Song/bass.wav").unlink()
    song = list_songs(tmp_path, "musdb18hq", STEMS)[0]
    assert song.files == (str(tmp_path / "train/Song/drums.wav"),)


def test_a_missing_split_is_an_error_that_names_its_folder(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "Song.stem.mp4").touch()
    with pytest.raises(InputError, match=f"there is no folder {tmp_path}/test"):
        list_songs(tmp_path, "musdb18", STEMS)


def test_an_empty_split_is_an_error_that_names_its_folder(tmp_path: Path) -> None:
    write_corpus(tmp_path, "musdb18", ["Song"])
    (tmp_path / "test" / "Song.stem.mp4").unlink()
    with pytest.raises(InputError, match=f"{tmp_path}/test holds no song"):
        list_songs(tmp_path, "musdb18", STEMS)


def test_demo_songs_are_known_before_they_are_rendered() -> None:
    songs = demo_songs("corpus", {"train": 2, "test": 1}, STEMS)
    assert [(song.split, song.slug) for song in songs] == [
        ("train", "demo-song-01"),
        ("train", "demo-song-02"),
        ("test", "demo-song-01"),
    ]
    assert songs[2].files[1] == "corpus/test/Demo Song 01/bass.wav"

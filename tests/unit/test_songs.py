import unicodedata
from pathlib import Path

import pytest
from corpus_files import ODD_NAMES, touch, write_empty_corpus
from stemlens.corpora.songs import demo_songs, list_songs, missing_songs, other_files, wav_files
from stemlens.errors import InputError

STEMS = ["drums", "bass"]


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_every_name_is_listed_as_it_is_spelled(tmp_path: Path, layout: str) -> None:
    write_empty_corpus(tmp_path, layout, ODD_NAMES)
    songs = list_songs(tmp_path, layout, STEMS)
    assert [song.name for song in songs if song.split == "test"] == sorted(ODD_NAMES)
    assert [song.split for song in songs] == ["train"] * len(ODD_NAMES) + ["test"] * len(ODD_NAMES)
    for song in songs:
        assert Path(song.path).exists()
        assert all(Path(file).is_file() for file in song.files.values())


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_hidden_and_other_files_are_not_songs(tmp_path: Path, layout: str) -> None:
    write_empty_corpus(tmp_path, layout, ["Song"])
    touch(tmp_path, ["train/._Song.stem.mp4", "train/.cache/Song.stem.mp4", "train/readme.txt"])
    assert [song.name for song in list_songs(tmp_path, layout, STEMS)] == ["Song", "Song"]


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_empty_corpus(tmp_path / "corpus", "musdb18", ["Song"])
    monkeypatch.setenv("HOME", str(tmp_path))
    songs = list_songs("~/corpus", "musdb18", STEMS)
    assert songs[0].path == str(tmp_path / "corpus/train/Song.stem.mp4")


def test_a_folder_without_one_stem_is_listed_with_the_others(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18hq", ["Song"])
    (tmp_path / "train/Song/bass.wav").unlink()
    song = list_songs(tmp_path, "musdb18hq", STEMS)[0]
    assert song.files == {"train/Song/drums.wav": str(tmp_path / "train/Song/drums.wav")}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["train/Song.stem.mp4"], "there is no folder {root}/test"),
        (["train/Song.stem.mp4", "test/notes.txt"], "{root}/test holds no song"),
        (
            ["train/Song.stem.mp4", "test/Song.stem.m4a", "test/Song.stem.mp4"],
            r"Song\.stem\.m4a and Song\.stem\.mp4 both name the song",
        ),
    ],
)
def test_a_split_that_is_missing_empty_or_has_a_song_twice_is_refused_by_name(
    tmp_path: Path, files: list[str], message: str
) -> None:
    touch(tmp_path, files)
    with pytest.raises(InputError, match=message.format(root=tmp_path)):
        list_songs(tmp_path, "musdb18", STEMS)


def test_demo_songs_are_known_before_they_are_rendered() -> None:
    songs = demo_songs("corpus", {"train": 2, "test": 1}, STEMS)
    assert [(song.split, song.slug) for song in songs] == [
        ("train", "demo-song-01"),
        ("train", "demo-song-02"),
        ("test", "demo-song-01"),
    ]
    file = "test/Demo Song 01/bass.wav"
    assert songs[2].files[file] == f"corpus/{file}"


def test_stem_files_may_end_in_m4a_and_suffixes_in_capitals(tmp_path: Path) -> None:
    files = ["A.stem.m4a", "B.STEM.MP4", "C.Stem.M4A", "D.mp4", "E.stem.mp3"]
    touch(tmp_path, [f"{split}/{file}" for split in ("train", "test") for file in files])
    songs = list_songs(tmp_path, "musdb18", STEMS)
    assert [song.name for song in songs] == 2 * ["A", "B", "C"]
    assert list(songs[1].files) == ["train/B.STEM.MP4"]


def test_wav_files_may_end_in_capitals(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18hq", ["Song"])
    (tmp_path / "train/Song/bass.wav").rename(tmp_path / "train/Song/bass.WAV")
    songs = list_songs(tmp_path, "musdb18hq", STEMS)
    assert list(songs[0].files) == ["train/Song/drums.wav", "train/Song/bass.WAV"]


def test_two_files_of_one_stem_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, ["bass.wav", "bass.WAV"])
    with pytest.raises(InputError, match=r"bass\.WAV and bass\.wav both name the stem bass"):
        wav_files(tmp_path)


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_names_are_in_nfc_however_the_disk_spells_them(tmp_path: Path, layout: str) -> None:
    name = unicodedata.normalize("NFD", "Ümläut")
    write_empty_corpus(tmp_path, layout, [name])
    song = list_songs(tmp_path, layout, STEMS)[0]
    assert song.name == "Ümläut"
    assert all(unicodedata.is_normalized("NFC", file) for file in song.files)
    assert Path(song.path).exists()


def test_names_that_differ_in_their_form_of_unicode_alone_are_refused(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18hq", ["Ümläut", unicodedata.normalize("NFD", "Ümläut")])
    with pytest.raises(InputError, match="both name the song"):
        list_songs(tmp_path, "musdb18hq", STEMS)


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_a_name_that_is_not_utf8_is_refused_in_a_line_that_can_be_printed(
    tmp_path: Path, layout: str
) -> None:
    write_empty_corpus(tmp_path, layout, [b"M\xe9lodie".decode(errors="surrogateescape")])
    with pytest.raises(InputError, match=r"the name M\\udce9lodie\S* is not UTF-8; .*rename it"):
        list_songs(tmp_path, layout, STEMS)


def test_a_root_that_is_not_utf8_is_refused_in_a_line_that_can_be_printed(tmp_path: Path) -> None:
    root = tmp_path / b"M\xe9lodies".decode(errors="surrogateescape")
    write_empty_corpus(root, "musdb18hq", ["A"])
    with pytest.raises(InputError, match=r"corpus\.root: \S*M\\udce9lodies is not UTF-8"):
        list_songs(root, "musdb18hq", STEMS)
    (tmp_path / "link").symlink_to(root)
    assert len(list_songs(tmp_path / "link", "musdb18hq", STEMS)) == 2


def test_other_files_are_listed_once_without_hidden_ones(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18", ["Song"])
    touch(tmp_path, ["README.md", "train/.DS_Store", "train/Song.wav"])
    (tmp_path / "test" / "more songs").mkdir()
    (tmp_path / "test" / b"caf\xe9\n.txt".decode(errors="surrogateescape")).touch()
    assert other_files(tmp_path, "musdb18") == [
        "README.md",
        "train/Song.wav",
        r"test/caf\udce9\n.txt",
        "test/more songs",
    ]
    (tmp_path / "train/Song.stem.mp4").rename(tmp_path / "train/Song.STEM.M4A")
    assert "train/Song.STEM.M4A" not in other_files(tmp_path, "musdb18")
    assert other_files(tmp_path, "musdb18hq")[-2:] == [
        "test/Song.stem.mp4",
        r"test/caf\udce9\n.txt",
    ]


@pytest.mark.parametrize(
    ("layout", "name", "what"),
    [
        ("musdb18hq", "Lost", "a broken link"),
        ("musdb18", "Lost.stem.mp4", "a broken link"),
        ("musdb18", "Lost.STEM.M4A", "a broken link"),
        ("musdb18", "Lost.stem.mp4", "not a file"),
    ],
)
def test_a_song_without_content_is_refused_or_skipped_by_name(
    tmp_path: Path, layout: str, name: str, what: str
) -> None:
    write_empty_corpus(tmp_path, layout, ["Song"])
    lost = tmp_path / "train" / name
    if what == "not a file":
        lost.mkdir()
    else:
        lost.symlink_to("/nowhere/at/all")
    with pytest.raises(InputError, match=f"train/{name}: {what}, the first of 1 songs of train/"):
        list_songs(tmp_path, layout, STEMS)
    songs = list_songs(tmp_path, layout, STEMS, skip_missing=True)
    assert [song.name for song in songs] == ["Song", "Song"]
    assert missing_songs(tmp_path, layout) == [f"train/{name} ({what})"]
    assert other_files(tmp_path, layout) == []


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_links_that_lead_to_songs_are_songs(tmp_path: Path, layout: str) -> None:
    write_empty_corpus(tmp_path, layout, ["Song"])
    suffix = ".stem.mp4" if layout == "musdb18" else ""
    (tmp_path / "train" / f"Link{suffix}").symlink_to(tmp_path / "train" / f"Song{suffix}")
    assert [song.name for song in list_songs(tmp_path, layout, STEMS)] == ["Link", "Song", "Song"]
    assert missing_songs(tmp_path, layout) == []

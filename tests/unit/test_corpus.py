"""The songs of a run: where they are looked for, what is reported and what is refused."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from corpus_files import write_empty_corpus
from layout_files import write_medleydb_song
from stemlens.errors import InputError
from stemlens.workflow.corpus import corpus_root, corpus_songs

CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))


def config(layout: str, *stems: str, **corpus: Any) -> dict[str, Any]:
    classes = [{"name": stem, "stem": stem} for stem in stems or ("drums", "bass")]
    changed = deepcopy(CONFIG)
    changed["corpus"] |= {"layout": layout, "classes": classes, **corpus}
    return changed


def test_the_root_of_the_config_takes_precedence_over_the_environment() -> None:
    environment = {"MUSDB_PATH": "/there"}
    assert corpus_root({"root": "/here"}, environment) == "/here"
    assert corpus_root({"root": None}, environment) == "/there"


def test_a_root_may_begin_with_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert corpus_root({"root": None}, {"MUSDB_PATH": "~/music"}) == "/home/ann/music"


@pytest.mark.parametrize("environment", [{}, {"MUSDB_PATH": ""}])
def test_a_corpus_without_a_root_is_refused_with_what_to_set(environment: dict[str, str]) -> None:
    message = r"^corpus\.root: neither it nor .* MUSDB_PATH is set; .*: set one of them$"
    with pytest.raises(InputError, match=message):
        corpus_root({"root": None}, environment)


def test_the_demo_corpus_is_listed_before_it_is_rendered(tmp_path: Path) -> None:
    songs, notices = corpus_songs(CONFIG, str(tmp_path / "nowhere"))
    n_songs = [sum(song.split == split for song in songs) for split in ("train", "test")]
    assert n_songs == [CONFIG["demo"]["n_train_songs"], CONFIG["demo"]["n_test_songs"]]
    assert notices == []


@pytest.mark.parametrize("layout", ["musdb18", "musdb18hq"])
def test_a_clean_corpus_is_listed_without_notices(tmp_path: Path, layout: str) -> None:
    write_empty_corpus(tmp_path, layout, ["A", "B"])
    songs, notices = corpus_songs(config(layout), str(tmp_path))
    assert [(song.split, song.name) for song in songs] == [
        (split, name) for split in ("train", "test") for name in "AB"
    ]
    assert notices == []


def test_broken_songs_stop_the_run_or_are_skipped_with_notices(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18hq", ["A", "B"])
    (tmp_path / "train/B/bass.wav").unlink()
    (tmp_path / "train/Lost").symlink_to("/nowhere/at/all")
    (tmp_path / "test/notes.txt").touch()
    with pytest.raises(InputError, match="train/Lost: a broken link, the first of 1 songs"):
        corpus_songs(config("musdb18hq"), str(tmp_path))
    songs, notices = corpus_songs(config("musdb18hq", broken_songs="skip"), str(tmp_path))
    assert [song.name for song in songs] == ["A", "B", "A", "B"]
    assert notices == [
        "corpus.root: left out, since they cannot be read: train/Lost (a broken link)",
        "corpus.root: left out, since they are not songs: test/notes.txt",
    ]
    (tmp_path / "train/Lost").unlink()
    with pytest.raises(InputError, match=r"train/B: bass\.wav is missing, the first of 1 songs"):
        corpus_songs(config("musdb18hq"), str(tmp_path))


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ("musdb18hq", r"corpus\.classes: no song has a file bas\.wav; found bass\.wav, drums\.wav"),
        ("musdb18", r"a \.stem\.mp4 file has no stem bas; expected some of mixture, drums"),
    ],
)
def test_a_mistyped_stem_is_refused_with_existing_ones(
    tmp_path: Path, layout: str, message: str
) -> None:
    write_empty_corpus(tmp_path, layout, ["A"])
    for broken_songs in ("stop", "skip"):
        with pytest.raises(InputError, match=message):
            corpus_songs(config(layout, "drums", "bas", broken_songs=broken_songs), str(tmp_path))


def test_a_missing_folder_and_an_empty_split_are_refused_with_their_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"there is no folder {tmp_path}/train"):
        corpus_songs(config("musdb18hq"), str(tmp_path))
    (tmp_path / "train/A").mkdir(parents=True)
    (tmp_path / "test").mkdir()
    with pytest.raises(InputError, match=f"^corpus.root: {tmp_path}/test holds no songs"):
        corpus_songs(config("musdb18hq"), str(tmp_path))


def test_songs_that_lack_stems_are_left_out_and_those_left_must_fill_both_splits(
    tmp_path: Path,
) -> None:
    def add(song: str, *stems: str) -> None:
        (tmp_path / song).mkdir(parents=True, exist_ok=True)
        for stem in stems:
            (tmp_path / song / f"{stem}.wav").touch()

    wanted = config("folders", missing="error", broken_songs="skip")
    add("train/A", "drums")
    add("test/B", "bass")
    with pytest.raises(InputError, match=r"corpus\.classes: no song has their stems"):
        corpus_songs(wanted, str(tmp_path))
    add("train/C", "drums", "bass")
    with pytest.raises(InputError, match="no song of the split test can be used"):
        corpus_songs(wanted, str(tmp_path))
    add("test/B", "drums")
    songs, notices = corpus_songs(wanted, str(tmp_path))
    assert [song.name for song in songs] == ["C", "B"]
    assert notices == ["corpus.classes: left out, since they lack stems: A (bass)"]


def test_a_corpus_of_bleed_alone_is_refused_where_bleed_is_left_out(tmp_path: Path) -> None:
    for song in ("Ann_A", "Bob_B", "Cid_C"):
        write_medleydb_song(tmp_path, song, ["drum set", "electric bass"], has_bleed="yes")
    alone = config("medleydb", bleed="leave_out")
    with pytest.raises(InputError, match=r"corpus\.bleed: all songs have bleed"):
        corpus_songs(alone, str(tmp_path))

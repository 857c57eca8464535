"""The mood corpus of a run: songs, splits and shards, what is reported and what is refused."""

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from mood_corpus_files import write_manifest, write_manifest_of_empty_files, write_merge
from stemlens.errors import InputError
from stemlens.workflow.mood_corpus import MoodCorpus

CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
QUADRANTS = ("Q1", "Q2", "Q3", "Q4")


def corpus(layout: str, root: Path | str | None, **mood: Any) -> MoodCorpus:
    changed = deepcopy(CONFIG["mood"]) | {"layout": layout, **mood}
    return MoodCorpus.from_config(changed, None if root is None else str(root))


def test_the_demo_corpus_is_divided_before_it_is_rendered(tmp_path: Path) -> None:
    found = corpus("demo", tmp_path / "nowhere")
    n_songs = CONFIG["mood"]["demo"]["n_songs"]
    assert len(found.songs) == sum(map(len, found.shards.values())) == n_songs
    assert {split for split, _ in found.shards} == {"train", "test"}
    song = found.songs[0]
    assert found.file_in_corpus(song) == f"{song.quadrant}/{song.name}.wav"
    assert (found.notices, found.left_out()) == ([], [])


def test_every_song_in_use_is_in_one_shard_of_one_split(tmp_path: Path) -> None:
    path = write_manifest_of_empty_files(tmp_path / "songs", 200)
    found = corpus("manifest", path, songs_per_shard=10)
    counts = Counter(song.name for songs in found.shards.values() for song in songs)
    assert counts == Counter(song.name for song in found.songs if not song.left_out)
    assert len(found.shards) > 10
    assert found.file_in_corpus(found.songs[0]) == found.songs[0].name == "0.mp3"


def test_songs_without_a_label_are_left_out_with_the_reason(tmp_path: Path) -> None:
    rows = [f"{q}{n}.wav,{q},Artist {q}{n},Piece {q}{n}" for q in QUADRANTS for n in (1, 2)]
    path = write_manifest(
        tmp_path / "songs.csv", "file,quadrant,artist,song", [*rows, "bare.wav,,,"]
    )
    found = corpus("manifest", path)
    assert found.left_out() == [["bare.wav", "bare.wav", None, "no label"]]
    assert found.origins()[0] == ["Q11.wav", "Artist Q11", "Piece Q11"]
    assert found.origins()[-1] == ["bare.wav", None, "bare.wav"]


def test_a_missing_file_is_refused_or_left_out(tmp_path: Path) -> None:
    path = write_manifest_of_empty_files(tmp_path / "songs", 40)
    (path.parent / "7.mp3").unlink()
    message = r"7\.mp3: not found, the first of 1 missing files .* set mood\.broken_songs to skip$"
    with pytest.raises(InputError, match=message):
        corpus("manifest", path)
    (left_out,) = corpus("manifest", path, broken_songs="skip").left_out()
    assert left_out[0] == "7.mp3"
    assert left_out[-1] == "no audio file"


def test_a_split_without_songs_of_a_mood_is_refused(tmp_path: Path) -> None:
    rows = [f"{q}{n}.wav,{q},{'test' if n else 'train'}" for q in QUADRANTS for n in (0, 1)]
    rows.remove("Q30.wav,Q3,train")
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant,split", rows)
    message = r"^mood\.root: no song of the train split is in Q3; expected some in each quadrant: "
    with pytest.raises(InputError, match=message):
        corpus("manifest", path)


@pytest.mark.parametrize(("n_shared", "n_notices"), [(0, 0), (1, 1), (3, 1)])
def test_artists_in_both_parts_of_a_stated_split_are_counted_in_one_notice(
    tmp_path: Path, n_shared: int, n_notices: int
) -> None:
    parts = ("train", "test")
    songs = [(f"{q}-{part}", q, part) for q in QUADRANTS for part in parts]
    shared = QUADRANTS[:n_shared]
    rows = [f"{name},{q},,{f'Zoë {q}' if q in shared else name}" for name, q, _ in songs]
    tables = {
        part: [f"{name},{q}" for name, q, stated in songs if stated == part]
        for part in ("train", "validate", "test")
    }
    write_merge(tmp_path, rows, [f"{q}/{name}.mp3" for name, q, _ in songs], parts=tables)
    notices = corpus("merge", tmp_path).notices
    expected = f"mood.root: artists in both parts of the stated split: {n_shared};"
    assert [notice.startswith(expected) for notice in notices] == [True] * n_notices


def test_a_corpus_without_a_root_is_refused_with_what_to_set() -> None:
    message = r"^config key mood\.root: found null; expected the folder of the corpus, or the CSV"
    with pytest.raises(InputError, match=message):
        corpus("manifest", None)


def test_a_root_may_begin_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_manifest_of_empty_files(tmp_path / "songs", 40)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(corpus("manifest", "~/songs/songs.csv").songs) == 40

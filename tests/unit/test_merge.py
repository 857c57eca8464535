import pytest
from mood_corpus_files import (
    left_out,
    merge_split_table,
    quadrants,
    read_songs,
    write_merge,
    write_table,
)
from stemlens.errors import InputError
from stemlens.moods.corpora import label_files


@pytest.mark.parametrize("edition", ["complete", "balanced"])
def test_merge_is_read_with_its_official_split(tmp_path, edition):
    parts = {"train": ["A001,Q4"], "validate": ["A002,Q1"], "test": ["MT3,Q2"]}
    songs = read_songs("merge", write_merge(tmp_path, edition=edition, parts=parts))
    assert quadrants(songs) == {"A001": "Q4", "A002": "Q1", "MT3": "Q2"}
    assert [song.split for song in songs.values()] == ["train", "train", "test"]
    assert songs["A001"].artist == "Ann"
    assert label_files("merge", tmp_path) == [
        str(tmp_path / f"merge_audio_{edition}_metadata.csv"),
        *(str(merge_split_table(tmp_path, part, edition)) for part in parts),
    ]


def test_merge_without_split_tables_states_no_split(tmp_path):
    songs = read_songs("merge", write_merge(tmp_path))
    assert {(song.split, song.left_out) for song in songs.values()} == {(None, "")}
    assert label_files("merge", tmp_path) == [str(tmp_path / "merge_audio_complete_metadata.csv")]


def test_merge_leaves_out_songs_without_audio_label_or_split(tmp_path):
    parts = {"train": ["A001,Q4"], "validate": [], "test": ["B,Q1"]}
    audio = ["Q1/A002.mp3", "Q2/MT3.mp3", "Q1/B.mp3", "Q1/C.mp3"]
    songs = read_songs("merge", write_merge(tmp_path, audio=audio, parts=parts))
    assert left_out(songs) == {
        "A001": "no audio file",
        "A002": "in no official split",
        "B": "no label",
        "C": "no label",
        "MT3": "in no official split",
    }


@pytest.mark.parametrize("edition", ["complete", "balanced"])
def test_merge_may_be_named_by_the_folder_around_it(tmp_path, edition):
    folder = tmp_path / f"MERGE_Audio_{edition.capitalize()}"
    parts = {"train": ["A001,Q4"], "validate": ["A002,Q1"], "test": ["MT3,Q2"]}
    write_merge(folder, edition=edition, parts=parts)
    assert read_songs("merge", tmp_path) == read_songs("merge", folder)
    assert label_files("merge", tmp_path) == label_files("merge", folder)


def test_merge_in_two_folders_is_an_error_that_names_both(tmp_path):
    write_merge(tmp_path / "MERGE_Audio_Complete")
    write_merge(tmp_path / "MERGE_Audio_Balanced", edition="balanced")
    message = r"^mood\.root: .* holds MERGE_Audio_Complete and MERGE_Audio_Balanced; expected one"
    with pytest.raises(InputError, match=message):
        read_songs("merge", tmp_path)


def test_merge_in_both_editions_at_once_is_an_error(tmp_path):
    write_merge(tmp_path)
    write_table(tmp_path / "merge_audio_balanced_metadata.csv", "Song,Quadrant", [])
    with pytest.raises(InputError, match=r"mood\.root: .*expected one"):
        read_songs("merge", tmp_path)

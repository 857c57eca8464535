from pathlib import Path

import pytest
from mood_corpus_files import touch, write_lines
from stemlens.errors import InputError
from stemlens.moods.manifest import read_manifest


def read(path, *, ranges=(-1, 1), margin=0.0):
    songs = read_manifest(path, valence_range=ranges, arousal_range=ranges, margin=margin)
    return {song.name: song for song in songs}


@pytest.fixture
def manifest(tmp_path):
    """Write a manifest; audio files a.wav to d.wav stand beside it."""
    touch(tmp_path, "a.wav", "b.wav", "clips/c.wav", "d.wav")

    def write(*lines: str) -> Path:
        return write_lines(tmp_path / "songs.csv", lines)

    return write


def test_files_are_relative_to_the_manifest_or_absolute(manifest, tmp_path):
    path = manifest("file,quadrant", "a.wav,Q1", "clips/c.wav,Q2", f"{tmp_path}/d.wav,Q3")
    songs = read(path)
    assert [song.quadrant for song in songs.values()] == ["Q1", "Q2", "Q3"]
    assert songs["clips/c.wav"].file == str(tmp_path / "clips/c.wav")
    assert songs[f"{tmp_path}/d.wav"].file == str(tmp_path / "d.wav")
    assert not any(song.left_out for song in songs.values())


def test_valence_and_arousal_decide_where_there_is_no_quadrant(manifest):
    path = manifest("file,valence,arousal", "a.wav,7,8", "b.wav,2,5", "d.wav,4.9,1")
    songs = read(path, ranges=(1, 9))
    assert [song.quadrant for song in songs.values()] == ["Q1", "Q2", "Q3"]
    assert (songs["a.wav"].valence, songs["a.wav"].arousal) == (7, 8)
    both = manifest("file,valence,arousal,quadrant", "a.wav,7,8,Q4")
    assert read(both, ranges=(1, 9))["a.wav"].quadrant == "Q4"


def test_songs_without_a_label_or_without_audio_or_near_the_midpoint_are_left_out(manifest):
    path = manifest("file,quadrant", "a.wav,", "x.wav,Q1", "b.wav,Q2")
    assert [song.left_out for song in read(path).values()] == ["no label", "no audio file", ""]
    path = manifest("file,valence,arousal", "a.wav,0.1,0.9", "b.wav,,0.5", "d.wav,0.2,-0.2")
    reasons = [song.left_out for song in read(path, margin=0.15).values()]
    assert reasons == ["near the midpoint of valence or arousal", "no label", ""]


def test_other_columns_are_ignored_and_optional_ones_are_kept(manifest):
    path = manifest(
        "\ufefffile, quadrant, tempo, artist, song, split",
        "a.wav, Q1, 120, Ann, One, train",
        "b.wav, Q2, 90, Ann, One, train",
        'd.wav, Q2, 90, "Bea, Cid", , test',
    )
    songs = list(read(path).values())
    assert [song.artist for song in songs] == ["Ann", "Ann", "Bea, Cid"]
    assert [song.song for song in songs] == ["One", "One", "d.wav"]
    assert [song.split for song in songs] == ["train", "train", "test"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["quadrant", "Q1"], "column file is missing among quadrant"),
        (["file,valence", "a.wav,1"], "has the columns file, valence; expected quadrant, or"),
        (["file,quadrant", "a.wav,Q9"], r"line 2: quadrant is 'Q9'; expected one of Q1, Q2"),
        (["file,quadrant", "a.wav,Q1", ",Q1"], "line 3: names no file"),
        (["file,quadrant", "a.wav,Q1", "a.wav,Q2"], r"file a\.wav stands there twice"),
        (["file,valence,arousal", "a.wav,high,1"], r"line 2: valence is 'high'; expected a number"),
        (["file,valence,arousal", "a.wav,0,1.1"], r"line 2: arousal is '1\.1'; expected a number"),
        (["file,valence,arousal", "a.wav,nan,1"], r"line 2: valence is 'nan'"),
        (["file,quadrant,split", "a.wav,Q1,dev"], "line 2: split is 'dev'; expected train or test"),
        (
            ["file,quadrant,artist,split", "a.wav,Q1,Ann,train", "b.wav,Q2,Ann,test"],
            "artist Ann stands in the splits train and test; expected one",
        ),
        (
            ["file,quadrant,song,split", "a.wav,Q1,One,train", "b.wav,Q2,One,test"],
            "song One stands in the splits train and test; expected one",
        ),
        (
            ["file,quadrant,song,artist", "a.wav,Q1,One,Ann", "b.wav,Q2,One,Bea"],
            "song One has the artists 'Ann' and 'Bea'; expected one",
        ),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_with_file_and_line(manifest, lines, message):
    with pytest.raises(InputError, match=message) as raised:
        read(manifest(*lines))
    assert "songs.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_manifest_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"songs\.csv: cannot be read as a table.*mood\.root"):
        read(tmp_path / "songs.csv")

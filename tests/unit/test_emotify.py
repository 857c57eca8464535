import pytest
from mood_corpus_files import emotify_row, left_out, quadrants, read_songs, write_emotify
from stemlens.errors import InputError


def test_emotify_is_read_as_published(tmp_path):
    songs = read_songs("emotify", write_emotify(tmp_path))
    assert quadrants(songs) == {"1": "Q4", "400": "Q1"}
    assert songs["400"].file == str(tmp_path / "emotifymusic" / "pop" / "100.mp3")
    assert (songs["1"].valence, songs["1"].left_out) == (None, "")


@pytest.mark.parametrize(
    ("track", "file"),
    [
        (100, "classical/100.mp3"),
        (101, "rock/1.mp3"),
        (250, "electronic/50.mp3"),
        (301, "pop/1.mp3"),
    ],
)
def test_emotify_numbers_its_tracks_by_genre(tmp_path, track, file):
    row = emotify_row(track, file.split("/")[0], "sadness")
    write_emotify(tmp_path, [row], [file])
    (song,) = read_songs("emotify", tmp_path).values()
    assert (song.name, song.file) == (str(track), str(tmp_path / "emotifymusic" / file))
    assert (song.quadrant, song.left_out) == ("Q3", "")


def test_emotify_takes_the_emotion_that_most_raters_felt(tmp_path):
    rows = [
        emotify_row(1, "classical", "tension", "nostalgia", "power"),
        emotify_row(1, "classical", "tension", "nostalgia"),
        emotify_row(1, "classical", "tension"),
        emotify_row(1, "classical", "power", "nostalgia"),
        # Amazement and power: twice each, and both of Q1.
        emotify_row(2, "classical", "power", "amazement", "sadness"),
        emotify_row(2, "classical", "power", "amazement"),
        # Calmness and sadness: once each.
        emotify_row(3, "classical", "calmness", "sadness", "nostalgia"),
        # Nobody ticked one of the mapped ones.
        emotify_row(4, "classical", "solemnity"),
    ]
    write_emotify(tmp_path, rows, [f"classical/{number}.mp3" for number in range(1, 5)])
    songs = read_songs("emotify", tmp_path)
    assert quadrants(songs) == {"1": "Q2", "2": "Q1", "3": None, "4": None}
    tie = "emotions of different quadrants tie"
    nothing = "nobody felt an emotion that has a quadrant"
    assert left_out(songs) == {"1": "", "2": "", "3": tie, "4": nothing}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"joy": "Q1"}, "found 'joy' in joy: Q1"),
        ({"power": "Q5"}, "found 'Q5' in power: Q5"),
        ({}, "is empty"),
    ],
)
def test_a_wrong_mapping_of_emotions_names_its_key(tmp_path, mapping, message):
    write_emotify(tmp_path)
    with pytest.raises(InputError, match=rf"^mood\.emotify_quadrants: {message}"):
        read_songs("emotify", tmp_path, emotify_quadrants=mapping)

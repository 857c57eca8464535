import pytest
from mood_corpus_files import (
    EMOTIFY_AUDIO,
    EMOTIFY_ROWS,
    emotify_row,
    left_out,
    quadrants,
    read_songs,
    write_emotify,
)
from stemlens.errors import InputError


def test_emotify_is_read_as_published(tmp_path):
    songs = read_songs("emotify", write_emotify(tmp_path, EMOTIFY_ROWS, EMOTIFY_AUDIO))
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


def test_emotify_leaves_out_songs_without_audio_or_label(tmp_path):
    rows = [emotify_row(1, "classical", "power")]
    write_emotify(tmp_path, rows, ["rock/7.mp3", "rock/notes.txt"])
    assert left_out(read_songs("emotify", tmp_path)) == {"1": "no audio file", "107": "no label"}


def test_emotify_with_a_file_twice_is_an_error(tmp_path):
    write_emotify(tmp_path, EMOTIFY_ROWS, [*EMOTIFY_AUDIO, "pop/100.MP3"])
    with pytest.raises(InputError, match="pop: found two files for song 100"):
        read_songs("emotify", tmp_path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (emotify_row(401, "pop"), "track id '401' of genre 'pop'"),
        (emotify_row(101, "pop"), "track id '101' of genre 'pop'"),
        (emotify_row(301, "pop").replace(",0", ",2", 1), "track id 301: found amazement '2'"),
    ],
)
def test_emotify_with_an_unknown_track_or_rating_is_an_error(tmp_path, row, message):
    write_emotify(tmp_path, [row], [])
    with pytest.raises(InputError, match=message):
        read_songs("emotify", tmp_path)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"joy": "Q1"}, "found 'joy' in joy: Q1"),
        ({"power": "Q5"}, "found 'Q5' in power: Q5"),
        ({}, "is empty"),
    ],
)
def test_a_wrong_mapping_of_emotions_names_its_key(tmp_path, mapping, message):
    write_emotify(tmp_path, EMOTIFY_ROWS, EMOTIFY_AUDIO)
    with pytest.raises(InputError, match=rf"^mood\.emotify_quadrants: {message}"):
        read_songs("emotify", tmp_path, emotify_quadrants=mapping)

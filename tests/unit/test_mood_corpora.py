"""Readers of published mood corpora, on small folders of the published form."""

from pathlib import Path

import pytest
from mood_corpus_files import (
    EMOTIFY_QUADRANTS,
    touch,
    write_4q,
    write_deam,
    write_emotify,
    write_lines,
    write_merge,
    write_pmemo,
)
from stemlens.errors import InputError
from stemlens.moods.corpora import read_mood_songs


def deam(root):
    write_deam(root, {"2": "6.1,7.2", "3": "3.5,6.0", "10": "3.0,3.0"}, {"2001": "7.0,2.5"})
    touch(root / "MEMD_audio", "2.mp3", "3.mp3", "10.mp3", "2001.mp3")
    return {"2": "Q1", "3": "Q2", "10": "Q3", "2001": "Q4"}


def pmemo(root):
    write_pmemo(root, {"1": "0.8,0.9", "4": "0.7,0.2", "5": "0.1,0.3", "6": "0.2,0.8"})
    touch(root / "chorus", "1.mp3", "4.mp3", "5.mp3", "6.mp3")
    return {"1": "Q1", "4": "Q2", "5": "Q3", "6": "Q4"}


def four_q(root):
    quadrants = {"MT0001": "Q1", "MT0002": "Q2", "MT0003": "Q3", "MT0004": "Q4"}
    write_4q(root, quadrants)
    touch(root, *(f"{quadrant}/{name}.mp3" for name, quadrant in quadrants.items()))
    return quadrants


def merge(root):
    songs = {
        "A001": ("Q1", "train"),
        "A002": ("Q2", "validate"),
        "A003": ("Q3", "test"),
        "A004": ("Q4", "test"),
    }
    write_merge(root, "complete", songs)
    touch(root, *(f"{quadrant}/{name}.mp3" for name, (quadrant, _) in songs.items()))
    return {name: quadrant for name, (quadrant, _) in songs.items()}


def emotify(root):
    ratings = [
        (1, ["calmness"]),
        (1, ["calmness", "sadness"]),
        (100, ["sadness", "nostalgia"]),
        (101, ["tension"]),
        (400, ["joyful_activation"]),
    ]
    write_emotify(root, ratings)
    touch(root / "emotifymusic", "classical/1.mp3", "classical/100.mp3", "rock/1.mp3")
    touch(root / "emotifymusic", "electronic/7.mp3", "pop/100.mp3")
    (root / "emotifymusic/electronic/7.mp3").unlink()
    return {"classical/1": "Q4", "classical/100": "Q3", "rock/1": "Q2", "pop/100": "Q1"}


CORPORA = {"deam": deam, "pmemo": pmemo, "4q": four_q, "merge": merge, "emotify": emotify}
TABLES = {
    "deam": "annotations/annotations averaged per song/song_level/"
    "static_annotations_averaged_songs_1_2000.csv",
    "pmemo": "annotations/static_annotations.csv",
    "4q": "panda_dataset_taffc_metadata.csv",
    "merge": "merge_audio_complete_metadata.csv",
    "emotify": "data.csv",
}
UNLABELLED = {
    "deam": "MEMD_audio/77.mp3",
    "pmemo": "chorus/77.mp3",
    "4q": "Q2/MT0077.mp3",
    "merge": "Q2/A077.mp3",
    "emotify": "emotifymusic/rock/77.mp3",
}


def read(layout, root, **changes):
    settings = {
        "valence_range": [-1, 1],
        "arousal_range": [-1, 1],
        "margin": 0,
        "emotify_quadrants": EMOTIFY_QUADRANTS,
        **changes,
    }
    return {song.name: song for song in read_mood_songs(layout, str(root), **settings)}


@pytest.fixture(params=CORPORA)
def corpus(request, tmp_path):
    return request.param, tmp_path, CORPORA[request.param](tmp_path)


def test_every_song_has_its_quadrant_and_its_file(corpus):
    layout, root, quadrants = corpus
    songs = read(layout, root)
    assert {name: song.quadrant for name, song in songs.items()} == quadrants
    assert all(Path(song.file).is_file() for song in songs.values())
    assert not any(song.left_out for song in songs.values())


def test_a_labelled_song_without_audio_is_left_out_with_the_path_where_it_should_be(corpus):
    layout, root, quadrants = corpus
    name = next(iter(quadrants))
    Path(read(layout, root)[name].file).unlink()
    missing = read(layout, root)[name]
    assert missing.left_out == "no audio file"
    assert missing.file.endswith(f"{name}.mp3")


def test_audio_without_a_label_is_left_out(corpus):
    layout, root, quadrants = corpus
    touch(root, UNLABELLED[layout])
    songs = read(layout, root)
    (unlabelled,) = songs.keys() - quadrants.keys()
    assert songs[unlabelled].left_out == "no label"
    assert songs[unlabelled].file == str(root / UNLABELLED[layout])


@pytest.mark.parametrize("layout", [name for name in CORPORA if name != "emotify"])
def test_a_song_that_stands_in_the_labels_twice_is_refused(layout, tmp_path):
    CORPORA[layout](tmp_path)
    table = tmp_path / TABLES[layout]
    lines = table.read_text("utf-8").splitlines()
    write_lines(table, [*lines, lines[1]])
    name = lines[1].split(",")[0]
    with pytest.raises(InputError, match=rf"{name} stands there twice; expected each once"):
        read(layout, tmp_path)


def test_a_song_of_both_tables_of_deam_is_refused(tmp_path):
    write_deam(tmp_path, {"2": "6,7"}, {"2": "6,7"})
    touch(tmp_path / "MEMD_audio", "2.mp3")
    with pytest.raises(InputError, match="song_id 2 stands there twice"):
        read("deam", tmp_path)


def test_ratings_of_emotify_add_up_so_that_a_track_may_stand_there_often(tmp_path):
    write_emotify(tmp_path, [(5, ["tension"]), (5, ["power"]), (5, ["power", "tension"])])
    touch(tmp_path / "emotifymusic", *(f"{g}/5.mp3" for g in ("classical", "rock")))
    touch(tmp_path / "emotifymusic", *(f"{g}/x.txt" for g in ("electronic", "pop")))
    songs = read("emotify", tmp_path)
    assert songs["classical/5"].left_out == "emotions of different quadrants tie"
    assert songs["rock/5"].left_out == "no label"
    # Power and amazement stand for one quadrant: which of them is stronger does not matter.
    write_emotify(tmp_path, [(5, ["power", "amazement"]), (5, ["power", "amazement"])])
    assert read("emotify", tmp_path)["classical/5"].quadrant == "Q1"
    # Nobody felt an emotion that stands for a quadrant.
    write_emotify(tmp_path, [(5, ["nostalgia"])])
    assert read("emotify", tmp_path)["classical/5"].left_out == "no label"


def test_which_quadrant_an_emotion_stands_for_is_a_choice(tmp_path):
    emotify(tmp_path)
    songs = read("emotify", tmp_path, emotify_quadrants={"nostalgia": "Q4", "tension": "Q1"})
    assert songs["classical/100"].quadrant == "Q4"
    assert songs["rock/1"].quadrant == "Q1"
    assert songs["classical/1"].left_out == "no label"


@pytest.mark.parametrize(
    ("quadrants", "message"),
    [
        ({"joy": "Q1"}, r"mood\.emotify_quadrants\.joy: unknown; expected some of amazement"),
        ({"sadness": None}, r"mood\.emotify_quadrants: no emotion stands for a quadrant"),
    ],
)
def test_a_mapping_of_emotions_that_cannot_be_is_refused(tmp_path, quadrants, message):
    emotify(tmp_path)
    with pytest.raises(InputError, match=message):
        read("emotify", tmp_path, emotify_quadrants=quadrants)


@pytest.mark.parametrize(
    ("track", "message"),
    [("401", "track id is 401; expected 1 to 400"), ("x1", "line 2.*expected a whole track id")],
)
def test_a_track_that_emotify_does_not_have_is_refused(tmp_path, track, message):
    emotify(tmp_path)
    table = tmp_path / "data.csv"
    header, first, *others = table.read_text("utf-8").splitlines()
    write_lines(table, [header, first.replace("1,", f"{track},", 1), *others])
    with pytest.raises(InputError, match=message):
        read("emotify", tmp_path)


def test_deams_midpoint_is_five_and_a_margin_drops_what_is_near_it(tmp_path):
    write_deam(tmp_path, {"1": "5.0,5.0", "2": "4.9,8.0", "3": "9.0,5.7", "4": "1.0,1.0"}, {})
    touch(tmp_path / "MEMD_audio", *(f"{n}.mp3" for n in range(1, 5)))
    assert [song.quadrant for song in read("deam", tmp_path).values()] == ["Q1", "Q2", "Q1", "Q3"]
    songs = read("deam", tmp_path, margin=0.2)
    near = "near the midpoint of valence or arousal"
    assert [song.left_out for song in songs.values()] == [near, near, near, ""]


def test_a_rating_outside_the_scale_is_refused(tmp_path):
    write_pmemo(tmp_path, {"1": "0.5,1.2"})
    touch(tmp_path / "chorus", "1.mp3")
    with pytest.raises(InputError, match=r"musicId 1: valence is '1\.2'; expected a number from 0"):
        read("pmemo", tmp_path)


def test_artists_of_pmemo_are_known_where_its_metadata_are_there(tmp_path):
    pmemo(tmp_path)
    assert read("pmemo", tmp_path)["4"].artist is None
    write_lines(
        tmp_path / "metadata/metadata.csv",
        ["musicId,fileName,title,artist", '4,4.mp3,"A title","Some, One"', "5,5.mp3,B,"],
    )
    assert read("pmemo", tmp_path)["4"].artist == "Some, One"
    assert read("pmemo", tmp_path)["5"].artist is None


def test_4q_may_be_named_by_the_folder_around_it(tmp_path):
    quadrants = four_q(tmp_path / "MER_audio_taffc_dataset")
    songs = read("4q", tmp_path)
    assert {name: song.quadrant for name, song in songs.items()} == quadrants
    assert songs["MT0002"].artist == "Artist of MT0002"


def test_the_official_split_of_merge_is_followed_and_validation_songs_are_trained_on(tmp_path):
    merge(tmp_path)
    splits = {name: song.split for name, song in read("merge", tmp_path).items()}
    assert splits == {"A001": "train", "A002": "train", "A003": "test", "A004": "test"}


def test_a_song_outside_the_official_split_is_left_out(tmp_path):
    merge(tmp_path)
    parts = tmp_path / "tvt_dataframes/tvt_70_15_15"
    write_lines(parts / "tvt_70_15_15_validate_audio_complete.csv", ["Song,Quadrant"])
    assert read("merge", tmp_path)["A002"].left_out == "in no official split"
    (parts / "tvt_70_15_15_validate_audio_complete.csv").unlink()
    with pytest.raises(InputError, match=r"no .*validate_audio_complete\.csv beside.*or none"):
        read("merge", tmp_path)
    for part in parts.iterdir():
        part.unlink()
    songs = read("merge", tmp_path)
    assert all(song.split is None and not song.left_out for song in songs.values())


def test_the_balanced_edition_of_merge_is_read_alike(tmp_path):
    write_merge(tmp_path, "balanced", {"A001": ("Q3", "test")})
    touch(tmp_path, *(f"Q{number}/A001.txt" for number in (1, 2, 4)), "Q3/A001.mp3")
    song = read("merge", tmp_path)["A001"]
    assert (song.quadrant, song.split) == ("Q3", "test")


@pytest.mark.parametrize("layout", ["4q", "merge"])
def test_a_quadrant_that_does_not_exist_is_refused(layout, tmp_path):
    CORPORA[layout](tmp_path)
    table = tmp_path / TABLES[layout]
    write_lines(table, [table.read_text("utf-8").rstrip().replace("Q3", "Q5")])
    with pytest.raises(InputError, match="quadrant is 'Q5'; expected one of Q1, Q2, Q3, Q4"):
        read(layout, tmp_path)


@pytest.mark.parametrize("layout", ["4q", "merge"])
def test_an_empty_quadrant_is_no_label(layout, tmp_path):
    CORPORA[layout](tmp_path)
    table = tmp_path / TABLES[layout]
    write_lines(table, [table.read_text("utf-8").rstrip().replace("Q3", "")])
    assert [song.left_out for song in read(layout, tmp_path).values()].count("no label") == 1


def test_a_folder_that_is_not_the_corpus_is_refused(corpus):
    layout, root, _ = corpus
    with pytest.raises(InputError, match=r"mood\.root: there is no .*check mood\.layout"):
        read(layout, root / "elsewhere")
    table = root / TABLES[layout]
    text = table.read_text("utf-8")
    write_lines(table, [text.replace("song_id", "id").replace("musicId", "id").rstrip()])
    if layout in ("deam", "pmemo"):
        with pytest.raises(InputError, match=r"column (song_id|musicId) is missing among id"):
            read(layout, root)


def test_a_corpus_without_its_place_is_refused():
    settings = {"valence_range": [0, 1], "arousal_range": [0, 1], "margin": 0}
    with pytest.raises(InputError, match=r"mood\.root: not set; expected the folder of the deam"):
        read_mood_songs("deam", None, **settings, emotify_quadrants=EMOTIFY_QUADRANTS)

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from mood_corpus_files import (
    DEAM_TABLES,
    FOUR_Q_TABLE,
    emotify_row,
    merge_split_table,
    read_songs,
    write_deam,
    write_emotify,
    write_four_q,
    write_manifest,
    write_merge,
    write_pmemo,
    write_table,
)
from stemlens.errors import InputError
from stemlens.moods.corpora import LAYOUTS, label_files

EMOTIFY_ROWS = [
    emotify_row(1, "classical", "calmness", "power"),
    emotify_row(1, "classical", "calmness"),
    emotify_row(400, "pop", "joyful_activation"),
]
EMOTIFY_AUDIO = ["classical/1.mp3", "pop/100.mp3"]
WRITERS = {
    "deam": write_deam,
    "pmemo": write_pmemo,
    "4q": write_four_q,
    "merge": write_merge,
    "emotify": lambda root: write_emotify(root, EMOTIFY_ROWS, EMOTIFY_AUDIO),
}


def quadrants(songs):
    return {name: song.quadrant for name, song in songs.items()}


def left_out(songs):
    return {name: song.left_out for name, song in songs.items()}


def test_deam_is_read_as_published(tmp_path):
    songs = read_songs("deam", write_deam(tmp_path))
    assert quadrants(songs) == {"2": "Q3", "2001": "Q1", "3": "Q2"}
    assert set(left_out(songs).values()) == {""}
    song = songs["3"]
    assert (song.valence, song.arousal, song.song, song.artist) == (3.5, 6.3, "3", None)
    assert song.file == str(tmp_path / "MEMD_audio" / "3.mp3")


def test_deam_has_its_midpoint_at_5_whatever_the_ranges_of_a_manifest(tmp_path):
    rows = ["1, 5, 1, 4.99, 1", "2, 5.39, 1, 9, 1", "3, 5.4, 1, 9, 1"]
    write_deam(tmp_path, rows, [], ["1.mp3", "2.mp3", "3.mp3"])
    assert quadrants(read_songs("deam", tmp_path)) == {"1": "Q4", "2": "Q1", "3": "Q1"}
    songs = read_songs("deam", tmp_path, margin=0.1)
    assert left_out(songs) == {
        "1": "near the midpoint of valence or arousal",
        "2": "near the midpoint of valence or arousal",
        "3": "",
    }


def test_deam_leaves_out_songs_without_audio_or_label(tmp_path):
    write_deam(tmp_path, ["2, 3, 1, 3, 1", "3, , , ,"], [], ["3.mp3", "5.MP3", "6.wav", "._5.mp3"])
    assert left_out(read_songs("deam", tmp_path)) == {
        "2": "no audio file",
        "3": "no label",
        "5": "no label",
    }


@pytest.mark.parametrize(
    ("rows", "later_rows"),
    [
        (["2, 3, 1, 3, 1", "2, 4, 1, 4, 1"], []),
        (["2, 3, 1, 3, 1"], ["2, 4, 1, 4, 1, 4, 1"]),
    ],
)
def test_deam_with_an_id_twice_is_an_error(tmp_path, rows, later_rows):
    write_deam(tmp_path, rows, later_rows, ["2.mp3"])
    with pytest.raises(
        InputError,
        match=r"static_annotations_averaged_songs_.*song_id 2( occurs twice|: is also in another)",
    ):
        read_songs("deam", tmp_path)


def test_a_rating_off_the_published_scale_is_an_error(tmp_path):
    write_deam(tmp_path, ["2, 0.5, 1, 3, 1"], [], ["2.mp3"])
    with pytest.raises(InputError, match=r"song_id 2: valence 0\.5 .* expected 1 to 9"):
        read_songs("deam", tmp_path)


@pytest.mark.parametrize("folder", ["annotations", "."])
def test_pmemo_is_read_as_published(tmp_path, folder):
    songs = read_songs("pmemo", write_pmemo(tmp_path, folder=folder))
    assert quadrants(songs) == {"1": "Q4", "4": "Q2"}
    song = songs["1"]
    assert (song.valence, song.arousal, song.artist) == (0.575, 0.4, None)
    assert song.file == str(tmp_path / "chorus" / "1.mp3")


@pytest.mark.parametrize("folder", [".", "metadata"])
def test_pmemo_takes_artists_from_the_metadata(tmp_path, folder):
    write_pmemo(tmp_path)
    rows = ['1,1.mp3,"Good, Thing","Sage the Gemini"', '4,4.mp3,"X","Émilie, Ann"']
    write_table(tmp_path / folder / "metadata.csv", "musicId,fileName,title,artist", rows)
    songs = read_songs("pmemo", tmp_path)
    assert (songs["1"].artist, songs["4"].artist) == ("Sage the Gemini", "Émilie, Ann")
    assert label_files("pmemo", tmp_path) == [
        str(tmp_path / "annotations" / "static_annotations.csv"),
        str(tmp_path / folder / "metadata.csv"),
    ]


def test_pmemo_leaves_out_songs_without_audio_or_label(tmp_path):
    write_pmemo(tmp_path, ["1,0.4,0.6"], ["2.mp3"])
    assert left_out(read_songs("pmemo", tmp_path)) == {"1": "no audio file", "2": "no label"}


def test_pmemo_with_an_id_twice_is_an_error(tmp_path):
    write_pmemo(tmp_path, ["1,0.4,0.6", "1,0.4,0.6"])
    with pytest.raises(InputError, match=r"static_annotations\.csv: musicId 1 occurs twice"):
        read_songs("pmemo", tmp_path)


@pytest.mark.parametrize("inner", ["", "MER_audio_taffc_dataset"])
def test_4q_is_read_as_published(tmp_path, inner):
    write_four_q(tmp_path / inner)
    songs = read_songs("4q", tmp_path)
    assert quadrants(songs) == {"MT0000004637": "Q3", "MT0000011357": "Q2"}
    song = songs["MT0000004637"]
    assert (song.artist, song.valence, song.split) == ("Charlie Poole", None, None)
    assert song.file == str(tmp_path / inner / "Q3" / "MT0000004637.mp3")
    assert label_files("4q", tmp_path) == [str(tmp_path / inner / FOUR_Q_TABLE)]


def test_4q_leaves_out_songs_without_audio_or_label(tmp_path):
    write_four_q(tmp_path, ['"A","Ann","T","Q1"', '"B","Bob","T",""'], ["Q2/B.mp3", "Q3/C.mp3"])
    songs = read_songs("4q", tmp_path)
    assert left_out(songs) == {"A": "no audio file", "B": "no label", "C": "no label"}
    assert quadrants(songs) == {"A": "Q1", "B": None, "C": None}
    assert songs["A"].file == str(tmp_path / "Q1" / "A.mp3")


def test_a_song_in_the_folder_of_another_quadrant_is_left_out(tmp_path):
    write_four_q(tmp_path, ['"A","Ann","T","Q1"'], ["Q2/A.mp3"])
    assert left_out(read_songs("4q", tmp_path)) == {
        "A": "label and folder name different quadrants"
    }


@pytest.mark.parametrize(
    ("rows", "audio", "message"),
    [
        (['"A","Ann","T","Q1"'] * 2, ["Q1/A.mp3"], f"{FOUR_Q_TABLE}: Song A occurs twice"),
        (['"A","Ann","T","Q1"'], ["Q1/A.mp3", "Q3/A.mp3"], "song A is in both Q1 and Q3"),
        (['"A","Ann","T","Q1"'], ["Q1/A.mp3", "Q1/A.MP3"], "found two files for song A"),
        (['"A","Ann","T","Q0"'], ["Q1/A.mp3"], "Song A: found quadrant 'Q0'"),
    ],
)
def test_4q_with_a_wrong_or_repeated_song_is_an_error(tmp_path, rows, audio, message):
    write_four_q(tmp_path, rows, audio)
    with pytest.raises(InputError, match=message):
        read_songs("4q", tmp_path)


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


@pytest.mark.parametrize(("in_tables", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC")])
@pytest.mark.parametrize("layout", ["4q", "merge"])
def test_songs_are_found_in_either_form_of_unicode(tmp_path, layout, in_tables, on_disk):
    row, song = (unicodedata.normalize(form, "Zoë") for form in (in_tables, on_disk))
    if layout == "4q":
        write_four_q(tmp_path, [f'"{row}","Ann","T","Q1"'], [f"Q1/{song}.mp3"])
    else:
        # Tables of one corpus may differ as well.
        parts = {"train": [f"{song},Q1"], "validate": [], "test": []}
        write_merge(tmp_path, [f"{row},Q1,,Ann"], [f"Q1/{song}.mp3"], parts=parts)
    (found,) = read_songs(layout, tmp_path).values()
    assert (found.quadrant, found.artist, found.left_out) == ("Q1", "Ann", "")
    assert found.file == str(tmp_path / "Q1" / f"{song}.mp3")
    assert found.split == (None if layout == "4q" else "train")


def test_merge_with_a_song_twice_is_an_error(tmp_path):
    write_merge(tmp_path / "a", ["A001,Q4,,", "A001,Q4,,"], ["Q4/A001.mp3"])
    with pytest.raises(InputError, match=r"complete_metadata\.csv: Song A001 occurs twice"):
        read_songs("merge", tmp_path / "a")
    parts = {"train": ["A001,Q4"], "validate": ["A001,Q4"], "test": []}
    write_merge(tmp_path / "b", parts=parts)
    with pytest.raises(InputError, match=r"validate_audio_complete\.csv: Song A001 .* another"):
        read_songs("merge", tmp_path / "b")


def test_merge_with_a_part_of_its_split_missing_is_an_error(tmp_path):
    write_merge(tmp_path, parts={"train": ["A001,Q4"], "test": ["A002,Q1"]})
    with pytest.raises(InputError, match=r"lacks tvt_70_15_15_validate_audio_complete\.csv"):
        read_songs("merge", tmp_path)


def test_merge_in_both_editions_at_once_is_an_error(tmp_path):
    write_merge(tmp_path)
    write_table(tmp_path / "merge_audio_balanced_metadata.csv", "Song,Quadrant", [])
    with pytest.raises(InputError, match=r"mood\.root: .*expected one"):
        read_songs("merge", tmp_path)


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


@pytest.mark.parametrize("layout", WRITERS)
def test_an_empty_root_names_the_key_and_what_it_should_be(tmp_path, layout):
    with pytest.raises(InputError, match=r"^mood\.root: .*expected") as error:
        read_songs(layout, tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("layout", WRITERS)
def test_a_missing_audio_folder_is_an_error(tmp_path, layout):
    WRITERS[layout](tmp_path)
    folder = next(path.parent for path in tmp_path.rglob("*.mp3"))
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(InputError, match=rf"^mood\.root: the folder .*{folder.name} cannot be"):
        read_songs(layout, tmp_path)


@pytest.mark.parametrize("layout", WRITERS)
def test_a_missing_column_is_named(tmp_path, layout):
    WRITERS[layout](tmp_path)
    path = Path(label_files(layout, tmp_path)[0])
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"found a, b; mood\.root should be") as error:
        read_songs(layout, tmp_path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("layout", WRITERS)
def test_label_files_exist_and_are_read(tmp_path, layout):
    WRITERS[layout](tmp_path)
    for file in label_files(layout, str(tmp_path)):
        content = Path(file).read_text()
        Path(file).write_text("")
        with pytest.raises(InputError, match=Path(file).name):
            read_songs(layout, tmp_path)
        Path(file).write_text(content)


def test_deam_has_two_label_files(tmp_path):
    assert label_files("deam", tmp_path) == [str(tmp_path / name) for name in DEAM_TABLES]


def test_the_layouts_are_those_that_the_schema_offers():
    assert LAYOUTS == ("manifest", "deam", "pmemo", "4q", "merge", "emotify")


@pytest.mark.parametrize("call", [label_files, read_songs])
def test_an_unknown_layout_names_the_key(tmp_path, call):
    with pytest.raises(InputError, match=r"^mood\.layout: found 'msd'; expected one of manifest"):
        call("msd", tmp_path)


def test_the_readers_import_the_standard_library_alone(tmp_path):
    """They run whenever the Snakefile is parsed."""
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant", ["a.wav,Q1"])
    code = f"""
import sys
sys.path.insert(0, "scripts")
import stemlens.moods.split, stemlens.moods.shards
from stemlens.moods.corpora import read_mood_songs
read_mood_songs("manifest", {str(path)!r}, valence_range=(0, 1), arousal_range=(0, 1), margin=0,
                emotify_quadrants={{}})
known = sys.stdlib_module_names | {{"stemlens", "__main__"}}
foreign = {{m.split(".")[0] for m in sys.modules}} - known
print(*sorted(m for m in foreign if getattr(sys.modules[m], "__file__", None)))
"""
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


def test_an_mp3_whose_name_is_not_utf8_is_refused_in_a_line_that_can_be_read(tmp_path):
    write_deam(tmp_path)
    (tmp_path / "MEMD_audio" / b"caf\xe9.mp3".decode(errors="surrogateescape")).touch()
    with pytest.raises(InputError, match=r"MEMD_audio: the name caf\\udce9\.mp3 is not UTF-8"):
        read_songs("deam", tmp_path)

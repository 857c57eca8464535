import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from mood_corpus_files import (
    DEAM_TABLES,
    FOUR_Q_TABLE,
    emotify_row,
    left_out,
    quadrants,
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

WRITERS = {
    "deam": write_deam,
    "pmemo": write_pmemo,
    "4q": write_four_q,
    "merge": write_merge,
    "emotify": write_emotify,
}


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


@pytest.mark.parametrize("inner", ["", "MER_audio_taffc_dataset"])
def test_4q_is_read_as_published(tmp_path, inner):
    write_four_q(tmp_path / inner)
    songs = read_songs("4q", tmp_path)
    assert quadrants(songs) == {"MT0000004637": "Q3", "MT0000011357": "Q2"}
    song = songs["MT0000004637"]
    assert (song.artist, song.valence, song.split) == ("Charlie Poole", None, None)
    assert song.file == str(tmp_path / inner / "Q3" / "MT0000004637.mp3")
    assert label_files("4q", tmp_path) == [str(tmp_path / inner / FOUR_Q_TABLE)]


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


@pytest.mark.parametrize(
    ("layout", "rows", "audio", "expected"),
    [
        (
            "deam",
            ["2, 3, 1, 3, 1", "3, , , ,"],
            ["3.mp3", "5.MP3", "6.wav", "._5.mp3", "2001.mp3"],
            {"2": "no audio file", "2001": "", "3": "no label", "5": "no label"},
        ),
        ("pmemo", ["1,0.4,0.6"], ["2.mp3"], {"1": "no audio file", "2": "no label"}),
        (
            "emotify",
            [emotify_row(1, "classical", "power")],
            ["rock/7.mp3", "rock/notes.txt"],
            {"1": "no audio file", "107": "no label"},
        ),
    ],
)
def test_songs_without_audio_or_label_are_left_out(tmp_path, layout, rows, audio, expected):
    WRITERS[layout](tmp_path, rows=rows, audio=audio)
    assert left_out(read_songs(layout, tmp_path)) == expected


def test_4q_leaves_out_songs_without_audio_or_label_or_in_the_folder_of_another_quadrant(tmp_path):
    rows = ['"A","Ann","T","Q1"', '"B","Bob","T",""', '"D","Dan","T","Q1"']
    songs = read_songs("4q", write_four_q(tmp_path, rows, ["Q2/B.mp3", "Q3/C.mp3", "Q2/D.mp3"]))
    assert left_out(songs) == {
        "A": "no audio file",
        "B": "no label",
        "C": "no label",
        "D": "label and folder name different quadrants",
    }
    assert quadrants(songs) == {"A": "Q1", "B": None, "C": None, "D": "Q1"}
    assert songs["A"].file == str(tmp_path / "Q1" / "A.mp3")


IN_4Q = {"rows": ['"A","Ann","T","Q1"'], "audio": ["Q1/A.mp3"]}


@pytest.mark.parametrize(
    ("layout", "files", "message"),
    [
        (
            "deam",
            {"rows": ["2, 3, 1, 3, 1", "2, 4, 1, 4, 1"]},
            r"songs_1_2000\.csv: song_id 2 occurs twice",
        ),
        (
            "deam",
            {"later_rows": ["2, 4, 1, 4, 1, 4, 1"]},
            r"songs_2000_2058\.csv, song_id 2: is also in another",
        ),
        (
            "deam",
            {"rows": ["2, 0.5, 1, 3, 1"]},
            r"song_id 2: valence 0\.5 .* expected 1 to 9",
        ),
        (
            "pmemo",
            {"rows": ["1,0.4,0.6", "1,0.4,0.6"]},
            r"static_annotations\.csv: musicId 1 occurs twice",
        ),
        ("4q", {**IN_4Q, "rows": 2 * IN_4Q["rows"]}, f"{FOUR_Q_TABLE}: Song A occurs twice"),
        ("4q", {**IN_4Q, "audio": ["Q1/A.mp3", "Q3/A.mp3"]}, "song A is in both Q1 and Q3"),
        ("4q", {**IN_4Q, "audio": ["Q1/A.mp3", "Q1/A.MP3"]}, "found two files for song A"),
        ("4q", {**IN_4Q, "rows": ['"A","Ann","T","Q0"']}, "Song A: found quadrant 'Q0'"),
        ("merge", {"rows": 2 * ["A001,Q4,,"]}, r"complete_metadata\.csv: Song A001 occurs twice"),
        (
            "merge",
            {"parts": {"train": ["A001,Q4"], "validate": ["A001,Q4"], "test": []}},
            r"validate_audio_complete\.csv: Song A001 .* another",
        ),
        (
            "merge",
            {"parts": {"train": ["A001,Q4"], "test": ["A002,Q1"]}},
            r"lacks tvt_70_15_15_validate_audio_complete\.csv",
        ),
        ("emotify", {"audio": ["pop/100.mp3", "pop/100.MP3"]}, "pop: found two files for song 100"),
        ("emotify", {"rows": [emotify_row(401, "pop")]}, "track id '401' of genre 'pop'"),
        ("emotify", {"rows": [emotify_row(101, "pop")]}, "track id '101' of genre 'pop'"),
        (
            "emotify",
            {"rows": [emotify_row(301, "pop").replace(",0", ",2", 1)]},
            "track id 301: found amazement '2'",
        ),
    ],
)
def test_a_song_that_occurs_twice_or_is_none_of_the_corpus_is_an_error(
    tmp_path, layout, files, message
):
    WRITERS[layout](tmp_path, **files)
    with pytest.raises(InputError, match=message):
        read_songs(layout, tmp_path)


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

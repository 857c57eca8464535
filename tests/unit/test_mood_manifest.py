import os
import unicodedata

import pytest
from corpus_files import touch
from mood_corpus_files import quadrants, read_songs, write_manifest
from stemlens.errors import InputError
from stemlens.moods.corpora import label_files
from stemlens.moods.shards import assign_shards
from stemlens.moods.split import assign_splits


def test_a_manifest_with_quadrants_is_read(tmp_path):
    path = write_manifest(
        tmp_path / "songs.csv",
        "file,quadrant,split,song,artist,tempo",
        ["a/one.wav,Q1,train,One,Ann,120", "two.flac,Q3,test,,,90"],
    )
    one, two = read_songs("manifest", path).values()
    assert (one.name, one.file) == ("a/one.wav", str(tmp_path / "a/one.wav"))
    assert (one.song, one.artist, one.split, one.quadrant) == ("One", "Ann", "train", "Q1")
    assert (two.name, two.file) == ("two.flac", str(tmp_path / "two.flac"))
    assert (two.song, two.artist, two.split, two.quadrant) == ("two.flac", None, "test", "Q3")
    for song in (one, two):
        assert (song.valence, song.arousal, song.left_out) == (None, None, "")


def test_a_manifest_with_ratings_is_read_on_the_stated_scales(tmp_path):
    path = write_manifest(tmp_path / "songs.csv", "file,valence,arousal", ["a.wav,4,0.3"])
    song = read_songs("manifest", path, valence_range=(1, 9), arousal_range=(0, 0.5))["a.wav"]
    assert (song.valence, song.arousal, song.quadrant) == (4, 0.3, "Q2")


def test_a_rating_within_the_margin_is_left_out_and_kept_as_published(tmp_path):
    path = write_manifest(tmp_path / "songs.csv", "file,valence,arousal", ["a.wav,0.05,0.9"])
    song = read_songs("manifest", path, margin=0.1)["a.wav"]
    assert (song.valence, song.arousal, song.quadrant) == (0.05, 0.9, None)
    assert song.left_out == "near the midpoint of valence or arousal"


def test_a_quadrant_goes_before_valence_and_arousal(tmp_path):
    path = write_manifest(
        tmp_path / "songs.csv",
        "file,quadrant,valence,arousal",
        ["a.wav,Q3,0.9,0.9", "b.wav,,0.9,0.9", "c.wav,Q2,70,"],
    )
    songs = read_songs("manifest", path)
    assert [song.quadrant for song in songs.values()] == ["Q3", "Q1", "Q2"]
    assert (songs["a.wav"].valence, songs["c.wav"].valence) == (0.9, 70)


@pytest.mark.parametrize(
    ("header", "cells"),
    [("quadrant", ""), ("valence,arousal", ","), ("valence,arousal", "0.3,"), ("quadrant", " ")],
)
def test_a_song_without_label_is_left_out(tmp_path, header, cells):
    path = write_manifest(tmp_path / "songs.csv", f"file,{header}", [f"a.wav,{cells}"])
    song = read_songs("manifest", path)["a.wav"]
    assert (song.quadrant, song.left_out) == (None, "no label")


def test_a_song_without_audio_is_left_out(tmp_path):
    rows = ["a.wav,Q1", "b.wav,Q2", "nowhere/c.wav,Q3", "d.wav,"]
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant", rows, audio=["a.wav"])
    songs = read_songs("manifest", path)
    reasons = ["", "no audio file", "no audio file", "no label"]
    assert [song.left_out for song in songs.values()] == reasons
    assert songs["b.wav"].quadrant == "Q2"


def test_a_folder_and_a_broken_link_are_no_audio(tmp_path):
    path = write_manifest(
        tmp_path / "songs.csv", "file,quadrant", ["a,Q1", "b.wav,Q1", "c.wav,Q1"], audio=["d.wav"]
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "b.wav").symlink_to("missing.wav")
    (tmp_path / "c.wav").symlink_to("d.wav")
    songs = read_songs("manifest", path)
    assert [song.left_out for song in songs.values()] == ["no audio file", "no audio file", ""]


def test_files_may_be_absolute_and_in_several_folders(tmp_path):
    elsewhere = tmp_path / "elsewhere" / "x.ogg"
    touch(tmp_path, ["elsewhere/x.ogg", "lists/a/y.wav", "z.wav"])
    path = write_manifest(
        tmp_path / "lists" / "songs.csv",
        "file,quadrant",
        [f"{elsewhere},Q1", "a/y.wav,Q2", "../z.wav,Q3"],
        audio=[],
    )
    songs = read_songs("manifest", path)
    assert [song.left_out for song in songs.values()] == ["", "", ""]
    assert list(songs) == ["elsewhere/x.ogg", "a/y.wav", "z.wav"]
    assert songs["elsewhere/x.ogg"].file == str(elsewhere)


def moved_twice(tmp_path, spelled):
    """The same songs, with their manifest and without, at two places."""
    found = []
    for place in ("mnt/first", "mnt2"):
        folder = tmp_path / place / "music"
        files = [f"{'ab'[n % 2]}/{n}.wav" for n in range(40)]
        touch(folder, files)
        places = {"elsewhere": tmp_path / "home", "above": tmp_path}
        manifest = places.get(spelled, folder) / "songs.csv"
        prefix = {"relative": "", "upwards": "../music/"}.get(spelled, f"{folder}/")
        rows = [f"{prefix}{file},Q{n % 4 + 1}" for n, file in enumerate(files)]
        write_manifest(manifest, "file,quadrant", rows, audio=[])
        found.append(list(read_songs("manifest", manifest).values()))
    return found


@pytest.mark.parametrize("spelled", ["relative", "upwards", "absolute", "elsewhere", "above"])
def test_names_splits_and_shards_stay_when_a_corpus_is_moved(tmp_path, spelled):
    here, there = moved_twice(tmp_path, spelled)
    assert [song.file for song in here] != [song.file for song in there]
    assert [song.name for song in here] == [song.name for song in there]
    assert [song.group for song in here] == [song.group for song in there]
    splits = [assign_splits(songs, test_share=0.25, seed=0) for songs in (here, there)]
    assert splits[0] == splits[1]
    shards = [assign_shards(split, songs_per_shard=5) for split in splits]
    assert shards[0] == shards[1]
    assert not any(song.left_out for song in (*here, *there))


def test_a_name_does_not_hang_on_how_the_way_to_it_is_spelled(tmp_path):
    touch(tmp_path, ["a/1.wav", "b/2.wav", "c/3.wav"])
    rows = [f"{tmp_path}/b/../a/1.wav,Q1", "./b/2.wav,Q2", f"{tmp_path}//c/3.wav,Q3"]
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant", rows, audio=[])
    assert list(read_songs("manifest", path)) == ["a/1.wav", "b/2.wav", "c/3.wav"]


def test_files_here_and_elsewhere_that_would_have_one_name_are_refused(tmp_path):
    touch(tmp_path, ["here/1.wav", "there/1.wav"])
    rows = ["1.wav,Q1", f"{tmp_path}/there/1.wav,Q2"]
    path = write_manifest(tmp_path / "here/songs.csv", "file,quadrant", rows, audio=[])
    with pytest.raises(InputError, match=r"there/1\.wav: would be called 1\.wav .*, like 1\.wav;"):
        read_songs("manifest", path)


def test_quotes_around_whole_cells_are_read_as_csv_has_them(tmp_path):
    name = 'He said "hi", then left.wav'
    touch(tmp_path, [name, "b.wav"])
    text = 'file,quadrant,tempo,\n"He said ""hi"", then left.wav" ,"Q1",,\r\nb.wav,Q2,"",,,\r'
    (tmp_path / "songs.csv").write_bytes(text.encode())
    songs = read_songs("manifest", tmp_path / "songs.csv")
    assert quadrants(songs) == {name: "Q1", "b.wav": "Q2"}


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_byte_order_mark_blanks_and_empty_rows_do_not_matter(tmp_path, start):
    touch(tmp_path, ["Zoë, live.wav"])
    (tmp_path / "songs.csv").write_bytes(
        f'{start}quadrant , file\r\n Q4 , "Zoë, live.wav" \r\n\r\n , \r\n'.encode()
    )
    song = read_songs("manifest", tmp_path / "songs.csv")["Zoë, live.wav"]
    assert (song.quadrant, song.left_out) == ("Q4", "")


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("quadrant", ["Q1"], "column file"),
        ("file,valence", ["a.wav,1"], "contain no labels"),
        ("file,quadrant,quadrant", ["a.wav,Q1,Q5"], "quadrant occurs twice"),
        ("file,quadrant", ["a.wav,Q5"], "a.wav: found quadrant 'Q5'"),
        ("file,quadrant", ["a.wav,q1"], "a.wav: found quadrant 'q1'"),
        ("file,valence,arousal", ["a.wav,high,0"], "a.wav: valence: found 'high'"),
        ("file,valence,arousal", ["a.wav,0,nan"], "a.wav: arousal: found 'nan'"),
        # Python alone takes these for numbers.
        *[
            (
                "file,valence,arousal",
                [f"a.wav,{valence},0.3"],
                rf"a\.wav: valence: found '{valence}'; expected a number",
            )
            for valence in ("0_1", "0_0.5", "٠.٥", "０.5")
        ],
        ("file,valence,arousal", ["a.wav,0.5,1.5"], "a.wav: arousal 1.5 .* expected -1 to 1"),
        ("file,valence,arousal", ["a.wav,-2,0"], "a.wav: valence -2 .* expected -1 to 1"),
        ("file,quadrant,split", ["a.wav,Q1,dev"], "a.wav: found split 'dev'"),
        ("file,quadrant", ["a.wav,Q1", "a.wav,Q1"], "file a.wav occurs twice"),
        ("file,quadrant", ["a.wav,Q1", "./a.wav,Q1"], "same file as a.wav"),
        ("file,quadrant", [",Q1"], "has no file"),
        ("file,quadrant", ["a, b.wav,Q1"], "longer than the header"),
        ("file,quadrant", [], "holds no song"),
        ("file,quadrant", ["a.wav\0,Q1"], "line 2: contains a NUL character"),
        # Each of these rows loses a song or a label to one reader of CSV or another.
        ("file,quadrant", ['"a.wav,Q1', 'b.wav",Q2'], "line 2: ambiguous quotes"),
        ("file,quadrant", ["a.wav,Q1", '"b.wav,Q2'], "line 3: ambiguous quotes"),
        ("file,quadrant", ['"a" b.wav,Q1'], "line 2: ambiguous quotes"),
        ("file,artist,quadrant", ['a "b, c".wav,Q1'], "line 2: ambiguous quotes"),
        ("file,quadrant", ['12" mix.wav,Q1'], "line 2: ambiguous quotes"),
        ("file,quadrant", [r'"a \"b\".wav",Q1'], "line 2: ambiguous quotes"),
        ("file,artist,quadrant", ["a.wav,Q1"], "shorter than the header; expected 3 cells"),
        ("file,quadrant", ["a.wav;Q1"], "shorter than the header; expected 2 cells with commas"),
        (
            "file;quadrant",
            ["a.wav;Q1"],
            "the column file, with commas between columns, found file;",
        ),
        ("file,quadrant,tempo,tempo", ["a.wav,Q1,9,8"], "the column tempo occurs twice"),
        (
            "file,quadrant,song,artist",
            ["a.wav,Q1,One,Ann", "b.wav,Q1,One,"],
            "song One has the artist Ann in one row and none in another",
        ),
        (
            "file,quadrant,split,artist",
            ["a.wav,Q1,train,Ann", "b.wav,Q2,test,Ann"],
            "artist Ann is in both train and test",
        ),
        (
            "file,quadrant,split,artist",
            ["a.wav,Q1,train,Zoë  Ann", "b.wav,Q2,test,ZOE\u0308 ANN"],
            "artist ZOË ANN is in both train and test",
        ),
        (
            "file,quadrant,split,song",
            ["a.wav,Q1,test,One", "b.wav,Q2,train,One"],
            "song One is in both train and test",
        ),
    ],
)
def test_a_wrong_manifest_is_an_error_in_one_line(tmp_path, header, rows, message):
    path = write_manifest(tmp_path / "songs.csv", header, rows, audio=[])
    with pytest.raises(InputError, match=message) as error:
        read_songs("manifest", path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "rows",
    [
        ["a.wav,Q1,train,Hurt,Ann", "b.wav,Q2,test,Hurt,Bob"],
        ["a.wav,Q1,train,Ann,", "b.wav,Q2,test,Two,Ann"],
    ],
    ids=["songs of one name by two artists", "a song named like an artist"],
)
def test_what_has_one_name_and_is_not_the_same_may_be_in_both_splits(tmp_path, rows):
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant,split,song,artist", rows)
    assert [song.split for song in read_songs("manifest", path).values()] == ["train", "test"]


def test_a_missing_manifest_names_the_key(tmp_path):
    with pytest.raises(InputError, match=r"^mood\.root: .*songs\.csv cannot be read"):
        read_songs("manifest", tmp_path / "songs.csv")


def test_a_manifest_in_another_encoding_is_an_error(tmp_path):
    (tmp_path / "songs.csv").write_bytes("file,quadrant\nZoë.wav,Q1\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_songs("manifest", tmp_path / "songs.csv")


def test_the_manifest_is_its_own_label_file(tmp_path):
    assert label_files("manifest", tmp_path / "songs.csv") == [str(tmp_path / "songs.csv")]


@pytest.mark.parametrize("other", ["{folder}/a.wav", "link/a.wav", "link.wav"])
@pytest.mark.parametrize("root", ["songs.csv", "./songs.csv", "../corpus/songs.csv"])
def test_a_file_twice_is_found_however_it_and_the_manifest_are_addressed(
    tmp_path, monkeypatch, root, other
):
    folder = tmp_path / "corpus"
    rows = ["a.wav,Q1", f"{other.format(folder=folder)},Q1"]
    write_manifest(folder / "songs.csv", "file,quadrant", rows, audio=["a.wav"])
    (folder / "link").symlink_to(folder)
    (folder / "link.wav").symlink_to("a.wav")
    monkeypatch.chdir(folder)
    with pytest.raises(
        InputError, match=r"a\.wav: is the same file as a\.wav|link\.wav: is the same"
    ):
        read_songs("manifest", root)


@pytest.mark.parametrize(("in_table", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_files_and_folders_are_found_in_either_form_of_unicode(tmp_path, in_table, on_disk):
    name = unicodedata.normalize(in_table, "Motörhead/Zoë.wav")
    file = unicodedata.normalize(on_disk, "Motörhead/Zoë.wav")
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant", [f"{name},Q1"], audio=[file])
    (song,) = read_songs("manifest", path).values()
    assert (song.name, song.left_out) == (unicodedata.normalize("NFC", name), "")
    assert song.file == str(tmp_path / file)


def test_files_that_differ_in_their_form_of_unicode_alone_are_an_error(tmp_path):
    files = [unicodedata.normalize(form, "Zoë.wav") for form in ("NFC", "NFD")]
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant", ["Zoë.wav,Q1"], audio=files)
    with pytest.raises(InputError, match=r"Zo.*\.wav: the name of another file differs only in"):
        read_songs("manifest", path)


def test_each_folder_is_listed_once(tmp_path, monkeypatch):
    rows = [f"{folder}/{n}.wav,Q1" for n in range(20) for folder in ("a", "b")]
    path = write_manifest(tmp_path / "songs.csv", "file,quadrant", rows)
    listed = []

    def scandir(folder, original=os.scandir):
        listed.append(str(folder))
        return original(folder)

    monkeypatch.setattr("os.scandir", scandir)
    songs = read_songs("manifest", path)
    monkeypatch.undo()
    assert {song.left_out for song in songs.values()} == {""}
    assert sorted(listed) == [str(tmp_path / "a"), str(tmp_path / "b")]

"""Corpora of one's own, in folders or in a table, and their splits."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from corpus_files import DATA, needs_real_songs, touch
from layout_files import RATE_HZ, classes, run_songs, tone, write_audio
from stemlens.audio.segments import SegmentSettings, candidate_segments
from stemlens.corpora.multitrack import Multitrack
from stemlens.corpora.song_splits import with_splits
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError

WANTED = classes(drums=["*kick*", "*snare*"], bass=["*bass*"])
IN_TABLES = classes(drums=["kick"], bass=["*bass"])
STEMS = ("Kick.wav", "Snare.flac", "fx/Sub Bass.m4a")


def write_songs(root: Path, *songs: str) -> None:
    touch(root, [f"{song}/{stem}" for song in songs for stem in STEMS])


def splits(root: Path, layout: str = "folders", **corpus: object) -> dict[str, str]:
    wanted = IN_TABLES if layout == "csv" else WANTED
    songs, _ = run_songs(root, layout, classes=wanted, **corpus)
    return {song.name: song.split for song in songs}


def test_folders_named_after_splits_are_the_splits(tmp_path: Path) -> None:
    write_songs(tmp_path, "train/A", "train/B", "test/C")
    touch(tmp_path, ["train/A/notes.txt", "train/A/.Kick.wav", "train/Empty/notes.txt"])
    songs, notices = run_songs(tmp_path, "folders", classes=WANTED)
    assert {song.name: song.split for song in songs} == {"A": "train", "B": "train", "C": "test"}
    assert songs[0].stems == {
        "drums": ("Kick.wav", "Snare.flac"),
        "bass": ("fx/Sub Bass.m4a",),
    }
    assert [*songs[0].files] == [f"train/A/{stem}" for stem in STEMS]
    assert notices == ["corpus.root: left out, since they hold no audio files: train/Empty"]


def test_songs_lie_where_the_setting_says_and_artists_stay_together(tmp_path: Path) -> None:
    names = [f"{artist}/{album}/{artist}{i}" for artist in "ABCD" for album in "XY" for i in "12"]
    names = [f"{name}{number}" for number, name in enumerate(names)]
    write_songs(tmp_path, *names)
    songs, _ = run_songs(tmp_path, "folders", classes=WANTED, song_folders="{artist}/*/{song}")
    assert Counter(song.artist for song in songs) == dict.fromkeys("ABCD", 4)
    of_artist = {(song.artist, song.split) for song in songs}
    assert Counter(split for _, split in of_artist) == {"train": 3, "test": 1}
    songs, _ = run_songs(tmp_path, "folders", classes=WANTED, song_folders="A/X/{song}")
    assert len(songs) == 2


@pytest.mark.parametrize("template", ["{artist}", "{song}/{song}", "{title}/{song}", "*"])
def test_a_setting_that_does_not_say_what_a_song_is_is_refused(
    tmp_path: Path, template: str
) -> None:
    write_songs(tmp_path, "A/B")
    with pytest.raises(InputError, match=r"^corpus\.song_folders: found .*; expected a path with"):
        splits(tmp_path, song_folders=template)


def test_a_folder_in_place_of_a_split_and_two_songs_of_one_name_are_refused(tmp_path: Path) -> None:
    write_songs(tmp_path, "dev/A", "train/B", "test/C")
    with pytest.raises(InputError, match=r"found the folder \S*/dev where .*expected train or te"):
        splits(tmp_path, song_folders="{split}/{song}")
    write_songs(tmp_path / "twice", "Ann/One", "Bea/One")
    with pytest.raises(InputError, match=r"Bea/One: the song is called One, like \S*Ann/One"):
        splits(tmp_path / "twice", song_folders="{artist}/{song}")


def test_a_setting_that_matches_no_song_is_refused_with_what_is_there(tmp_path: Path) -> None:
    write_songs(tmp_path, "Studio A/One", "Studio B/Two")
    touch(tmp_path, ["Notes/Ideas/todo.txt"])
    there = "found the folders Notes, Studio A, Studio B there"
    for template in ("studio*/{song}", "Notes/{song}", "{artist}/*/*/*/{song}"):
        with pytest.raises(InputError, match=there) as raised:
            splits(tmp_path, song_folders=template)
        assert str(raised.value).startswith("corpus.song_folders: no folder that matches")
        assert "\n" not in str(raised.value)


def write_table(root: Path, text: str) -> Path:
    for number in range(1, 5):
        write_audio(root / f"audio/{number}.flac", tone(100 * number))
    (root / "corpus.csv").write_text(text, "utf-8")
    return root / "corpus.csv"


TABLE = """\
song,split,class,file,artist
One,train,kick,audio/1.flac,Ann
One,train,kick,audio/2.flac,Ann
One,train,sub bass,audio/3.flac,Ann
Two,test,kick,audio/3.flac,
Two,test,sub bass,{root}/audio/4.flac,
"""


def test_a_table_lists_songs_and_files_anywhere(tmp_path: Path) -> None:
    table = write_table(tmp_path, TABLE.replace("{root}", str(tmp_path)))
    songs, _ = run_songs(table, "csv", classes=IN_TABLES)
    assert [(song.name, song.split, song.artist) for song in songs] == [
        ("One", "train", "Ann"),
        ("Two", "test", ""),
    ]
    read = [read_classes(song.path, song.stems, sample_rate_hz=RATE_HZ) for song in songs]
    np.testing.assert_allclose(read[0], [tone(100) + tone(200), tone(300)], atol=1e-4)
    np.testing.assert_allclose(read[1], [tone(300), tone(400)], atol=1e-4)
    assert [*songs[1].files] == ["audio/3.flac", "audio/4.flac"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("song,split", "title,split", r"corpus\.csv: expected the column song.*corpus\.root sho"),
        (",class,", ",stem,", r"corpus\.csv: expected the column class"),
        ("song,split", "song,splits", r"corpus\.csv: found the column splits; expected .*rename"),
        (",artist\n", ",Artist\n", r"corpus\.csv: found the column Artist; expected .*and artist"),
        ("audio/1.flac", "audio/9.flac", r"audio/9\.flac of the song One is not there"),
        ("Two,test,kick", "Two,dev,kick", r"audio/3\.flac: found split 'dev'; expected train or"),
        ("One,train,kick,audio/2", "One,,kick,audio/2", "have a split and One has none"),
        ("audio/2.flac,Ann", "audio/2.flac,Bea", r"the song One has the artists Ann, Bea"),
        ("audio/2.flac", "audio/1.flac", r"audio/1\.flac is listed twice for the song One"),
        ("kick,audio/2.flac", ",audio/2.flac", r"the row .* has no class; fill it in"),
        ("sub bass,audio/3", "gong,audio/3", r"the song One has no stem of the class bass"),
    ],
)  # fmt: skip
def test_a_table_that_is_wrong_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in TABLE
    text = TABLE.replace(old, new).replace("{root}", str(tmp_path))
    with pytest.raises(InputError, match=message) as raised:
        splits(write_table(tmp_path, text), "csv")
    assert "\n" not in str(raised.value)


def test_a_tables_labels_alone_say_what_a_file_is(tmp_path: Path) -> None:
    text = "song,split,class,file\n" + "".join(
        f"{split},{split},kick,audio/1.flac\n{split},{split},bass,audio/2.flac\n"
        for split in ("train", "test")
    )
    table = write_table(tmp_path, text)
    with pytest.raises(InputError, match=r"no song has the stem '1'; found bass, kick"):
        run_songs(table, "csv", classes=classes(drums=["1"], bass=["bass"]))


def test_a_song_of_a_table_never_gets_a_file_that_its_rows_do_not_list(tmp_path: Path) -> None:
    write_audio(tmp_path / "sub bass.wav")
    text = TABLE.replace("{root}", str(tmp_path)) + "Three,train,kick,audio/4.flac,\n"
    wanted = classes(drums={"stem": "kick"}, bass={"stem": "sub bass"})
    table = write_table(tmp_path, text)
    songs, notices = run_songs(table, "csv", classes=wanted, broken_songs="skip")
    assert [song.name for song in songs] == ["One", "Two"]
    assert notices == ["corpus.classes: left out, since they lack stems: Three (bass)"]


def test_a_table_without_splits_gets_them_from_the_setting(tmp_path: Path) -> None:
    rows = [f"Song {n},{stem},audio/{n}.flac" for n in range(1, 5) for stem in ("kick", "bass")]
    rows = [row.replace("bass,audio/", "bass,./audio/") for row in rows]
    table = write_table(tmp_path, "\n".join(["song,class,file", *rows]))
    found = splits(table, "csv", split={"test_share": 0.5, "seed": 1})
    assert sorted(found.values()) == ["test", "test", "train", "train"]
    assert found == splits(table, "csv", split={"test_share": 0.5, "seed": 1})


def multitracks(n_songs: int, n_artists: int) -> list[Multitrack]:
    return [
        Multitrack(f"{n}", f"/{n}", (), artist=f"Artist {n % n_artists}") for n in range(n_songs)
    ]


def test_a_split_depends_on_the_seed_alone_and_one_artist_more_moves_few_songs() -> None:
    songs = multitracks(400, 80)
    settings = {"test_share": 0.25, "by": "artist"}

    def chosen(songs: list[Multitrack], seed: int) -> set[str]:
        return {s.name for s in with_splits(songs, seed=seed, **settings) if s.split == "test"}

    assert len(chosen(songs, 0)) == 100
    assert chosen(songs, 0) == chosen(songs[::-1], 0) != chosen(songs, 1)
    more = [*songs, *(Multitrack(f"new {n}", "", (), artist="New") for n in range(5))]
    assert len(chosen(songs, 0) ^ chosen(more, 0)) <= 20


def test_songs_of_one_artist_are_divided_only_where_that_is_wanted() -> None:
    with pytest.raises(InputError, match=r"^corpus\.split: all songs are by one artist, Artist 0"):
        with_splits(multitracks(4, 1), test_share=0.5, seed=0, by="artist")
    songs = with_splits(multitracks(4, 1), test_share=0.5, seed=0, by="song")
    assert Counter(song.split for song in songs) == {"train": 2, "test": 2}


@needs_real_songs
def test_songs_in_aac_of_two_rates_give_the_segments_that_librosa_counts(tmp_path: Path) -> None:
    for song in ("1.Hydrogen", "5.Rubidium"):
        (tmp_path / song).symlink_to(Path(str(DATA)) / "everything-is-free" / song)
    wanted = classes(
        vocals=["*vox*"], drums=["*drums*", "*_hh_*", "*_build_mobile"], synths={"rest": True}
    )
    songs, _ = run_songs(tmp_path, "folders", classes=wanted, outside_files="read")
    settings = SegmentSettings(22_050, 10, 5, 2048, 512)
    counts = {}
    for song in songs:
        stems = read_classes(song.path, song.stems, sample_rate_hz=22_050, unequal_lengths="pad")
        (rows,) = candidate_segments(stems, [*song.stems], [-60], settings)
        counts[song.name] = sum(row["kept"] for row in rows), len(rows)
    assert counts == {"1.Hydrogen": (8, 31), "5.Rubidium": (10, 27)}


def test_what_classes_leave_out_moves_no_song_to_the_other_split(tmp_path: Path) -> None:
    for n in range(24):
        touch(tmp_path / f"Song {n}", ["kick.wav", *(["bass.wav"] if n % 2 else ["pad.wav"])])
    by_class = {}
    for stem in ("bass", "pad", "kick"):
        wanted = classes(a=[stem], b={"rest": True})
        songs, _ = run_songs(tmp_path, "folders", classes=wanted, broken_songs="skip")
        by_class[stem] = {song.name: song.split for song in songs}
    assert [len(found) for found in by_class.values()] == [12, 12, 24]
    assert by_class["kick"] == by_class["bass"] | by_class["pad"]


def test_folders_that_do_not_name_artists_are_said_to_be_divided_one_by_one(tmp_path: Path) -> None:
    write_songs(tmp_path, "A", "B", "C", "D")
    _, notices = run_songs(tmp_path, "folders", classes=WANTED)
    assert any("no artist is known; songs are divided one by one" in line for line in notices)
    _, notices = run_songs(tmp_path, "folders", classes=WANTED, split={"by": "song"})
    assert notices == []
    write_songs(tmp_path / "by artist", "A/1", "B/2")
    _, notices = run_songs(
        tmp_path / "by artist", "folders", classes=WANTED, song_folders="{artist}/{song}"
    )
    assert notices == []


def test_what_is_called_like_a_mixture_and_only_the_rest_is_named(tmp_path: Path) -> None:
    touch(tmp_path, [f"{split}/A/{stem}" for split in ("train", "test") for stem in MIXED])
    with_rest = [*classes(drums=["kick"]), {"name": "rest", "rest": True}]
    _, notices = run_songs(tmp_path, "folders", classes=with_rest)
    assert notices == [
        "corpus.classes: Full Mix in a class with rest: true; if these are mixtures of other stems,"
        " add them to corpus.ignored_stems"
    ]
    _, notices = run_songs(tmp_path, "folders", classes=with_rest, ignored_stems=["*mix*"])
    assert notices == []


MIXED = ("Kick.wav", "Piano.wav", "Full Mix.wav")

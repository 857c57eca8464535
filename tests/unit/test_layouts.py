"""Corpora as published: MedleyDB, MoisesDB and Slakh2100."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from corpus_files import needs_real_songs
from layout_files import (
    MDB_DRUMS,
    RATE_HZ,
    classes,
    run_songs,
    tone,
    write_mdb_drums,
    write_medleydb_song,
    write_moisesdb_song,
    write_slakh_track,
)
from stemlens.audio.segments import SegmentSettings, candidate_segments
from stemlens.corpora.songs import Song
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError
from stemlens.workflow.corpus import corpus_root

BY_INSTRUMENT = classes(
    drums={"instruments": ["Drum *"]},
    voices={"instruments": ["*singer"]},
)


def read(song: Song) -> np.ndarray:
    return read_classes(song.path, song.stems, sample_rate_hz=RATE_HZ)


def tones(*hz: float) -> np.ndarray:
    return np.sum([tone(f) for f in hz], axis=0)


def by_name(songs: list[Song]) -> dict[str, Song]:
    return {song.name: song for song in songs}


def write_medleydb(root: Path, **options: Any) -> None:
    write_medleydb_song(root, "Ann_One", ["drum set", "male singer", "female singer"], **options)
    write_medleydb_song(root, "Bea_Two", ["male singer", "tuba", "drum set"], **options)
    write_medleydb_song(root, "Cid_Three", ["drum set", "tuba"], **options)


def test_medleydbs_instruments_make_classes_that_are_summed(tmp_path: Path) -> None:
    write_medleydb(tmp_path)
    songs, notices = run_songs(tmp_path, "medleydb", classes=BY_INSTRUMENT)
    found = by_name(songs)
    assert {name: song.artist for name, song in found.items()} == {
        "Ann_One": "Ann",
        "Bea_Two": "Bea",
        "Cid_Three": "Cid",
    }
    np.testing.assert_allclose(read(found["Ann_One"])[1], tones(200, 300), atol=1e-4)
    np.testing.assert_allclose(read(found["Bea_Two"]), [tones(300), tones(100)], atol=1e-4)
    np.testing.assert_array_equal(read(found["Cid_Three"])[1], 0)
    assert [*found["Bea_Two"].files] == [
        "Bea_Two/Bea_Two_STEMS/Bea_Two_STEM_03.wav",
        "Bea_Two/Bea_Two_STEMS/Bea_Two_STEM_01.wav",
    ]
    assert notices == [
        "corpus.classes: left out, since no class takes them: 2 stems, called tuba",
    ]


@pytest.mark.parametrize("place", ["", "Audio", "V1"])
@pytest.mark.parametrize("metadata", ["beside", "in the corpus", "elsewhere"])
def test_medleydb_is_found_wherever_audio_and_metadata_lie(
    tmp_path: Path, place: str, metadata: str
) -> None:
    root = tmp_path / "corpus"
    folders = {"beside": None, "in the corpus": root / "Metadata", "elsewhere": tmp_path / "meta"}
    write_medleydb(root / place, metadata=folders[metadata])
    setting = str(folders[metadata]) if metadata == "elsewhere" else None
    songs, _ = run_songs(root, "medleydb", classes=BY_INSTRUMENT, metadata=setting)
    assert {*by_name(songs)} == {"Ann_One", "Bea_Two", "Cid_Three"}


def test_a_song_without_stems_has_its_raw_tracks(tmp_path: Path) -> None:
    """As most songs of MDB Drums."""
    write_medleydb_song(tmp_path, "Ann_One", ["drum set", "male singer"])
    raw = [["drum set", "male singer"], "tuba"]
    write_medleydb_song(tmp_path, "Bea_Two", raw, has_stems=False)
    songs, notices = run_songs(tmp_path, "medleydb", classes=BY_INSTRUMENT)
    assert by_name(songs)["Bea_Two"].stems == {
        "drums": ("Bea_Two_RAW/Bea_Two_RAW_01_01.wav",),
        "voices": ("Bea_Two_RAW/Bea_Two_RAW_01_02.wav",),
    }
    assert notices[0] == "corpus.root: no stems, so raw tracks are used: Bea_Two"


@pytest.mark.parametrize("bleed", ["keep", "leave_out"])
def test_songs_with_bleed_are_named_and_left_out_where_that_is_wanted(
    tmp_path: Path, bleed: str
) -> None:
    write_medleydb(tmp_path)
    write_medleydb_song(tmp_path, "Dee_Four", ["drum set"], has_bleed="yes")
    songs, notices = run_songs(tmp_path, "medleydb", classes=BY_INSTRUMENT, bleed=bleed)
    assert ("Dee_Four" in by_name(songs)) == (bleed == "keep")
    assert all(song.has_bleed == (song.name == "Dee_Four") for song in songs)
    assert "have bleed: Dee_Four" in notices[0]


def change_metadata(root: Path, key: str) -> None:
    file = root / "Ann_One/Ann_One_METADATA.yaml"
    about = yaml.safe_load(file.read_text("utf-8"))
    holder = about if key == "stems" else about["stems"]["S01"]
    del holder[key]
    file.write_text(yaml.safe_dump(about), "utf-8")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("stems", r"Ann_One_METADATA\.yaml: the key stems is missing"),
        ("filename", r"Ann_One_METADATA\.yaml: stems\.S01: the key filename is missing"),
        ("instrument", r"Ann_One_METADATA\.yaml: stems\.S01: the key instrument is missing"),
        ("file", r"Ann_One: Ann_One_STEMS/Ann_One_STEM_01\.wav, listed in Ann_One_METADATA\.yaml"),
        ("metadata", r"Ann_One: there is no Ann_One_METADATA\.yaml in .*set corpus\.metadata"),
    ],
)
def test_an_incomplete_song_of_medleydb_is_refused_or_left_out_in_one_line(
    tmp_path: Path, broken: str, message: str
) -> None:
    write_medleydb(tmp_path)
    if broken == "file":
        (tmp_path / "Ann_One/Ann_One_STEMS/Ann_One_STEM_01.wav").unlink()
    elif broken == "metadata":
        (tmp_path / "Ann_One/Ann_One_METADATA.yaml").unlink()
    else:
        change_metadata(tmp_path, broken)
    with pytest.raises(InputError, match=message) as raised:
        run_songs(tmp_path, "medleydb", classes=BY_INSTRUMENT)
    assert "\n" not in str(raised.value)
    songs, notices = run_songs(
        tmp_path, "medleydb", classes=BY_INSTRUMENT, broken_songs="skip", missing="silence"
    )
    assert {*by_name(songs)} == {"Bea_Two", "Cid_Three"}
    assert notices[0].startswith("corpus.root: left out, since they are incomplete: ")


@needs_real_songs
def test_the_music_delta_songs_in_medleydbs_form_give_as_many_segments_as_in_musdb18s(
    tmp_path: Path,
) -> None:
    write_mdb_drums(tmp_path)
    wanted = {
        name: {"instruments": [instrument]}
        for name, instrument in zip(
            ["drums", "bass", "rest", "vocals"],
            ["drum set", "*bass", "*guitar", "*singer"],
            strict=True,
        )
    }
    with pytest.raises(InputError, match=r"corpus\.split: all songs are by one artist, MusicDelta"):
        run_songs(tmp_path, "medleydb", classes=classes(**wanted))
    songs, _ = run_songs(tmp_path, "medleydb", classes=classes(**wanted), split={"by": "song"})
    settings = SegmentSettings(22_050, 10, 5, 2048, 512)
    counts = {}
    for song in songs:
        stems = read_classes(song.path, song.stems, sample_rate_hz=22_050)
        (rows,) = candidate_segments(stems, [*song.stems], [-60], settings)
        counts[song.name.removeprefix("MusicDelta_")] = sum(row["kept"] for row in rows)
    assert counts == {name: n_segments for name, (_, n_segments) in MDB_DRUMS.items()}


def write_moisesdb(root: Path) -> None:
    drums = ["kick_drum", "full_acoustic_drumkit"]
    write_moisesdb_song(root, "u1", "Ann", "One", {"drums": drums, "vocals": ["lead_male_singer"]})
    write_moisesdb_song(root, "u2", "Bea", "Two", {"bass": ["bass_guitar"], "drums": drums[:1]})
    singers = ["lead_male_singer", "background_vocals"]
    write_moisesdb_song(
        root, "u3", "Bea", "Six", {"vocals": singers, "drums": drums}, bleeding="kick_drum"
    )


def test_moisesdbs_stems_are_the_sums_of_their_tracks(tmp_path: Path) -> None:
    write_moisesdb(tmp_path)
    wanted = classes(drums={"stem": "drums"}, voices={"instruments": ["*singer"]})
    songs, notices = run_songs(tmp_path, "moisesdb", classes=wanted)
    found = by_name(songs)
    assert {name: song.artist for name, song in found.items()} == {
        "Ann - One": "Ann",
        "Bea - Two": "Bea",
        "Bea - Six": "Bea",
    }
    np.testing.assert_allclose(read(found["Ann - One"]), [tones(100, 200), tones(300)], atol=1e-4)
    np.testing.assert_allclose(read(found["Bea - Two"]), [tones(200), np.zeros(RATE_HZ)], atol=1e-4)
    np.testing.assert_allclose(read(found["Bea - Six"]), [tones(300, 400), tones(100)], atol=1e-4)
    assert found["Bea - Two"].split == found["Bea - Six"].split != found["Ann - One"].split
    assert found["Bea - Six"].has_bleed
    assert notices[-1].endswith("2 stems, called bass/bass_guitar, vocals/background_vocals")


def test_songs_of_moisesdb_that_share_artist_and_title_keep_apart(tmp_path: Path) -> None:
    for uuid, artist in (("u1", "Ann"), ("u2", "Ann"), ("u3", "Bea")):
        write_moisesdb_song(tmp_path, uuid, artist, "One", {"drums": ["kick_drum"], "bass": ["b"]})
    wanted = classes(drums={"stem": "drums"}, bass={"stem": "bass"})
    songs, _ = run_songs(tmp_path, "moisesdb", classes=wanted)
    assert {*by_name(songs)} == {"Ann - One (u1)", "Ann - One (u2)", "Bea - One"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"data\.json: cannot be read as JSON"),
        ('{"song": "One", "artist": "Ann"}', r"data\.json: the key stems is missing"),
        ('{"song": "One", "artist": "Ann", "stems": [1]}', r"data\.json: is not MoisesDB's"),
        (
            '{"song": "One", "artist": "A", "stems": [{"stemName": "bass", "tracks":'
            ' [{"id": "x", "extension": "wav", "trackType": "bass_guitar"}]}]}',
            r"u1: bass/x\.wav, listed in data\.json, is not there",
        ),
    ],
)
def test_a_broken_description_of_moisesdb_is_refused_in_one_line(
    tmp_path: Path, content: str, message: str
) -> None:
    write_moisesdb(tmp_path)
    (tmp_path / "moisesdb_v0.1/u1/data.json").write_text(content, "utf-8")
    wanted = classes(drums={"stem": "drums"}, voices={"instruments": ["*singer"]})
    with pytest.raises(InputError, match=message) as raised:
        run_songs(tmp_path, "moisesdb", classes=wanted)
    assert "\n" not in str(raised.value)


SLAKH = [("Guitar", "Distortion Guitar"), ("Drums", "Drums"), ("Guitar", "Jazz Guitar")]
GUITAR_AND_DRUMS = classes(guitar={"instruments": ["guitar"]}, drums={"instruments": ["Drums"]})


def write_slakh(root: Path) -> None:
    for number, split in enumerate(["train", "validation", "test", "omitted"], start=1):
        write_slakh_track(root / split / f"Track{number:05d}", SLAKH)


@pytest.mark.parametrize(
    ("validation", "expected"),
    [
        ("train", {"Track00001": "train", "Track00002": "train", "Track00003": "test"}),
        ("test", {"Track00001": "train", "Track00002": "test", "Track00003": "test"}),
        ("leave_out", {"Track00001": "train", "Track00003": "test"}),
    ],
)
def test_slakhs_splits_are_kept_and_its_validation_split_joins_one(
    tmp_path: Path, validation: str, expected: dict[str, str]
) -> None:
    write_slakh(tmp_path)
    songs, notices = run_songs(
        tmp_path, "slakh2100", classes=GUITAR_AND_DRUMS, split={"validation": validation}
    )
    assert {song.name: song.split for song in songs} == expected
    assert notices == [
        "corpus.root: left out, since they repeat others: the tracks of omitted/",
    ]
    np.testing.assert_allclose(read(songs[0]), [tones(100, 300), tones(200)], atol=1e-4)


def test_babyslakh_has_wav_files_and_no_splits(tmp_path: Path) -> None:
    for number in range(1, 5):
        write_slakh_track(tmp_path / f"Track{number:05d}", SLAKH, suffix=".wav")
    songs, _ = run_songs(tmp_path, "slakh2100", classes=GUITAR_AND_DRUMS)
    assert sorted(song.split for song in songs) == ["test", "train", "train", "train"]


def test_stems_of_slakh_that_were_not_rendered_are_none(tmp_path: Path) -> None:
    write_slakh(tmp_path)
    write_slakh_track(tmp_path / "train/Track00009", SLAKH, unrendered=1)
    songs, _ = run_songs(tmp_path, "slakh2100", classes=GUITAR_AND_DRUMS)
    assert by_name(songs)["Track00009"].stems["drums"] == ()
    programs = classes(metal={"instruments": ["distortion guitar"]}, others={"rest": True})
    songs, _ = run_songs(tmp_path, "slakh2100", classes=programs)
    assert by_name(songs)["Track00001"].stems == {
        "metal": ("stems/S00.flac",),
        "others": ("stems/S01.flac", "stems/S02.flac"),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("UUID: 1", r"metadata\.yaml: the key stems is missing"),
        ("stems: {S00: {inst_class: Drums}}", r"stems\.S00: the key midi_program_name is missing"),
        ("stems: {S07: {inst_class: A, midi_program_name: B}}", r"stems/S07\.flac, listed in"),
        ("stems: [", r"metadata\.yaml: cannot be read as YAML"),
    ],
)
def test_broken_metadata_of_slakh_are_refused_in_one_line(
    tmp_path: Path, text: str, message: str
) -> None:
    write_slakh(tmp_path)
    (tmp_path / "train/Track00001/metadata.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=message) as raised:
        run_songs(tmp_path, "slakh2100", classes=GUITAR_AND_DRUMS)
    assert "\n" not in str(raised.value)


LAYOUTS = ["musdb18", "musdb18hq", "medleydb", "moisesdb", "slakh2100", "folders", "csv"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_corpus_that_is_not_there_or_empty_is_refused(tmp_path: Path, layout: str) -> None:
    wanted = classes(a=["a"], b=["b"])
    empty, file = tmp_path / "empty", tmp_path / "file"
    empty.mkdir()
    file.touch()
    kind, other = ("file", empty) if layout == "csv" else ("folder", file)
    for root in (tmp_path / "nowhere", other):
        message = rf"^corpus\.root: there is no {kind} {root}; expected .*: set corpus\.root"
        with pytest.raises(InputError, match=message):
            run_songs(root, layout, classes=wanted)
    with pytest.raises(InputError, match=r"^corpus\.root: ") as raised:
        run_songs(empty, layout, classes=wanted)
    assert os.fspath(empty) in str(raised.value)


def test_a_layout_has_its_own_environment_variable_or_none() -> None:
    environment = {"MUSDB_PATH": "/musdb", "MEDLEYDB_PATH": "/medleydb"}
    assert corpus_root({"layout": "medleydb", "root": None}, environment) == "/medleydb"
    message = (
        r"^corpus\.root: neither it nor the environment variable MOISESDB_PATH is set; expected"
    )
    with pytest.raises(InputError, match=message):
        corpus_root({"layout": "moisesdb", "root": None}, environment)
    with pytest.raises(
        InputError, match=r"^corpus\.root: is not set; expected a CSV file: set it$"
    ):
        corpus_root({"layout": "csv", "root": None}, environment)

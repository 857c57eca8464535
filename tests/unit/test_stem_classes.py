"""Which stems make up a class, and what is said about those that fit badly."""

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus_files import touch, write_empty_corpus
from layout_files import RATE_HZ, classes, run_songs, tone, write_audio
from stemlens.corpora.multitrack import Multitrack, Stem
from stemlens.corpora.stem_classes import StemClass, check_patterns, stems_of_classes
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError


def song(*names: str) -> Multitrack:
    stems = [Stem(Path(name).stem, name, f"/song/{name}") for name in names]
    return Multitrack("Song", "/song", tuple(stems))


def found(multitrack: Multitrack, **patterns: object) -> dict[str, list[str]]:
    of_class = stems_of_classes(
        multitrack, [StemClass.from_settings(c) for c in classes(**patterns)]
    )
    return {name: [stem.name for stem in stems] for name, stems in of_class.items()}


@pytest.mark.parametrize(
    "pattern", ["Kick in.wav", "KICK IN", "kick*", "*in.wav", "k?ck in", "[jk]ick*"]
)
def test_names_and_patterns_match_label_or_file_in_any_case(pattern: str) -> None:
    assert found(song("Kick In.wav", "Snare.wav"), a=[pattern])["a"] == ["Kick In.wav"]


@pytest.mark.parametrize("of_file", ["NFC", "NFD"])
@pytest.mark.parametrize("of_pattern", ["NFC", "NFD"])
def test_a_stem_matches_in_any_form_of_unicode(of_file: Any, of_pattern: Any) -> None:
    name = unicodedata.normalize(of_file, "Flöte.wav")
    assert found(song(name), a=[unicodedata.normalize(of_pattern, "flö*")])["a"] == [name]


def test_a_name_with_brackets_is_a_name() -> None:
    assert found(song("Gtr [DI].wav", "Gtr D.wav"), a=["gtr [di]"])["a"] == [
        "Gtr [DI].wav",
        "Gtr D.wav",
    ]


def test_all_stems_that_match_belong_to_the_class_and_exceptions_do_not() -> None:
    stems = song("vox lead.wav", "vox bg.wav", "vox fx.wav", "beat.wav")
    assert found(stems, a={"stems": ["*vox*"], "except": ["*fx*"]}, b={"rest": True}) == {
        "a": ["vox lead.wav", "vox bg.wav"],
        "b": ["vox fx.wav", "beat.wav"],
    }


def test_exceptions_may_be_instruments() -> None:
    instruments = ("electric bass", "bass clarinet")
    stems = tuple(Stem(f"S{i}", f"S{i}.wav", "/s", (name,)) for i, name in enumerate(instruments))
    wanted = {"instruments": ["*bass*"], "except": ["* clarinet"]}
    assert found(Multitrack("Song", "/s", stems), low=wanted)["low"] == ["S0.wav"]


def test_a_stem_that_two_patterns_match_is_refused_unless_both_classes_name_it() -> None:
    stems = song("bass drum.wav", "bass.wav")
    message = (
        r"^config key corpus\.classes: bass drum of the song Song matches low and drums; expected"
    )
    with pytest.raises(InputError, match=message):
        found(stems, low=["bass*"], drums=["*drum"])
    with pytest.raises(InputError, match=message):
        found(stems, low=["bass*"], drums=["bass drum"])
    assert found(stems, low=["bass drum", "bass"], drums=["bass drum"]) == {
        "low": ["bass drum.wav", "bass.wav"],
        "drums": ["bass drum.wav"],
    }


def test_a_mixture_is_taken_by_its_name_only() -> None:
    stems = (Stem("drums", "drums", "/s"), Stem("mixture", "mixture", "/s", is_mixture=True))
    multitrack = Multitrack("Song", "/s", stems)
    assert found(multitrack, a=["*"])["a"] == ["drums"]
    assert found(multitrack, a={"rest": True})["a"] == ["drums"]
    assert found(multitrack, a=["*", "mixture"])["a"] == ["drums", "mixture"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"stems": ["vocls"]}, "a: no song has the stem 'vocls'; found vocals"),
        ({"stems": ["*vokals*"]}, r"no song has the stem '\*vokals\*'; found vocals"),
        ({"instruments": ["male singr"]}, "has the instrument 'male singr'; found male singer"),
        ({"stems": ["xyz"]}, r"no song has the stem 'xyz'; found S01, drums, vocals"),
    ],
)
def test_a_pattern_that_matches_nothing_is_refused_with_what_is_near(
    keys: dict[str, list[str]], message: str
) -> None:
    stems = song("vocals.wav", "drums.wav").stems
    singer = Stem("S01", "S01.wav", "/song/S01.wav", ("male singer",))
    multitrack = Multitrack("Song", "/song", (*stems, singer))
    with pytest.raises(InputError, match=rf"^config key corpus\.classes: .*{message}"):
        check_patterns([StemClass.from_settings({"name": "a", **keys})], [multitrack])


def test_classes_of_musdb18_may_be_sums_too(tmp_path: Path) -> None:
    write_empty_corpus(tmp_path, "musdb18", ["Song"])
    songs, notices = run_songs(
        tmp_path, "musdb18", classes=classes(a=["vocals"], b=["drums", "bass", "other"])
    )
    assert songs[0].stems == {"a": ("vocals",), "b": ("drums", "bass", "other")}
    assert [*songs[0].files] == ["train/Song.stem.mp4"]
    songs, _ = run_songs(tmp_path, "musdb18", classes=classes(a=["vocals"], b={"rest": True}))
    assert songs[0].stems["b"] == ("drums", "bass", "other")
    assert notices == []


def test_folders_of_wav_files_may_have_any_stems(tmp_path: Path) -> None:
    for split in ("train", "test"):
        touch(tmp_path / split / "Song", ["gtr 1.wav", "gtr 2.WAV", "voc.wav", "mixture.wav"])
    wanted = classes(guitars=["gtr*"], voice={"stem": "voc"})
    songs, notices = run_songs(tmp_path, "musdb18hq", classes=wanted)
    assert songs[0].stems == {"guitars": ("gtr 1", "gtr 2"), "voice": ("voc",)}
    assert [*songs[0].files] == [f"train/Song/{f}" for f in ("gtr 1.wav", "gtr 2.WAV", "voc.wav")]
    assert notices == []


def write_songs(root: Path) -> None:
    for split, name, stems in (
        ("train", "A", ["drums", "bass", "pad"]),
        ("train", "B", ["drums"]),
        ("train", "C", ["pad"]),
        ("test", "D", ["drums", "bass"]),
    ):
        for number, stem in enumerate(stems):
            write_audio(root / split / name / f"{stem} 1.flac", tone(100 * (number + 1)))


WANTED = classes(drums=["drums*"], bass=["bass*"])


def test_a_class_that_a_song_lacks_is_an_error_or_silence_as_wanted(tmp_path: Path) -> None:
    write_songs(tmp_path)
    message = (
        r"train/B: the song B has no stem of the class bass; found drums 1: .*missing: silence"
    )
    with pytest.raises(InputError, match=message):
        run_songs(tmp_path, "folders", classes=WANTED)
    songs, notices = run_songs(tmp_path, "folders", classes=WANTED, missing="silence")
    assert [song.name for song in songs] == ["A", "B", "D"]
    assert songs[1].stems == {"drums": ("drums 1.flac",), "bass": ()}
    assert notices == [
        "corpus.classes: left out, since no class takes them: 2 stems, called pad 1",
        "corpus.classes: left out, since they lack stems: C",
    ]
    read = read_classes(songs[1].path, songs[1].stems, sample_rate_hz=RATE_HZ)
    np.testing.assert_allclose(read, [tone(100), np.zeros(RATE_HZ)], atol=1e-4)
    songs, notices = run_songs(tmp_path, "folders", classes=WANTED, broken_songs="skip")
    assert [song.name for song in songs] == ["A", "D"]
    assert notices[-1] == "corpus.classes: left out, since they lack stems: B (bass), C (drums)"


def test_ignored_stems_are_in_no_class_and_not_counted(tmp_path: Path) -> None:
    write_songs(tmp_path)
    wanted = classes(drums=["drums*"], others={"rest": True})
    songs, notices = run_songs(
        tmp_path, "folders", classes=wanted, missing="silence", ignored_stems=["*pad*"]
    )
    assert songs[0].stems["others"] == ("bass 1.flac",)
    assert notices == ["corpus.classes: left out, since they lack stems: C"]

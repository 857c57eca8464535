"""Every published corpus is listed by its preset alone, from a folder in its published form."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from corpus_files import STEM_ORDER, touch, write_empty_corpus
from layout_files import (
    CONFIG,
    write_medleydb_song,
    write_moisesdb_song,
    write_slakh_track,
)
from snakemake.utils import update_config
from snakemake_project import ROOT
from stemlens.corpora.layouts import LAYOUTS
from stemlens.workflow.corpus import corpus_root, corpus_songs

Stems = dict[str, tuple[str, ...]]
Expected = dict[str, Stems]
"""Song → class → stems."""
MUSDB18_STEMS: Stems = {
    "drums": ("drums",),
    "bass": ("bass",),
    "vocals": ("vocals",),
    "rest": ("other",),
}


def write_musdb18(root: Path) -> Expected:
    write_empty_corpus(root, "musdb18", ["A - Song"])
    return {"A - Song": MUSDB18_STEMS}


def write_musdb18hq(root: Path) -> Expected:
    touch(root, [f"{s}/A - Song/{stem}.wav" for s in ("train", "test") for stem in STEM_ORDER])
    return {"A - Song": MUSDB18_STEMS}


def write_medleydb(root: Path) -> Expected:
    metadata = root / "Metadata"
    band = ["drum set", "double bass", "male rapper", "vocalists", "claps", "Main System"]
    write_medleydb_song(root / "V1", "Ann_One", band, metadata=metadata)
    write_medleydb_song(root / "V2", "Bea_Two", ["flute", "drum machine"], metadata=metadata)
    write_medleydb_song(root / "V2", "Bea_Six", ["tabla"], has_bleed="yes", metadata=metadata)

    def stems(song: str, *numbers: int) -> tuple[str, ...]:
        return tuple(f"{song}_STEMS/{song}_STEM_{number:02d}.wav" for number in numbers)

    one, two = "Ann_One", "Bea_Two"
    drums, bass, vocals, rest = stems(one, 1), stems(one, 2), stems(one, 3, 4), stems(one, 5)
    return {
        one: {"drums": drums, "bass": bass, "vocals": vocals, "rest": rest},
        two: {"drums": stems(two, 2), "bass": (), "vocals": (), "rest": stems(two, 1)},
    }


def write_mdb_drums(root: Path) -> Expected:
    rock = ["drum set", "electric bass", "distorted electric guitar", "male singer"]
    jazz = ["electric bass", "drum set", "electric piano", "flute", "trumpet"]
    numbers = {
        "Rock": {"drums": [1], "bass": [2], "vocals": [4], "rest": [3]},
        "Jazz": {"drums": [2], "bass": [1], "vocals": [], "rest": [3, 4, 5]},
    }
    songs = {}
    # At least two in each fold.
    for style, band in [("Rock", rock), ("Jazz", jazz)] * 4:
        song = f"MusicDelta_{style}{len(songs)}"
        write_medleydb_song(root, song, band, has_stems=False, metadata=root / "Metadata")
        songs[song] = {
            name: tuple(f"{song}_RAW/{song}_RAW_{number:02d}_01.wav" for number in of_class)
            for name, of_class in numbers[style].items()
        }
    return songs


def write_moisesdb(root: Path) -> Expected:
    stems = {
        "vocals": ["lead_male_singer", "background_vocals"],
        "bass": ["bass_guitar"],
        "drums": ["kick_drum"],
        "other_keys": ["organ"],
        "percussion": ["a-tonal_percussion"],
    }
    write_moisesdb_song(root, "u1", "Ann", "One", stems)
    write_moisesdb_song(root, "u2", "Bea", "Two", {"drums": ["kick_drum"], "guitar": ["acoustic"]})
    return {
        "Ann - One": {
            "drums": ("drums/u1-track-4.wav",),
            "bass": ("bass/u1-track-3.wav",),
            "vocals": ("vocals/u1-track-1.wav", "vocals/u1-track-2.wav"),
            "rest": ("other_keys/u1-track-5.wav", "percussion/u1-track-6.wav"),
        },
        "Bea - Two": {
            "drums": ("drums/u2-track-1.wav",),
            "bass": (),
            "vocals": (),
            "rest": ("guitar/u2-track-2.wav",),
        },
    }


def write_slakh2100(root: Path) -> Expected:
    band = [
        ("Drums", "Drums"),
        ("Bass", "Slap Bass 1"),
        ("Piano", "Electric Piano 1"),
        ("Guitar", "Overdriven Guitar"),
        ("Guitar", "Acoustic Guitar (steel)"),
        ("Synth Lead", "Lead 8 (bass + lead)"),
    ]
    write_slakh_track(root / "train/Track00001", band)
    write_slakh_track(root / "validation/Track01501", band[:2])
    write_slakh_track(root / "test/Track01876", band[2:])

    def stems(*numbers: int) -> tuple[str, ...]:
        return tuple(f"stems/S{number:02d}.flac" for number in numbers)

    drums, bass = stems(0), stems(1)
    return {
        "Track00001": {"drums": drums, "bass": bass, "guitar": stems(3, 4), "piano": stems(2)},
        "Track01501": {"drums": drums, "bass": bass, "guitar": (), "piano": ()},
        "Track01876": {"drums": (), "bass": (), "guitar": stems(1, 2), "piano": stems(0)},
    }


def write_everything_is_free(root: Path) -> Expected:
    drums = (
        "KICK, SNARE, K & SN, HH, HAT, DRUMS, BEAT, BREAK, FILL, SCRATCH, TOPS, CLAP, PRC, BUILD"
    )
    stems = {
        "drums": drums.split(", "),
        "vocals": ["BGVOX 1", "VOX LEAD"],
        "synths": ["ECHO PAD", "FILL PIANO"],
    }
    songs = {}
    for song in ("1.Hydrogen", "2.Lithium"):
        files = {
            name: tuple(sorted(f"{song}_Stem_{stem}_mobile.m4a" for stem in of_class))
            for name, of_class in stems.items()
        }
        master = f"{song}_Stem_Master_mobile.m4a"
        touch(root / song, [master, *(file for of_class in files.values() for file in of_class)])
        songs[song] = files
    return songs


WRITTEN: dict[str, Callable[[Path], Expected]] = {
    "musdb18": write_musdb18,
    "musdb18-7s": write_musdb18,
    "musdb18hq": write_musdb18hq,
    "medleydb": write_medleydb,
    "mdb_drums": write_mdb_drums,
    "moisesdb": write_moisesdb,
    "slakh2100": write_slakh2100,
    "everything_is_free": write_everything_is_free,
}
PRESETS = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in ROOT.glob("presets/*.yaml")
}
OF_CORPORA = sorted(name for name, preset in PRESETS.items() if "corpus" in preset)


def test_the_docs_have_every_corpus_with_a_preset() -> None:
    docs = (ROOT / "docs/stem_corpora.md").read_text("utf-8")
    assert [name for name in OF_CORPORA if f"`{name}.yaml` |" not in docs] == []


@pytest.mark.parametrize("preset", OF_CORPORA)
def test_a_corpus_is_listed_by_its_preset_alone(tmp_path: Path, preset: str) -> None:
    expected = WRITTEN[preset](tmp_path)
    config = deepcopy(CONFIG)
    update_config(config, PRESETS[preset])
    corpus = config["corpus"]
    variable = LAYOUTS[corpus["layout"]].variable
    root = str(tmp_path) if corpus["root"] else corpus_root(corpus, {variable: str(tmp_path)})
    songs, _ = corpus_songs(config, root)
    assert {song.name: song.stems for song in songs} == expected

"""Small corpora in the forms in which multitrack corpora are published, and the songs of a run."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import yaml
from corpus_files import real_song, stems_of
from stemlens.corpora.songs import Song
from stemlens.workflow.corpus import corpus_songs

CONFIG = yaml.safe_load((Path(__file__).parents[1] / "config.yaml").read_text("utf-8"))
RATE_HZ = 8000


def classes(**patterns: Any) -> list[dict[str, Any]]:
    """Classes by name: a list of patterns, or the keys of a class."""
    return [
        {"name": name, **(keys if isinstance(keys, dict) else {"stems": keys})}
        for name, keys in patterns.items()
    ]


def run_songs(root: Path, layout: str, **corpus: Any) -> tuple[list[Song], list[str]]:
    """The songs of a run of the default config with other keys of its section corpus."""
    config = deepcopy(CONFIG)
    split = config["corpus"]["split"] | corpus.pop("split", {})
    config["corpus"] |= {"layout": layout, "split": split, **corpus}
    return corpus_songs(config, str(root))


def tone(hz: float, duration_s: float = 1, rate_hz: int = RATE_HZ) -> np.ndarray:
    return 0.2 * np.sin(2 * np.pi * hz * np.arange(round(duration_s * rate_hz)) / rate_hz)


def write_audio(path: Path, samples: np.ndarray | None = None, rate_hz: int = RATE_HZ) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone(200) if samples is None else samples, rate_hz)


def write_medleydb_song(
    root: Path,
    song: str,
    instruments: Sequence[str | Sequence[str]],
    *,
    signals: Sequence[np.ndarray] | None = None,
    rate_hz: int = RATE_HZ,
    has_bleed: str = "no",
    has_stems: bool = True,
    metadata: Path | None = None,
    suffix: str = ".wav",
) -> None:
    """A song of MedleyDB: for each stem its instrument, or those of its raw tracks."""
    about: dict[str, Any] = {
        "artist": song.partition("_")[0],
        "has_bleed": has_bleed,
        "instrumental": "no",
        "mix_filename": f"{song}_MIX.wav",
        "origin": "Music Delta",
        "raw_dir": f"{song}_RAW",
        "stem_dir": f"{song}_STEMS",
        "stems": {},
        "title": song.partition("_")[2],
        "version": 1.2,
    }
    for number, instrument in enumerate(instruments, start=1):
        raw = [instrument] if isinstance(instrument, str) else instrument
        name = f"{song}_STEM_{number:02d}{suffix}"
        about["stems"][f"S{number:02d}"] = {
            "component": "",
            "filename": name,
            "instrument": raw[0],
            "raw": {
                f"R{i:02d}": {
                    "filename": f"{song}_RAW_{number:02d}_{i:02d}{suffix}",
                    "instrument": track,
                }
                for i, track in enumerate(raw, start=1)
            },
        }
        signal = tone(100 * number) if signals is None else signals[number - 1]
        if has_stems:
            write_audio(root / song / f"{song}_STEMS" / name, signal, rate_hz)
        for i in range(1, len(raw) + 1):
            file = root / song / f"{song}_RAW" / f"{song}_RAW_{number:02d}_{i:02d}{suffix}"
            write_audio(file, signal, rate_hz)
    write_audio(root / song / f"{song}_MIX.wav")
    place = metadata or root / song
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{song}_METADATA.yaml").write_text(yaml.safe_dump(about), "utf-8")


MDB_DRUMS = {
    "Beatles": ("train", 3),
    "Britpop": ("train", 3),
    "Grunge": ("train", 4),
    "Rockabilly": ("train", 2),
    "Shadows": ("train", 0),
    "Punk": ("test", 2),
    "Hendrix": ("test", 1),
    "Rock": ("test", 1),
    "Zeppelin": ("test", 0),
}
"""Songs of MDB Drums at hand: their split in MUSDB18's form, and how many segments of 10 s have all
classes at −60 dBFS, counted with librosa's RMS."""


def write_mdb_drums(root: Path) -> None:
    """Write the songs at hand in the form of MDB Drums, and their metadata in ``Metadata``."""
    instruments = ["drum set", "electric bass", "distorted electric guitar", "male singer"]
    for name, (split, _) in MDB_DRUMS.items():
        signals = stems_of(real_song(split, name), ["drums", "bass", "other", "vocals"])
        # Their stem of silence stands for a singer who is not there.
        n = 3 if name in ("Shadows", "Zeppelin") else 4
        write_medleydb_song(
            root,
            f"MusicDelta_{name}",
            instruments[:n],
            signals=[*signals[:n]],
            rate_hz=44_100,
            has_stems=name in ("Hendrix", "Rock", "Zeppelin"),
            metadata=root / "Metadata",
        )


def write_moisesdb_song(
    root: Path,
    uuid: str,
    artist: str,
    song: str,
    stems: Mapping[str, Sequence[str]],
    *,
    bleeding: str = "",
) -> None:
    """A song of MoisesDB: for each stem the types of its tracks; tones of 100, 200, … Hz."""
    about: dict[str, Any] = {"song": song, "artist": artist, "genre": "rock", "stems": []}
    folder, n_tracks = root / "moisesdb_v0.1" / uuid, 0
    for stem, types in stems.items():
        tracks = []
        for track_type in types:
            n_tracks += 1
            track = f"{uuid}-track-{n_tracks}"
            tracks.append(
                {
                    "trackType": track_type,
                    "id": track,
                    "type": "audio/x-wav",
                    "extension": "wav",
                    "has_bleed": track_type == bleeding,
                }
            )
            write_audio(folder / stem / f"{track}.wav", tone(100 * n_tracks))
        about["stems"].append({"id": f"{uuid}-{stem}", "stemName": stem, "tracks": tracks})
    (folder / "data.json").write_text(json.dumps(about), "utf-8")


def write_slakh_track(
    folder: Path, stems: Sequence[tuple[str, str]], *, suffix: str = ".flac", unrendered: int = -1
) -> None:
    """A track of Slakh2100: for each stem its class and program; tones of 100, 200, … Hz."""
    about: dict[str, Any] = {
        "UUID": "1a81ae092884234f3264e2f45927f00a",
        "audio_dir": "stems",
        "midi_dir": "MIDI",
        "normalized": True,
        "overall_gain": 0.18,
        "stems": {},
    }
    for number, (instrument, program) in enumerate(stems):
        about["stems"][f"S{number:02d}"] = {
            "audio_rendered": number != unrendered,
            "inst_class": instrument,
            "is_drum": instrument == "Drums",
            "midi_program_name": program,
            "plugin_name": "plugin.nkm",
            "program_num": 128 if instrument == "Drums" else number,
        }
        if number != unrendered:
            write_audio(folder / "stems" / f"S{number:02d}{suffix}", tone(100 * (number + 1)))
    write_audio(folder / f"mix{suffix}")
    (folder / "metadata.yaml").write_text(yaml.safe_dump(about), "utf-8")


def write_two_of_medleydb(root: Path) -> None:
    """Write two songs of two artists."""
    for song in ("Ann_One", "Bob_Two"):
        write_medleydb_song(root, song, ["x", "y"])


def write_two_of_moisesdb(root: Path) -> None:
    """Write two songs of two artists."""
    for uuid, artist in (("1", "Ann"), ("2", "Bob")):
        write_moisesdb_song(root, uuid, artist, "Song", {"x": ["x"], "y": ["y"]})


def write_two_of_slakh(root: Path) -> None:
    """Write a track for training and one to test with."""
    for track in ("train/Track1", "test/Track2"):
        write_slakh_track(root / track, [("x", "x"), ("y", "y")])

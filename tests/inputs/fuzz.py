"""Have readers read files with changed bytes: each is read, or refused in one line.

python tests/inputs/fuzz.py KIND SEED NUMBER prints the seed of each file that ends otherwise. It is
a process of its own, since libraries written in C may crash.
"""

import faulthandler
import json
import logging
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception_only
from typing import Any

import h5py
import numpy as np
import pandas as pd
import torch
from corpus_files import write_stem_file
from inputs.audio import READERS, RECORDING, STEM, by_ffmpeg, by_libsndfile, tone
from inputs.run import PROJECT, before_first_job, merged
from layout_files import (
    classes,
    run_songs,
    write_two_of_medleydb,
    write_two_of_moisesdb,
    write_two_of_slakh,
)
from mel_splits import CLASSES, random_network
from mood_corpus_files import read_songs as read_mood_songs
from stemlens.activations.imported import import_activations
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import read_hypotheses
from stemlens.layers.pooling import PoolingRules
from stemlens.model.checkpoint import load_checkpoint, save_checkpoint
from stemlens.published.keras_weights import load_layers
from stemlens.yaml_file import read_yaml
from torch import nn

MAX_MEMORY_BYTES = 6 * 2**30
"""Of addresses; PyTorch alone takes two."""
MAX_S = 20
"""Processor time of a file."""
STIMULI = pd.DataFrame({"class": ["x", "x", "y"], "song": ["A", "B", "A"], "start_s": [0.0] * 3})


def audio(path: Path) -> None:
    """Read a file as a stem and as a recording."""
    refusals = []
    for reader in (STEM, RECORDING):
        try:
            READERS[reader](path)
        except InputError as error:
            refusals.append(error)
    if refusals:
        raise refusals[0]


def stem_file(path: Path) -> None:
    """Write two stems of five."""
    write_stem_file(path, {"drums": tone(44_100), "bass": tone(44_100)}, tags=TITLED)


TITLED = [{"title": name} for name in ("mixture", "drums", "bass", "other", "vocals")]


def manifest(path: Path) -> None:
    """Write a manifest with every column."""
    rows = ["a.wav,Q1,0.5,0.5,train,A,Ann", '"b, c.wav",Q3,-0.5,-1e-1,test,"B ""x""",Bob']
    path.write_text("\n".join(["file,quadrant,valence,arousal,split,song,artist", *rows]), "utf-8")


def stem_table(path: Path) -> None:
    """Write a table of stems, and the files."""
    rows = [f"{song},{stem},{song}{stem}.wav,Ann{song}" for song in "AB" for stem in "xy"]
    for song in "AB":
        for stem in "xy":
            (path.parent / f"{song}{stem}.wav").touch()
    path.write_text("\n".join(["song,class,file,artist", *rows]), "utf-8")


def activations(path: Path) -> None:
    """Write two layers, one of them compressed."""
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/one", data=np.arange(24.0).reshape(3, 4, 2), compression="gzip")
        file["layers/two"] = np.eye(3, 5, dtype="f4")
        file["layers"].attrs["order"] = ["one", "two"]
        for column in ("class", "song"):
            file[f"stimuli/{column}"] = STIMULI[column].tolist()


def weights(path: Path) -> None:
    """Write a dense layer as Keras does."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        group = file.create_group("dense")
        group.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        group["dense/kernel:0"], group["dense/bias:0"] = np.ones((4, 3), "f4"), np.ones(3, "f4")


def described(write: Callable[[Path], None], path: Path) -> None:
    """Write a corpus beside the description that is changed, and the description."""
    write(path.parent)


def list_songs(layout: str, n_up: int, path: Path) -> None:
    """List the songs of the corpus that a description lies in."""
    root = [path, *path.parents][n_up]
    parts = {"x": {"instruments": ["x"]}, "y": {"instruments": ["y"]}}
    run_songs(root, layout, classes=classes(**parts))


def config(path: Path) -> None:
    """Read and check a config, as a run does."""
    given = read_yaml(path)
    if isinstance(given, dict):
        before_first_job(merged(given), {})


def copied(name: str) -> Callable[[Path], object]:
    """Write a copy of a file of the project."""
    return lambda path: path.write_bytes((PROJECT / name).read_bytes())


Kind = tuple[str, Callable[[Path], object], Callable[[Path], object]]
KINDS: dict[str, Kind] = {
    "wav": ("a.wav", by_libsndfile("WAV", "PCM_16"), audio),
    "wav-float": ("a.wav", by_libsndfile("WAVEX", "FLOAT"), audio),
    "flac": ("a.flac", by_libsndfile("FLAC", "PCM_16"), audio),
    "ogg": ("a.ogg", by_libsndfile("OGG", "VORBIS"), audio),
    "aiff": ("a.aiff", by_libsndfile("AIFF", "PCM_16"), audio),
    "caf": ("a.caf", by_libsndfile("CAF", "PCM_16"), audio),
    "mp3": ("a.mp3", by_ffmpeg("libmp3lame"), audio),
    "mp4": ("a.m4a", by_ffmpeg("aac", container="mp4", movflags="faststart"), audio),
    "wma": ("a.wma", by_ffmpeg("wmav2", container="asf"), audio),
    "matroska": ("a.mka", by_ffmpeg("flac", container="matroska"), audio),
    "wavpack": ("a.wv", by_ffmpeg("wavpack"), audio),
    "stem-mp4": (
        "a.stem.mp4",
        stem_file,
        lambda path: read_classes(path, {"x": ["drums"], "y": ["bass"]}, sample_rate_hz=22_050),
    ),
    "manifest": ("a.csv", manifest, lambda path: read_mood_songs("manifest", path)),
    "stem-table": (
        "a.csv",
        stem_table,
        lambda path: run_songs(path, "csv", classes=classes(x=["x"], y=["y"])),
    ),
    "config": ("a.yaml", copied("config.yaml"), config),
    "hypotheses": ("a.yaml", copied("hypotheses.yaml"), read_hypotheses),
    "medleydb": (
        "Ann_One/Ann_One_METADATA.yaml",
        lambda path: write_two_of_medleydb(path.parents[1]),
        partial(list_songs, "medleydb", 2),
    ),
    "moisesdb": (
        "moisesdb_v0.1/1/data.json",
        lambda path: write_two_of_moisesdb(path.parents[2]),
        partial(list_songs, "moisesdb", 3),
    ),
    "slakh2100": (
        "train/Track1/metadata.yaml",
        lambda path: write_two_of_slakh(path.parents[2]),
        partial(list_songs, "slakh2100", 3),
    ),
    "activations": (
        "a.h5",
        activations,
        lambda path: import_activations(
            path, path.with_name("out.h5"), STIMULI, pooling=PoolingRules()
        ),
    ),
    "weights": ("w.h5", weights, lambda path: load_layers(path, {"dense": nn.Linear(4, 3)})),
    "checkpoint": (
        "c.pt",
        lambda path: save_checkpoint(path, random_network(), CLASSES),
        lambda path: load_checkpoint(path, torch.device("cpu")),
    ),
}
"""Name of a file, what writes it, and what reads it."""

TOKENS = (
    *(b"\0", b"\xff", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"),
    *(b"-1", b"1e999", b"nan", b"9" * 30, b"null", b"[]", b"{}", b'"', b"\n", b",", b"*a", b"&a "),
    *(b"!x ", b"true", b"~", b"..", b"/", b"\xc3\xa4", b"\xed\xa0\x80", b"\r", b"\t", b": ", b"- "),
)
"""What readers may stumble over."""


def changed(content: bytes, seed: int) -> bytes:
    """Change some bytes, at random: by others, by tokens, cut out, repeated, or cut off."""
    rng = np.random.default_rng(seed)
    for _ in range(rng.integers(1, 6)):
        at = int(rng.integers(len(content) + 1))
        if rng.random() < 0.5:
            # Headers are at the start.
            at = min(at, int(rng.integers(200)))
        n = int(rng.choice([1, 2, 4, 8, 100, 1000]))
        match rng.integers(6):
            case 0:
                content = content[:at] + rng.bytes(min(n, 8)) + content[at + min(n, 8) :]
            case 1:
                token = TOKENS[rng.integers(len(TOKENS))]
                content = content[:at] + token + content[at + len(token) :]
            case 2:
                content = content[:at] + TOKENS[rng.integers(len(TOKENS))] + content[at:]
            case 3:
                content = content[:at] + content[at + n :]
            case 4:
                content = content[: at + n] + content[at:]
            case _:
                content = content[:at] if rng.random() < 0.2 else content + content[at : at + n]
    return content


def too_long(*_: object) -> None:
    """Be called by the alarm."""
    raise TimeoutError(f"took more than {MAX_S} s of processor time")


def failure_of(read: Callable[[Path], object], path: Path) -> str:
    """What ends the reading of a file but a refusal in one line; empty if nothing does."""
    signal.setitimer(signal.ITIMER_PROF, MAX_S)
    try:
        read(path)
    except InputError as error:
        return "" if "\n" not in str(error) and len(str(error)) < 2000 else f"refused by {error!r}"
    except BaseException as error:
        return format_exception_only(error)[-1].strip()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def fuzz(kind: str, first_seed: int, number: int) -> dict[str, Any]:
    """Read so many changed files of a kind: seed → what failed."""
    name, write, read = KINDS[kind]
    failures = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
        content = path.read_bytes()
        for seed in range(first_seed, first_seed + number):
            path.write_bytes(changed(content, seed))
            # The last of these lines names the file that crashed the process.
            os.write(2, f"{kind} {seed}\n".encode())
            if failure := failure_of(read, path):
                failures[str(seed)] = failure
    return failures


if __name__ == "__main__":
    faulthandler.enable()
    signal.signal(signal.SIGPROF, too_long)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    logging.disable()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    asked, seed, number = sys.argv[1:]
    found = {}
    for kind in asked.split(","):
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            failures = fuzz(kind, int(seed), int(number))
        if failures:
            found[kind] = failures
    print(json.dumps(found))

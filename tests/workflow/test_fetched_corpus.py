"""Presets of the 7 s sample set and of the album fetch the corpus when it is not there."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import av
import h5py
import numpy as np
import pandas as pd
import pytest
from corpus_files import noise, noise_stems, write_stem_file
from snakemake_project import copy_project

TINY = Path(__file__).with_name("tiny.yaml")


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(served: Path) -> Iterator[str]:
    """Serve a folder as a zip archive; yields its address."""
    archive = Path(shutil.make_archive(str(served), "zip", served))
    handler = partial(QuietHandler, directory=str(archive.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{archive.name}"
        server.shutdown()
        thread.join()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Address of an archive like the sample set: 7 s of each of four songs."""
    for number, song in enumerate(("train/A", "train/B", "test/C", "test/D")):
        write_stem_file(tmp_path / f"served/{song}.stem.mp4", noise_stems(number, 7))
    with serving(tmp_path / "served") as address:
        yield address


DRUMS = (
    *(
        "MAIN DRUMS",
        "GARAGE BEAT",
        "BREAKBEAT",
        "BREAK",
        "CRUSH BREAK",
        "TOM BREAK",
        "TOMS",
        "TOPS",
    ),
    *("KICK", "K & SN", "SNARE BUILD", "BUILD", "HH", "ALT HATS", "HAT FILL", "FILL BUILD"),
    *("FILL SCRATCH", "CLAPS", "CRASH INTRO", "CYMBALS", "BUILD PRC", "PERC BUILD"),
)
VOCALS = ("VOX LEAD", "BGVOX AAAAAHHHH", "BGVOX BUILD", "VOX ECHO")
SYNTHS = (
    "MINILOGUE_SYNTH",
    "MICROCOSM EFFECT",
    "EDM BUILD",
    "FILL PIANO",
    "MELODY BREAK",
    "SY BASS",
)


def write_aac(path: Path, samples: np.ndarray, rate_hz: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = rate_hz
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """Address of an archive like that of the album's repository, with four short songs."""
    top = tmp_path / "served/album-0a1b2c"
    for number, song in enumerate(("1.One", "2.Two", "3.Three", "4.Four")):
        rate_hz = 24_000 if number % 2 else 48_000
        for stem in (*DRUMS[number::4], *VOCALS[number : number + 1], *SYNTHS[number::4], "Master"):
            name = f"src/{song}/{song}_{'Stem_' if stem != 'Master' else ''}{stem}"
            write_aac(
                top / f"{name}_mobile.m4a", noise(number, 2.5, sample_rate_hz=rate_hz), rate_hz
            )
            (top / f"{name}.m4a").write_text("the same, in a larger file")
        (top / f"src/{song}/artwork").mkdir()
        (top / f"src/{song}/artwork/cover.png").touch()
    (top / "README.md").touch()
    (top / "src/code").mkdir()
    (top / "src/code/mixer.js").touch()
    with serving(tmp_path / "served") as address:
        yield address


def test_the_sample_set_is_fetched_once_and_cut_into_segments_of_6_s(
    tmp_path: Path, url: str
) -> None:
    project = copy_project(tmp_path / "project")
    project.configfiles.append(project.folder / "presets/musdb18-7s.yaml")
    target, config = "results/musdb18-7s/mel/instrument/train.h5", {"corpus": {"fetch_url": url}}
    assert "fetch_corpus" in project.planned(config)

    project.succeed(target, config=config)

    songs = sorted(p.name for p in (project.folder / "corpora/musdb18-7s").glob("*/*"))
    assert songs == [f"{name}.stem.mp4" for name in "ABCD"]
    with h5py.File(project.folder / target) as file:
        assert file["mel"].shape == (2, 15, 80, 300)
        # The corpus was not there when the run began.
        corpus = json.loads(file.attrs["provenance"])["corpus"]
    sizes = [
        f"{path.stat().st_size} {path.relative_to(project.folder / 'corpora/musdb18-7s')}\n"
        for path in sorted((project.folder / "corpora/musdb18-7s").glob("*/*"))
    ]
    assert corpus["n_files"] == 4
    assert corpus["fingerprint"] == hashlib.sha256("".join(sizes).encode()).hexdigest()
    assert "Nothing to be done" in project.succeed(target, "--dry-run", config=config)
    assert "fetch_corpus" not in project.planned(config)

    # A corpus that was taken away is fetched again.
    shutil.rmtree(project.folder / "corpora/musdb18-7s")
    assert "fetch_corpus" in project.planned(config)
    project.succeed("results/musdb18-7s/corpus_fetched.txt", config=config)
    assert (project.folder / "corpora/musdb18-7s/train").is_dir()


def test_the_album_is_fetched_from_a_folder_of_its_repository(
    tmp_path: Path, repository: str
) -> None:
    project = copy_project(tmp_path / "project")
    project.configfiles += [project.folder / "presets/everything_is_free.yaml", TINY]
    config = {"corpus": {"fetch_url": repository}}
    targets = (
        "results/everything_is_free/tables/segments.csv",
        "results/everything_is_free/stimuli.csv",
    )

    printed = project.succeed(*targets, config=config)

    assert "left out" not in printed
    fetched = [p for p in (project.folder / "corpora/everything-is-free").rglob("*") if p.is_file()]
    n_stems = len(DRUMS) + len(VOCALS) + len(SYNTHS) + 4
    assert len(fetched) == n_stems
    assert {path.name[-11:] for path in fetched} == {"_mobile.m4a"}
    assert {path.parent.name for path in fetched} == {"1.One", "2.Two", "3.Three", "4.Four"}
    segments = pd.read_csv(project.folder / targets[0])
    assert segments["kept"].sum() == 4
    stimuli = pd.read_csv(project.folder / targets[1])
    assert sorted(stimuli["song"].unique()) == ["1.One", "2.Two", "3.Three", "4.Four"]
    assert "Nothing to be done" in project.succeed(*targets, "--dry-run", config=config)


@pytest.mark.parametrize(
    "targets",
    [
        ("results/musdb18-7s/corpus_fetched.txt",),
        ("results/musdb18-7s/corpus_fetched.txt", "--forceall"),
        ("results/musdb18-7s/segments/train/a.csv", "--forcerun", "fetch_corpus"),
    ],
)
def test_a_corpus_of_ones_own_outlives_every_way_to_fetch(
    tmp_path: Path, targets: tuple[str, ...]
) -> None:
    """Nothing answers at the address, as on a train."""
    project = copy_project(tmp_path / "project")
    project.configfiles.append(project.folder / "presets/musdb18-7s.yaml")
    root = tmp_path / "own"
    for number, song in enumerate(("train/A", "test/C")):
        write_stem_file(root / f"{song}.stem.mp4", noise_stems(number, 7))
    before = {path: path.read_bytes() for path in root.glob("**/*.mp4")}

    project.succeed(
        *targets, config={"corpus": {"root": str(root), "fetch_url": "http://127.0.0.1:9/none.zip"}}
    )

    assert {path: path.read_bytes() for path in root.glob("**/*.mp4")} == before
    assert {path.name for path in tmp_path.iterdir()} == {"project", "own"}

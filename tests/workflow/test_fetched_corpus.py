"""The preset of the 7 s sample set fetches the corpus itself when it is not there."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import h5py
import pytest
from corpus_files import noise_stems, write_stem_file
from snakemake_project import copy_project


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Address of an archive like the sample set: 7 s of each of four songs."""
    served = tmp_path / "served"
    for number, song in enumerate(("train/A", "train/B", "test/C", "test/D")):
        write_stem_file(served / f"{song}.stem.mp4", noise_stems(number, 7))
    with zipfile.ZipFile(served / "sample.zip", "w") as file:
        for path in sorted(served.glob("*/*.stem.mp4")):
            file.write(path, path.relative_to(served))
    handler = partial(QuietHandler, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sample.zip"
        server.shutdown()
        thread.join()


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

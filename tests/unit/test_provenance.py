"""What files say of how they were made."""

import json
import platform
import re
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mel_store import read_attributes, write_mels, write_split
from stemlens.figures.style import save_figure
from stemlens.hdf5_file import new_hdf5
from stemlens.job_log import job_log
from stemlens.model.device import choose_device
from stemlens.rows import write_rows
from stemlens.tables import read_table, write_table
from stemlens.target_type import MULTI_LABEL
from stemlens.workflow.run_record import corpus_entry, write_run_record

CONFIG = {"corpus": {"name": "Größe (\\1)"}, "seeds": [0, 1], "root": None}
CORPUS = corpus_entry("demo", "demo", settings={"seed": 0})
TABLE = pd.DataFrame({"song": ["1999", "b"], "n_pairs": [3, 4], "mean": [0.5, None], "is": True})


def from_h5(path: Path) -> Any:
    with h5py.File(path) as file:
        return json.loads(file.attrs["provenance"])


def from_png(path: Path) -> Any:
    with Image.open(path) as image:
        return json.loads(image.text["provenance"])


def from_pdf(path: Path) -> Any:
    """By the PDF reference's rules for literal strings."""
    content = path.read_bytes()
    found = re.search(rb"/Subject \(((?:\\.|[^\\()])*)\)", content, re.DOTALL)
    return json.loads(re.sub(rb"\\(.)", rb"\1", found[1], flags=re.DOTALL))


def from_csv(path: Path) -> Any:
    metadata = json.loads(path.with_name(f"{path.name}-metadata.json").read_text("utf-8"))
    assert metadata["@context"] == "http://www.w3.org/ns/csvw"
    assert metadata["url"] == path.name
    return json.loads(metadata["prov:wasGeneratedBy"]["@value"])


def write_h5(path: Path) -> None:
    with new_hdf5(path) as file:
        file["values"] = np.arange(3)


def write_figure(path: Path) -> None:
    figure = Figure()
    figure.subplots().plot([1, 2])
    save_figure(figure, [path])


WRITERS = {
    "a.h5": (write_h5, from_h5),
    "a.png": (write_figure, from_png),
    "a.pdf": (write_figure, from_pdf),
    "a.csv": (lambda path: write_table(path, TABLE), from_csv),
    "rows.csv": (lambda path: write_rows(path, [{"song": "a", "start_s": 0.5}]), from_csv),
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of a job in a run that has noted what makes it."""
    results = tmp_path / "results/demo"
    results.mkdir(parents=True)
    write_run_record(results, tmp_path, CONFIG, corpus=CORPUS)
    return results / "logs/similarity/a.log"


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_says_what_made_it(tmp_path: Path, log: Path, name: str) -> None:
    write, read = WRITERS[name]
    with job_log(log):
        write(tmp_path / name)
    known = read(tmp_path / name)
    assert known["software"] == "stemlens"
    assert re.fullmatch(r"\d+\.\d+\.\d+", known["version"])
    assert known["config"] == CONFIG
    assert known["corpus"] == CORPUS
    assert known["commit"] is None
    assert known["python"] == platform.python_version()
    assert known["platform"] == platform.platform()
    assert known["device"] == "CPU"
    assert known["packages"]["numpy"] == np.__version__


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_job_writes_the_same_bytes(tmp_path: Path, log: Path, name: str) -> None:
    written = []
    for _ in range(2):
        with job_log(log):
            WRITERS[name][0](tmp_path / name)
        files = sorted(tmp_path.glob(f"{name}*"))
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]


@pytest.mark.parametrize("name", WRITERS)
def test_outside_of_a_job_nothing_is_said(tmp_path: Path, log: Path, name: str) -> None:
    with job_log(log):
        pass
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / name
    WRITERS[name][0](path)
    assert [file.name for file in path.parent.iterdir()] == [name]
    assert b"stemlens" not in path.read_bytes()


def test_a_job_of_a_run_that_noted_nothing_says_that_it_does_not_know(tmp_path: Path) -> None:
    with job_log(tmp_path / "results/logs/a.log"):
        write_h5(tmp_path / "a.h5")
    known = from_h5(tmp_path / "a.h5")
    assert {key: known[key] for key in ("config", "corpus", "commit")} == {
        "config": None,
        "corpus": None,
        "commit": None,
    }
    assert known["packages"]["h5py"] == h5py.__version__


def test_a_config_may_be_longer_than_an_attribute_of_hdf5(tmp_path: Path, log: Path) -> None:
    long = {"songs": [f"song {number}" for number in range(20_000)]}
    write_run_record(log.parents[2], tmp_path, long)
    with job_log(log):
        write_h5(tmp_path / "a.h5")
    assert from_h5(tmp_path / "a.h5")["config"] == long


def test_the_gpu_of_a_job_is_noted(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STEMLENS_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA Something")
    with job_log(log):
        choose_device(torch.get_num_threads())
        write_h5(tmp_path / "a.h5")
    assert from_h5(tmp_path / "a.h5")["device"] == "NVIDIA Something"


def test_packages_are_those_that_the_job_has_loaded(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    with job_log(log):
        write_h5(tmp_path / "a.h5")
    assert "torch" not in from_h5(tmp_path / "a.h5")["packages"]


def test_spectrograms_are_read_and_joined_as_ever(tmp_path: Path, log: Path) -> None:
    settings = MelSettings(22050, 2048, 735, 4, 0.0, 11025.0, -100.0)
    about = {"segments": {"song": ["a"], "segment": [0], "start_s": [0.0]}}
    with job_log(log):
        write_mels(
            tmp_path / "a.h5",
            np.zeros((1, 1, 4, 5), np.float32),
            np.ones((1, 1, 1), np.uint8),
            **about,
            classes=["bass"],
            target_type=MULTI_LABEL,
            settings=settings,
        )
    # As in a later run with another config.
    write_run_record(log.parents[2], tmp_path, {"other": 1})
    with job_log(log):
        write_split(tmp_path / "split.h5", [tmp_path / "a.h5"], split="train")
    for name, config in (("a.h5", CONFIG), ("split.h5", {"other": 1})):
        assert read_attributes(tmp_path / name) == (["bass"], MULTI_LABEL, settings)
        assert from_h5(tmp_path / name)["config"] == config


def test_the_metadata_of_a_table_name_its_columns_and_their_types(
    tmp_path: Path, log: Path
) -> None:
    with job_log(log):
        write_table(tmp_path / "a.csv", TABLE)
        write_rows(tmp_path / "rows.csv", [{"song": "a", "segment": 1, "start_s": 0.5}])
    types = {}
    for name in ("a", "rows"):
        metadata = json.loads((tmp_path / f"{name}.csv-metadata.json").read_text("utf-8"))
        columns = metadata["tableSchema"]["columns"]
        types[name] = {column["titles"]: column["datatype"] for column in columns}
    assert types["rows"] == {"song": "string", "segment": "integer", "start_s": "number"}
    assert types["a"] == {
        "song": "string",
        "n_pairs": "integer",
        "mean": "number",
        "is": {"base": "boolean", "format": "True|False"},
    }
    assert list(types["a"]) == list(read_table(tmp_path / "a.csv"))


def test_a_table_that_cannot_be_written_leaves_no_metadata(tmp_path: Path, log: Path) -> None:
    class Broken(pd.DataFrame):
        def to_csv(self, *_: Any, **__: Any) -> None:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), job_log(log):
        write_table(tmp_path / "out/a.csv", Broken(TABLE))
    assert list((tmp_path / "out").iterdir()) == []

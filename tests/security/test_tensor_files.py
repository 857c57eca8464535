"""Checkpoints, states of trainings, twins and weights are tensors and plain values, or refused."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from stemlens.errors import InputError
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.tensor_file import load_tensors
from stemlens.model.twin import load_module
from stemlens.training.training_state import load_state

CPU = torch.device("cpu")


class Payload:
    """Makes a file as it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (Path.touch, (self.trace,))


class Settings:
    """Of a network in PyTorch."""

    def network(self, **_: object) -> torch.nn.Module:
        return torch.nn.Linear(1, 1)


READERS: dict[str, Callable[[Path], object]] = {
    "tensors": load_tensors,
    "checkpoint": lambda path: load_checkpoint(path, CPU),
    "state of a training": lambda path: load_state(path, "key", None, None),  # type: ignore[arg-type]
    "twin": lambda path: load_module(Settings(), path, CPU),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("protocol", ["zip", "legacy", "plain pickle"])
def test_no_code_in_a_file_of_tensors_runs(tmp_path: Path, reader: str, protocol: str) -> None:
    path, trace = tmp_path / "weights.pt", tmp_path / "trace"
    content = {"state": {"weight": torch.zeros(2)}, "run_key": Payload(trace)}
    if protocol == "plain pickle":
        path.write_bytes(pickle.dumps(content, protocol=2))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=protocol == "zip")
    with pytest.raises(InputError, match="cannot be read as weights") as refused:
        READERS[reader](path)
    assert not trace.exists()
    assert "\n" not in str(refused.value)
    # The payload works where nothing stops it.
    if protocol == "plain pickle":
        pickle.loads(path.read_bytes())
    else:
        torch.load(path, weights_only=False)
    assert trace.exists()


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"\x80\x02.", bytes(1000)])
def test_a_file_that_is_none_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^{path}: cannot be read as weights") as refused:
        load_tensors(path)
    assert "\n" not in str(refused.value)


def test_whole_modules_are_no_weights(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2), tmp_path / "module.pt")
    with pytest.raises(InputError, match="and nothing else"):
        load_tensors(tmp_path / "module.pt")


def test_the_version_in_use_has_no_known_hole_in_its_reader() -> None:
    """CVE-2025-32434 (before 2.6) and CVE-2026-24747 (before 2.10) let weights run code."""
    major, minor = map(int, torch.__version__.split(".")[:2])
    assert (major, minor) >= (2, 10)

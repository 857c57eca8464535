"""Files with changed bytes are read, or refused in one line, within bounds of time and memory."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from inputs.fuzz import KINDS, changed
from stemlens.errors import InputError

FUZZ = Path(__file__).with_name("fuzz.py")
PATHS = [str(FUZZ.parents[2] / "scripts"), str(FUZZ.parents[1])]


def failures(kinds: str, first_seed: int, number: int) -> object:
    """What failed, by kind and seed; a crash names the file by the last line that was printed."""
    found = subprocess.run(
        [sys.executable, FUZZ, kinds, str(first_seed), str(number)],
        env={"PYTHONPATH": ":".join(PATHS), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-3000:]
    return json.loads(found.stdout)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [("mp3", 0), ("mp4", 7), ("wma", 255), ("weights", 1), ("weights", 107), ("activations", 19)],
)
def test_files_that_once_ended_in_another_error_are_read_or_refused(
    tmp_path: Path, kind: str, seed: int
) -> None:
    name, write, read = KINDS[kind]
    write(tmp_path / name)
    (tmp_path / name).write_bytes(changed((tmp_path / name).read_bytes(), seed))
    with contextlib.suppress(InputError):
        read(tmp_path / name)


def test_some_changed_files_of_every_kind_are_read_or_refused() -> None:
    assert failures(",".join(KINDS), 0, 15) == {}


@pytest.mark.on_demand
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_changed_files_are_read_or_refused(kind: str) -> None:
    assert failures(kind, 0, 3000) == {}

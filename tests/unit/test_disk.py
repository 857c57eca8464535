"""A disk that is full or read-only ends a job with one line, whatever writes the file."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from snakemake_project import ROOT

WRITERS = {
    "table.csv": "write_table(path, pd.DataFrame({'a': numbers}))",
    "chunked.h5": """
with new_hdf5(path) as file:
    file.create_dataset("x", data=numbers, chunks=(1000,), compression="gzip")
""",
    "plain.h5": """
with new_hdf5(path) as file:
    file["x"] = numbers
""",
    "checkpoint.pt": """
with replacing(path) as file:
    torch.save(torch.tensor(numbers), file)
""",
    "sound.wav": """
with replacing(path) as file:
    soundfile.write(file, numbers, 22050, subtype="FLOAT")
""",
    "folder": """
with replacing_folder(path) as made:
    soundfile.write(made / "sound.wav", numbers, 22050, subtype="FLOAT")
""",
    "page.json": """
with replacing(path) as file:
    file.write_text("x" * 3_000_000)
""",
}
SCRIPT = """
import sys
import numpy as np
import pandas as pd
import soundfile
import torch
from stemlens.atomic import replacing, replacing_folder
from stemlens.hdf5_file import new_hdf5
from stemlens.job_log import job_log
from stemlens.tables import write_table

numbers = np.random.default_rng(0).random(400_000).astype("float32")
folder = sys.argv[1]
for path, code in eval(sys.argv[2]).items():
    path = f"{folder}/{path}"
    try:
        with job_log(f"{folder}/logs/job.log"):
            exec(code)
    except SystemExit as end:
        print(end)
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if (
        sys.platform != "linux"
        or subprocess.run(command, check=False, capture_output=True).returncode
    ):
        pytest.skip("no disk can be mounted here")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_takes_nothing_is_one_line_with_the_file(small_disk: Path, number: int) -> None:
    (small_disk / "logs").mkdir()
    if number == errno.EROFS:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(small_disk), repr(WRITERS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
    )
    assert ended.returncode == 0, ended.stdout
    lines = ended.stdout.splitlines()
    assert len(lines) == len(WRITERS)
    for line, path in zip(lines, WRITERS, strict=True):
        said = f"{small_disk}/{path if number == errno.ENOSPC else 'logs/job.log'}"
        assert line.startswith(f"stemlens: {said}: cannot be written: {os.strerror(number)}; ")
        assert line.endswith(" and run again")
    assert not list(small_disk.glob("*.*"))

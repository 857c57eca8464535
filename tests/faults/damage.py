"""Damage to results that are there: files cut off, and dates of a clock that jumped."""

import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

from snakemake_project import Project

SIZES = "results/demo/.sizes.tsv"
DAY_S = 86_400


@dataclass
class Truncation:
    """A file that is cut off while the block runs, and then as it was.

    Attributes
    ----------
    n_kept
        Length in bytes that is left.
    dated_now
        Whether the file's date is that of the damage; else it is that of the file.
    """

    file: Path
    n_kept: int
    dated_now: bool

    def __enter__(self) -> None:
        self.content, self.dates = self.file.read_bytes(), self.file.stat()
        self.file.write_bytes(self.content[: self.n_kept])
        if not self.dated_now:
            self.restore_date()

    def __exit__(self, *error: object) -> None:
        self.file.write_bytes(self.content)
        self.restore_date()

    def restore_date(self) -> None:
        os.utime(self.file, ns=(self.dates.st_atime_ns, self.dates.st_mtime_ns))


def drawn_truncation(outputs: list[Path], draw: random.Random) -> Truncation:
    """Cut off one of a job's files, at a random byte or, of a table, at the end of a row."""
    output = draw.choice(outputs)
    files = sorted(output.glob("*.*")) if output.is_dir() else [output]
    file = draw.choice([file for file in files if file.stat().st_size])
    content = file.read_bytes()
    n_kept = draw.randrange(len(content))
    if file.suffix == ".csv" and draw.random() < 0.5:
        n_kept = content.rfind(b"\n", 0, n_kept) + 1
    return Truncation(file, n_kept, dated_now=draw.random() < 0.5)


def jump_clock(project: Project, draw: random.Random) -> int:
    """Date each of a run's files a day ahead, a day back, or as it is; their number."""
    lines = (project.folder / SIZES).read_text("utf-8").splitlines()
    outputs = [project.folder / path for path in sorted({line.split("\t")[1] for line in lines})]
    files = [file for file in outputs if file.exists()]
    for file in files:
        date = time.time() + draw.choice([-DAY_S, 0, DAY_S])
        carrier = file / ".snakemake_timestamp" if file.is_dir() else file
        os.utime(carrier, (date, date))
    return len(files)

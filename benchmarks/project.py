"""A copy of the project, and corpora of which nothing but the names matters."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = (
    "Snakefile",
    "config.yaml",
    "envs",
    "hypotheses.yaml",
    "presets",
    "profiles",
    "report",
    "rules",
    "schemas",
    "scripts",
)


def copy_project(folder: Path) -> None:
    """Copy what runs."""
    folder.mkdir(parents=True, exist_ok=True)
    ignored = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignored)
        else:
            shutil.copy(source, folder / part)


def snakemake(folder: Path, *arguments: str) -> str:
    """Run Snakemake in a folder; return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout

"""A copy of the project, and corpora of which nothing but the names matters."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

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


def snakemake(folder: Path, *arguments: str, **environment: str) -> str:
    """Run Snakemake in a folder; return what it printed."""
    result = subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"{' '.join(result.args)} failed:\n{result.stdout[-4000:]}")
    return result.stdout


def rule_requests() -> pd.DataFrame:
    """What each rule asks for: ``threads``, ``mem_mb`` and ``gpu`` (0 or 1), by its name."""
    text = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "rules").glob("*.smk")))
    parts = re.split(r"^\s*(?:rule|checkpoint) (\w+):", text, flags=re.MULTILINE)
    rows = {}
    for rule, body in zip(parts[1::2], parts[2::2], strict=True):
        threads, memory = re.search(r"threads: (\d+)", body), re.search(r"mem_mb=\D*(\d+)", body)
        assert threads is not None
        assert memory is not None
        rows[rule] = {
            "threads": int(threads[1]),
            "mem_mb": int(memory[1]),
            "gpu": int("gpu=1" in body),
        }
    return pd.DataFrame.from_dict(rows, orient="index")

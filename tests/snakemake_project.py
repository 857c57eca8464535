"""A copy of the project in which Snakemake runs, and what a run says it would do."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
CORES = "1" if "PYTEST_XDIST_WORKER" in os.environ else "2"
"""Tests that run beside each other take one core each."""
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


@dataclass
class Project:
    """A copy of the project.

    Attributes
    ----------
    folder
        Where it stands; results appear there too.
    configfiles
        What every run gets on top of the default config.
    """

    folder: Path
    configfiles: list[Path] = field(default_factory=list)

    def command(self, *arguments: str, config: dict[str, Any] | None = None) -> list[str]:
        """Build the command line of a run; `config` comes on top of everything else."""
        files = [str(file) for file in self.configfiles]
        if config:
            override = self.folder / "override.yaml"
            override.write_text(yaml.safe_dump(config), "utf-8")
            files.append(str(override))
        with_files = ["--configfile", *files] if files else []
        return [sys.executable, "-m", "snakemake", "--cores", CORES, *arguments, *with_files]

    def run(
        self, *arguments: str, config: dict[str, Any] | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run Snakemake; stdout holds everything that it printed."""
        inherited = {k: v for k, v in os.environ.items() if k != "MUSDB_PATH"}
        return subprocess.run(
            self.command(*arguments, config=config),
            cwd=self.folder,
            env={**inherited, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def succeed(self, *arguments: str, config: dict[str, Any] | None = None) -> str:
        """Run Snakemake, demand that it ends well, and return what it printed."""
        result = self.run(*arguments, config=config)
        assert result.returncode == 0, result.stdout[-4000:]
        return result.stdout

    def planned(
        self, config: dict[str, Any] | None = None, *, targets: Sequence[str] = ("all",)
    ) -> dict[str, int]:
        """Rule → number of its jobs that a run of the targets would execute."""
        printed = self.succeed("--dry-run", *targets, config=config)
        if "Nothing to be done" in printed:
            return {}
        stats = printed[printed.index("Job stats:") :]
        jobs = re.findall(r"^(\w+) +(\d+)$", stats, flags=re.MULTILINE)
        return {rule: int(count) for rule, count in jobs if rule not in (*targets, "total")}

    def copy(self, folder: Path) -> "Project":
        """Copy the project and what stands in it, dates included."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder, list(self.configfiles))

    def csvs(self) -> dict[str, bytes]:
        """Everything that a run wrote as CSV, by path."""
        results = self.folder / "results"
        return {
            str(path.relative_to(results)): path.read_bytes()
            for path in sorted(results.glob("**/*.csv"))
        }


def copy_project(folder: Path) -> Project:
    """Copy what a user has after cloning."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            # What other processes are compiling may be gone before it is copied.
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(source, folder / part)
    return Project(folder)

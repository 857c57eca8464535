"""Runs of the whole workflow during which a fault happens to each rule, until all is done."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from snakemake_project import Project, copy_project

HERE = Path(__file__).parent
TARGETS = ("all", "keeps", "threshold_sweep", "export_stimuli", "export_crate")
VARIANTS = ("robustness",)
WITHOUT_MOODS = {"mood": {"layout": None}}
"""Variants of the analysis are made without the second experiment: they are the same jobs."""
REMADE_VARIANT = "variants/logits/*/instrument/paper/trained-seed0.*"
"""Disturbed runs make one of the variants."""
# Small trainings beside each other: how long they take is not asked here.
OPTIONS = (
    *("--keep-going", "--retries", "5", "--cores", "8", "--resources", "gpu=8", "--set-threads"),
    *("train_model=1", "initialise_model=1", "initialise_twin=1"),
    *("extract_module_activations=1", "compare_module_inputs=1"),
)
MOST_RUNS = 300
HANGS_S = 1800
FAILED = re.compile(r"^(\w+)(?: \S+)? failed: (.*)$", re.MULTILINE)
SAID = re.compile(r"^stemlens: (.*)$", re.MULTILINE)


def new_project(folder: Path) -> Project:
    """Copy the project, with a network and an experiment that asks a little of every rule."""
    project = copy_project(folder)
    project.configfiles.append(HERE / "experiment.yaml")
    shutil.copy(HERE / "models.py", folder)
    return project


def run_undisturbed(project: Project) -> None:
    """Run everything, and in between compute activations as a user's own program would."""
    project.succeed("export_stimuli", *OPTIONS)
    elsewhere = [sys.executable, "-P", str(HERE / "elsewhere.py")]
    subprocess.run(elsewhere, cwd=project.folder, check=True)
    project.succeed(*TARGETS, *OPTIONS)
    project.succeed(*VARIANTS, *OPTIONS, config=WITHOUT_MOODS)


def durations_s(project: Project) -> dict[str, float]:
    """Script → seconds of the longest of its jobs."""
    scripts = {file.stem for file in project.folder.glob("scripts/*.py")}
    longest: dict[str, float] = {}
    for file in project.folder.glob("results/demo/benchmarks/**/*.tsv"):
        (script,) = scripts & set(file.with_suffix("").parts)
        seconds = float(file.read_text("utf-8").splitlines()[1].split()[0])
        longest[script] = max(longest.get(script, 0), seconds)
    return longest


def start_again(undisturbed: Project, folder: Path) -> Project:
    """Copy a project without what its runs made, but for the activations computed elsewhere."""
    project = new_project(folder)
    shutil.copy(undisturbed.folder / "theirs.h5", folder)
    return project


def place_variants(undisturbed: Project, project: Project) -> None:
    """Copy what an undisturbed run made of the variants, but for a model of one of them."""
    variants = Path("results/demo/variants")
    shutil.copytree(undisturbed.folder / variants, project.folder / variants)
    for file in (project.folder / "results/demo").glob(REMADE_VARIANT):
        file.unlink()
    for file in (project.folder / variants).rglob("*"):
        file.touch()


class DisturbedRun:
    """Runs a project with every fault at every rule, again and again until all is done.

    Parameters
    ----------
    place
        A new folder, in which the jobs note what they do.
    durations
        What `durations_s` returns.
    """

    def __init__(
        self,
        project: Project,
        place: Path,
        faults: Sequence[str],
        *,
        seed: int,
        durations: dict[str, float],
        options: Sequence[str] = OPTIONS,
    ) -> None:
        self.project = project
        self.place = place
        self.options = options
        self.results = project.folder / "results"
        self.results.mkdir(exist_ok=True)
        for name in ("running", "hit", "second", "lived"):
            (place / name).mkdir(parents=True)
        self.plan = {
            "faults": list(faults),
            "seed": seed,
            "durations_s": durations,
            "results": str(self.results),
        }
        self.said: dict[tuple[str, str], str] = {}
        self.outputs: list[str] = []

    def finish(self, *targets: str, config: dict[str, Any] | None = None) -> None:
        """Start Snakemake until a run ends well."""
        command = self.project.command(*targets, *self.options, config=config)
        (self.place / "plan.json").write_text(json.dumps(self.plan | {"command": command}), "utf-8")
        n_in_vain = 0
        while True:
            before = self.hits()
            status, printed = self.start(command)
            self.outputs.append(printed)
            new = self.hits() - before
            self.said |= {hit: self.message(printed, *hit) for hit in new}
            if status == 0:
                return
            n_in_vain = 0 if new else n_in_vain + 1
            assert n_in_vain < 3, f"the run does not get on\n{printed[-6000:]}"
            assert len(self.outputs) < MOST_RUNS

    def message(self, printed: str, rule: str, fault: str) -> str:
        """What a run said of the job of a rule; empty if nothing."""
        own = json.loads((self.place / "hit" / f"{rule}.{fault}").read_text("utf-8"))
        files = own["outputs"] + own["logs"]
        ours = [line for line in SAID.findall(printed) if any(f"{f}: " in line for f in files)]
        return next(iter(ours), dict(FAILED.findall(printed)).get(rule, ""))

    def start(self, command: list[str]) -> tuple[int, str]:
        """Run Snakemake once; its status, and what it printed."""
        for file in (self.place / "running").iterdir():
            file.unlink()
        path = os.pathsep.join([str(HERE / "injected"), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "STEMLENS_FAULTS": str(self.place), "PYTHONPATH": path}
        with (self.place / "output.txt").open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=self.project.folder,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            (self.place / "process").write_text(str(process.pid), "utf-8")
            start = time.monotonic()
            while process.poll() is None:
                self.free_disk()
                time.sleep(0.02)
                if time.monotonic() - start > HANGS_S:
                    os.killpg(process.pid, signal.SIGKILL)
                    raise AssertionError("the run hangs")
        while not self.free_disk():
            time.sleep(0.02)
        return process.returncode, (self.place / "output.txt").read_text("utf-8", "replace")

    def free_disk(self) -> bool:
        """Make the disk as it was once the job whose fault it is has ended; whether it has."""
        taken = self.place / "disk"
        if not taken.exists():
            return True
        process = taken.read_text("utf-8")
        if not process or _is_alive(process):
            return False
        if not os.access(self.results, os.W_OK):
            subprocess.run(["umount", "--lazy", str(self.results)], check=True)
        (self.results / ".ballast").unlink(missing_ok=True)
        taken.unlink()
        return True

    def hits(self) -> set[tuple[str, str]]:
        """Rule and fault of all that has happened."""
        names = [file.name.split(".") for file in (self.place / "hit").iterdir()]
        return {(rule, fault) for rule, fault in names}

    def files(self) -> dict[str, list[Path]]:
        """Rule → outputs of a job of it."""
        outputs: dict[str, list[Path]] = {}
        for file in sorted((self.place / "hit").iterdir()):
            rule = file.name.split(".")[0]
            own = json.loads(file.read_text("utf-8"))
            if own["rule"] == rule:
                outputs[rule] = [Path(path) for path in own["outputs"]]
        return outputs

    def lived_through(self, rule: str, fault: str) -> bool:
        """Whether the job had done its work, or did it all the same."""
        return (self.place / "lived" / f"{rule}.{fault}").exists()

    def second_runs(self) -> list[str]:
        """What runs said that were started beside this one."""
        return [file.read_text("utf-8") for file in (self.place / "second").iterdir()]

    def resumed(self, rule: str, fault: str) -> bool:
        """Whether a training that was ended had whole epochs, and went on after them."""
        text = (self.place / "hit" / f"{rule}.{fault}").read_text("utf-8")
        logs = [self.project.folder / log for log in json.loads(text)["logs"]]
        return rule == "train_model" and any(
            "going on after" in log.read_text("utf-8") for log in logs
        )


@contextlib.contextmanager
def small_disk(folder: Path, size: str):  # type: ignore[no-untyped-def]
    """Have a folder on a small disk of its own while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def why_no_mounts(folder: Path) -> str:
    """Why no disk can be mounted; empty if one can."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    if mounted.returncode:
        return mounted.stderr.strip()
    subprocess.run(["umount", str(folder)], check=True)
    return ""


def differing(undisturbed: Project, project: Project) -> list[str]:
    """Tables that only one of two runs has, or that differ."""
    expected, found = undisturbed.csvs(), project.csvs()
    return sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))


def _is_alive(process: str) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return False

"""A run of Snakemake on the cluster of the tests, and the project that it runs in."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from slurm_cluster import Cluster
from snakemake_project import Project

EXPERIMENT = Path(__file__).parent / "slurm/experiment.yaml"
MODEL = "instrument/paper/trained-seed0"
# At its end the fold, which has no name where there are no folds.
TRAINING = f"rule_train_model_wildcards_{MODEL.replace('/', '_').replace('-seed', '_')}_"
RESULTS = [
    "results/demo/tables/hypotheses.csv",
    "results/demo/tables/probe.csv",
    "results/demo/tables/cka.csv",
    "results/demo/figures/figure2.png",
]
HISTORY = f"results/demo/models/{MODEL}/history.csv"
LOG = f"results/demo/logs/train_model/{MODEL}.log"
ONE_THREAD = ("--set-threads", "train_model=1")
"""More would wait for each other: the network is tiny, and the node claims too many cores."""
ALL_THREADS = (
    *("--cores", "8"),
    *("--default-resources", "jobs_at_once=1"),
    *("--resources", "gpu=1", "jobs_at_once=2"),
)
"""As many threads for each job as on the cluster: sums of floats hang on their number."""
DEVICE = "INFO device: "
"""What the log of each attempt begins with."""
LIMIT_S = 240
RUN_LIMIT_S = 600


@dataclass
class Run:
    """Snakemake at work on the cluster."""

    project: Project
    cluster: Cluster
    printed: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls, project: Project, cluster: Cluster, arguments: list[str], configfiles: list[Path]
    ) -> "Run":
        printed = project.folder / f"printed-{time.time_ns()}.txt"
        command = [
            *(sys.executable, "-m", "snakemake", "--workflow-profile", "profiles/slurm"),
            *ONE_THREAD,
            *("--slurm-init-seconds-before-status-checks", "5"),
            *arguments,
            *("--configfile", *map(str, configfiles)),
        ]
        file = printed.open("wb")
        process = subprocess.Popen(
            command,
            cwd=project.folder,
            env={**os.environ, **cluster.environment, "STEMLENS_DEVICE": "cpu"},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        file.close()
        return cls(project, cluster, printed, process)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_for_training(self, *, after: str, attempt: int) -> str:
        """ID of the training job, once it runs and this attempt's part of the log has `after`."""
        log = self.project.folder / LOG
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            for job in self.cluster.jobs():
                if job["Comment"] == TRAINING and job["JobState"] == "RUNNING":
                    begun = datetime.fromisoformat(job["StartTime"]).timestamp()
                    is_its_log = log.exists() and log.stat().st_mtime > begun + 1
                    attempts = log.read_text("utf-8").split(DEVICE) if is_its_log else []
                    if any(after in text for text in attempts[attempt:]):
                        return job["JobId"]
            time.sleep(0.2)
        self.kill()
        raise AssertionError(f"no training with {after!r} in its log:\n{self.tail()}")

    def wait_for_job(self, rule: str, state: str = "RUNNING") -> str:
        """ID of a job of this rule or group, once it runs, or is in another state."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            for job in self.cluster.jobs():
                if rule in job["Comment"] and job["JobState"] == state:
                    return job["JobId"]
            time.sleep(0.2)
        self.kill()
        raise AssertionError(f"no {rule} is {state}:\n{self.tail()}")

    def wait_for_report(self, expected: str) -> None:
        """Wait for a line; Snakemake itself ends up to three minutes after its last job."""
        deadline = time.monotonic() + LIMIT_S
        while expected not in self.printed.read_text("utf-8"):
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"{expected!r} is not in:\n{self.tail()}")
            time.sleep(0.2)

    def end(self) -> int:
        """Wait for the end and return the exit status."""
        try:
            return self.process.wait(RUN_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the run did not end:\n{self.tail()}") from None

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def tail(self) -> str:
        return self.printed.read_text("utf-8")[-4000:]


def fill_in_partitions(project: Project) -> None:
    """Do what the profile asks of its user."""
    profile = project.folder / "profiles/slurm/config.yaml"
    lines = profile.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"# default-resources:|# set-resources:|#   .*slurm_partition", line):
            lines[number] = line.replace("# ", "", 1).replace("#   ", "  ", 1)
    profile.write_text("\n".join(lines), "utf-8")


def give_too_little_memory(project: Project, rule: str) -> None:
    file = project.folder / "rules/evaluation.smk"
    before, after = file.read_text("utf-8").split(f"rule {rule}:")
    after, n_changed = re.subn(r"mem_mb=growing\(\w+\)", "mem_mb=growing(300)", after, count=1)
    assert n_changed == 1
    file.write_text(f"{before}rule {rule}:{after}", "utf-8")

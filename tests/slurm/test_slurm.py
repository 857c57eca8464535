"""The whole experiment on a real SLURM, with all that can happen to it on the way.

While a training runs, the controller goes away; then the training runs out of time, and the next
one is cancelled; a group of jobs needs more memory than it was given. The tables must come out as
those of an undisturbed local run.
"""

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from slurm_cluster import Cluster, missing_programs
from snakemake_project import Project, copy_project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(missing_programs()),
        reason=f"not installed: {', '.join(missing_programs())}"
        " (apt-get install slurmctld slurmd slurm-client munge)",
    ),
]

EXPERIMENT = Path(__file__).with_name("experiment.yaml")
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
SAVED_AFTER_S = 6
"""The controller writes down what it knows every five seconds."""


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


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster.start(tmp_path_factory.mktemp("slurm"))
    yield started
    started.stop()


@dataclass(frozen=True)
class Story:
    """What happened: a run whose training never ended, then one that got through.

    Attributes
    ----------
    jobs
        All that SLURM ran.
    endless, finished
        What the two runs printed.
    out_of_time, cancelled
        Trainings that SLURM ended.
    training_log
        What the last training logged.
    """

    local: Project
    project: Project
    jobs: list[dict[str, str]]
    endless: str
    finished: str
    out_of_time: str
    cancelled: str
    training_log: str


@pytest.fixture(scope="module")
def story(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Story:
    local = copy_project(tmp_path_factory.mktemp("local"))
    local.configfiles.append(EXPERIMENT)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(
        local.command(*RESULTS, *ONE_THREAD, *ALL_THREADS), cwd=local.folder, **quiet
    ) as undisturbed:
        story = disturbed_story(local, cluster, tmp_path_factory.mktemp("on-slurm"))
    assert undisturbed.returncode == 0
    return story


def disturbed_story(local: Project, cluster: Cluster, folder: Path) -> Story:
    project = copy_project(folder)
    fill_in_partitions(project)
    give_too_little_memory(project, "evaluate_model")

    endless = project.folder / "endless.yaml"
    endless.write_text("training: {epochs: 1000000}", "utf-8")
    first = Run.start(project, cluster, ["--retries", "0", HISTORY], [EXPERIMENT, endless])
    out_of_time = first.wait_for_training(after="epoch 2 ", attempt=1)
    time.sleep(SAVED_AFTER_S)
    cluster.kill_controller(away_s=15)
    cluster.run("scontrol", "update", f"JobId={out_of_time}", "EndTime=now+1")
    first.wait_for_report(f"external_jobid: {out_of_time}")
    first.kill()

    second = Run.start(project, cluster, RESULTS, [EXPERIMENT])
    cancelled = second.wait_for_training(after="epoch 2 ", attempt=2)
    cluster.run("scancel", cancelled)
    assert second.end() == 0, second.tail()

    return Story(
        local,
        project,
        cluster.jobs(),
        first.printed.read_text("utf-8"),
        second.printed.read_text("utf-8"),
        out_of_time,
        cancelled,
        (project.folder / LOG).read_text("utf-8"),
    )


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


def jobs_of(story: Story, rule: str) -> list[dict[str, str]]:
    return [job for job in story.jobs if rule in job["Comment"]]


def test_the_tables_equal_those_of_a_local_run_byte_for_byte(story: Story) -> None:
    local = story.local.csvs()
    assert "demo/tables/hypotheses.csv" in local
    assert story.project.csvs() == local


def test_every_job_went_through_sbatch_and_small_ones_together(
    story: Story, cluster: Cluster
) -> None:
    submitted = {job["Comment"] for job in story.jobs}
    assert {
        "rule_render_demo_corpus",
        "rule_songs_compute_mels_cut_segments",
        TRAINING,
        "rule_evaluate_evaluate_model",
    } <= submitted
    assert any(comment.startswith("rule_results_") for comment in submitted)
    completed = (cluster.folder / "completed_jobs.txt").read_text("utf-8")
    assert {job["JobId"] for job in story.jobs} == set(re.findall(r"^JobId=(\d+)", completed, re.M))
    printed = story.endless + story.finished
    assert "localrule" not in printed
    assert printed.count("has been submitted with SLURM jobid") == len(story.jobs)
    assert printed.count(" jobs done: ") > 1.5 * len(story.jobs)


def test_jobs_get_the_partition_cores_memory_and_time_of_their_rules(story: Story) -> None:
    (training, *_) = jobs_of(story, TRAINING)
    (evaluation, *_) = jobs_of(story, "evaluate_model")
    assert training["Partition"] == evaluation["Partition"] == "gpu"
    assert (training["NumCPUs"], training["MinMemoryNode"]) == ("1", "12000M")
    (analysis, *_) = jobs_of(story, "rule_analyse")
    assert (evaluation["NumCPUs"], analysis["NumCPUs"]) == ("1", "2")
    (songs, *_) = jobs_of(story, "rule_songs")
    assert songs["Partition"] == "cpu"
    assert (songs["NumCPUs"], songs["MinMemoryNode"]) == ("1", "2000M")
    # Those of both splits, since no test song may be a training song.
    four_songs_two_rules_of_3_min = "00:24:00"
    assert songs["TimeLimit"] == four_songs_two_rules_of_3_min


def test_only_rules_that_ask_for_a_gpu_get_one(story: Story) -> None:
    with_gpu = {job["Comment"] for job in story.jobs if "gpu" in job.get("TresPerJob", "")}
    assert with_gpu == {
        job["Comment"] for rule in ("train_model", "evaluate_model") for job in jobs_of(story, rule)
    }


def test_no_two_jobs_hold_the_gpu_at_once(story: Story) -> None:
    spans = sorted(
        (datetime.fromisoformat(job["StartTime"]), datetime.fromisoformat(job["EndTime"]))
        for job in story.jobs
        if "gpu" in job.get("TresPerJob", "") and job["StartTime"] != "Unknown"
    )
    assert len(spans) >= 5
    assert all(ended <= begun for (_, ended), (begun, _) in itertools.pairwise(spans))


def test_jobs_killed_for_their_memory_are_tried_again_with_more(story: Story) -> None:
    killed, repeated, *_ = jobs_of(story, "evaluate_model")
    assert (killed["MinMemoryNode"], repeated["MinMemoryNode"]) == ("300M", "600M")
    assert killed["JobState"] in ("FAILED", "OUT_OF_MEMORY", "CANCELLED")
    assert repeated["JobState"] == "COMPLETED"


@pytest.mark.parametrize("state", ["TIMEOUT", "CANCELLED"])
def test_a_training_that_slurm_ended_is_reported_with_its_log(story: Story, state: str) -> None:
    number = {"TIMEOUT": story.out_of_time, "CANCELLED": story.cancelled}[state]
    (job,) = (job for job in story.jobs if job["JobId"] == number)
    assert job["JobState"] == state
    report = (story.endless + story.finished).split(f"SLURM-job '{number}' failed")[1]
    assert report.startswith(f", SLURM status is: '{state}")
    assert f"logs/train_model/{MODEL}.log" in report
    (log,) = re.findall(rf"\S+/{number}\.log", report.split("external_jobid")[0])
    assert "train_model" in Path(log).read_text("utf-8")


def test_a_training_that_slurm_ended_goes_on_after_its_last_whole_epoch(story: Story) -> None:
    *_, last_whole_epoch = re.findall(r"going on after epoch (\d+)$", story.training_log, re.M)
    assert int(last_whole_epoch) >= 2


def test_nothing_is_lost_while_the_controller_is_away(story: Story) -> None:
    """What was ended on purpose is all that did not get through."""
    unfinished = [job["JobId"] for job in story.jobs if job["JobState"] != "COMPLETED"]
    killed, *_ = jobs_of(story, "evaluate_model")
    assert unfinished == [story.out_of_time, story.cancelled, killed["JobId"]]
    finished = [job for job in jobs_of(story, TRAINING) if job["JobState"] == "COMPLETED"]
    assert len(finished) == 1

"""The whole experiment on a real SLURM, with all that can happen to it on the way.

While a training runs, the controller goes away and the node is drained and crashes; then the
training runs out of time. Snakemake itself is killed in the next training, and the one after that
is cancelled; a group of jobs needs more memory than it was given. The tables must come out as those
of an undisturbed local run.
"""

import itertools
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from slurm_cluster import Cluster, missing_programs
from slurm_faults_table import Fault, reported, write_faults
from slurm_run import (
    ALL_THREADS,
    DEVICE,
    EXPERIMENT,
    HISTORY,
    LOG,
    MODEL,
    ONE_THREAD,
    RESULTS,
    TRAINING,
    Run,
    fill_in_partitions,
    give_too_little_memory,
)
from snakemake_project import Project, copy_project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(missing_programs()),
        reason=f"not installed: {', '.join(missing_programs())}"
        " (apt-get install slurmctld slurmd slurm-client munge)",
    ),
]

AWAY_S = 15
SAVED_AFTER_S = 6
"""The controller writes down what it knows every five seconds."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster.start(tmp_path_factory.mktemp("slurm"))
    yield started
    started.stop()


@dataclass(frozen=True)
class Story:
    """What happened: a run whose training never ended, one that was killed, one that got through.

    Attributes
    ----------
    jobs
        All that SLURM ran.
    printed
        What the runs printed: the endless one, the killed one, one that was refused since jobs of
        the killed one were left, the one that got through.
    out_of_time, cancelled
        Trainings that SLURM ended.
    left
        Jobs of the killed run, which had to be cancelled.
    after_absence, drained, crashed
        What SLURM said of the first training: when the controller was back, when the node was to
        take no more jobs, and after it had crashed.
    training_log
        What all attempts of the training logged.
    """

    local: Project
    project: Project
    jobs: list[dict[str, str]]
    printed: list[str]
    out_of_time: str
    left: list[str]
    cancelled: str
    after_absence: dict[str, str]
    drained: dict[str, str]
    crashed: dict[str, str]
    training_log: str

    @property
    def attempts(self) -> list[str]:
        """What each attempt of the training logged."""
        return self.training_log.split(DEVICE)[1:]

    def job(self, number: str) -> dict[str, str]:
        """All that SLURM says of a job at the end."""
        (found,) = (job for job in self.jobs if job["JobId"] == number)
        return found


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
    arguments = ["--retries", "0", HISTORY]
    with Run.start(project, cluster, arguments, [EXPERIMENT, endless]) as first:
        out_of_time = first.wait_for_training(after="epoch 2 ", attempt=1)
        cluster.drain_node(is_drained=True)
        drained = cluster.job(out_of_time)
        cluster.crash_node()
        crashed = cluster.wait_until_back(out_of_time, "DRAINED")
        cluster.drain_node(is_drained=False)

        first.wait_for_training(after="INFO epoch ", attempt=2)
        time.sleep(SAVED_AFTER_S)
        cluster.kill_controller()
        time.sleep(AWAY_S)
        cluster.start_controller()
        after_absence = cluster.job(out_of_time)
        cluster.run("scontrol", "update", f"JobId={out_of_time}", "EndTime=now+1")
        first.wait_for_report(f"external_jobid: {out_of_time}")

    with Run.start(project, cluster, RESULTS, [EXPERIMENT]) as killed:
        killed.wait_for_training(after="epoch 2 ", attempt=3)
    with Run.start(project, cluster, RESULTS, [EXPERIMENT]) as refused:
        assert refused.end() == 1, refused.tail()
    (left,) = re.findall(r"still write there .* scancel ([\d ]+)$", refused.tail(), re.M)
    cluster.run("scancel", *left.split())
    for number in left.split():
        cluster.wait_for_state(number, "CANCELLED")

    with Run.start(project, cluster, RESULTS, [EXPERIMENT]) as last:
        cancelled = last.wait_for_training(after="INFO epoch ", attempt=4)
        cluster.run("scancel", cancelled)
        assert last.end() == 0, last.tail()

    return Story(
        local,
        project,
        cluster.jobs(),
        [run.printed.read_text("utf-8") for run in (first, killed, refused, last)],
        out_of_time,
        left.split(),
        cancelled,
        after_absence,
        drained,
        crashed,
        (project.folder / LOG).read_text("utf-8"),
    )


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
    printed = "".join(story.printed)
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
    report = "".join(story.printed).split(f"SLURM-job '{number}' failed")[1]
    assert report.startswith(f", SLURM status is: '{state}")
    assert f"logs/train_model/{MODEL}.log" in report
    (log,) = re.findall(rf"\S+/{number}\.log", report.split("external_jobid")[0])
    assert "train_model" in Path(log).read_text("utf-8")


def test_a_training_that_slurm_ended_goes_on_after_its_last_whole_epoch(story: Story) -> None:
    after_crash, other_settings, after_kill, after_cancel = story.attempts[1:]
    for attempt in (after_crash, after_kill, after_cancel):
        (last_whole_epoch,) = re.findall(r"going on after epoch (\d+)$", attempt, re.M)
        assert int(last_whole_epoch) >= 2
    assert "starting at epoch 1" in other_settings


def test_nothing_is_lost_while_the_controller_is_away(story: Story) -> None:
    """What was ended on purpose is all that did not get through."""
    unfinished = [job["JobId"] for job in story.jobs if job["JobState"] != "COMPLETED"]
    short_of_memory, *_ = jobs_of(story, "evaluate_model")
    ended = [story.out_of_time, *story.left, story.cancelled, short_of_memory["JobId"]]
    assert sorted(unfinished) == sorted(ended)
    finished = [job for job in jobs_of(story, TRAINING) if job["JobState"] == "COMPLETED"]
    assert len(finished) == 1


def test_slurm_itself_starts_the_training_again_whose_node_crashed(story: Story) -> None:
    assert (story.drained["JobState"], story.drained["Restarts"]) == ("RUNNING", "0")
    assert (story.crashed["JobState"], story.crashed["Restarts"]) == ("PENDING", "1")
    endless = story.printed[0]
    assert endless.count(" failed, ") == endless.count(" failed, SLURM status is: 'TIMEOUT'") == 1


def test_every_fault_is_in_the_table_with_what_became_of_the_run(story: Story) -> None:
    assert story.project.csvs() == story.local.csvs()
    training = "a training"
    (left_training,) = (job for job in jobs_of(story, TRAINING) if job["JobId"] in story.left)
    short_of_memory, repeated, *_ = jobs_of(story, "evaluate_model")
    faults = [
        Fault(
            f"controller killed, back after {AWAY_S} s",
            training,
            reported(story.after_absence),
            "waits for SLURM to answer again",
        ),
        Fault("node drained", training, reported(story.drained), "is not disturbed"),
        Fault(
            "drained node crashed, booted again and resumed",
            training,
            reported(story.crashed),
            went_on(story.attempts[1]),
        ),
        Fault(
            "time limit reached, attempts used up",
            training,
            reported(story.job(story.out_of_time)),
            "ends with SLURM's message and the log",
        ),
        Fault(
            "Snakemake killed, and started again",
            "trainings, running and queued",
            reported(left_training),
            "refused until those are cancelled, as it says (`scancel`); then a training "
            + went_on(story.attempts[3]),
        ),
        Fault(
            "`scancel`", training, reported(story.job(story.cancelled)), went_on(story.attempts[4])
        ),
        Fault(
            "out of memory",
            f"an evaluation with {short_of_memory['MinMemoryNode']}",
            reported(short_of_memory),
            f"tried again with {repeated['MinMemoryNode']}: {repeated['JobState']}",
        ),
    ]
    write_faults("Every test of SLURM", faults)


def went_on(attempt: str) -> str:
    """What an attempt of the training did, by its log."""
    if "going on after epoch" in attempt:
        return "continues after the last whole epoch"
    return "starts at epoch 1"


def test_a_run_is_refused_while_jobs_of_a_killed_one_are_left(story: Story) -> None:
    assert story.printed[2].count("has been submitted") == 0
    left = [story.job(number) for number in story.left]
    assert TRAINING in {job["Comment"] for job in left}
    assert {job["JobState"] for job in left} == {"CANCELLED"}

"""Faults that meet small jobs, which SLURM runs several of in one submission; on demand.

The tables must come out as those of an undisturbed local run.
"""

import re
import time
from pathlib import Path

import pytest
from slurm_cluster import Cluster, missing_programs
from slurm_faults_table import Fault, reported, write_faults
from slurm_run import ALL_THREADS, EXPERIMENT, MODEL, ONE_THREAD, RESULTS, Run, fill_in_partitions
from snakemake_project import Project, copy_project

BEGUN_S = 5.0
"""After this time the processes of a job are there."""

pytestmark = [
    pytest.mark.on_demand,
    pytest.mark.skipif(bool(missing_programs()), reason="no SLURM is installed"),
]


def test_small_jobs_come_through_all_faults(tmp_path: Path) -> None:
    local, project = copy_project(tmp_path / "local"), copy_project(tmp_path / "on-slurm")
    for each in (local, project):
        each.configfiles.append(EXPERIMENT)
    local.succeed(*RESULTS, *ONE_THREAD, *ALL_THREADS)
    fill_in_partitions(project)
    cluster = Cluster.start(tmp_path / "slurm")
    try:
        faults = disturbed_run(project, cluster)
    finally:
        cluster.stop()
    assert project.csvs() == local.csvs()
    write_faults("On demand", faults)


def disturbed_run(project: Project, cluster: Cluster) -> list[Fault]:
    def start() -> Run:
        return Run.start(project, cluster, RESULTS, [EXPERIMENT])

    faults = []

    def note(fault: str, met: str, job: str, run: str) -> None:
        faults.append(Fault(fault, met, job, run))

    cluster.kill_controller()
    with start() as unheard:
        assert unheard.end() == 1
        assert re.search(r"^\w+ failed: .*Unable to contact slurm controller", unheard.tail(), re.M)
    cluster.start_controller()
    note("controller away", "submissions", "nothing", "ends and says that SLURM does not answer")

    with start() as run:
        songs = run.wait_for_job("rule_songs")
        time.sleep(BEGUN_S)
        # Longer than elsewhere, since the job has only just begun.
        cluster.crash_node(boot_s=40.0)
        job = cluster.wait_until_back(songs)
        assert run.wait_for_job("rule_songs") == songs
        note(
            "node crashed and booted again", "songs", reported(job), "makes all of its group again"
        )

        cluster.kill_daemon_of_node()
        cluster.start_daemon_of_node()
        note("slurmd killed and started", "songs", reported(cluster.job(songs)), "is not disturbed")

        cluster.drain_node(is_drained=True)
        splits = run.wait_for_job("rule_splits", "PENDING")
        job = cluster.wait_for_state(splits, "PENDING", "DRAINED")
        cluster.drain_node(is_drained=False)
        note(
            "node drained, then resumed", "splits in the queue", reported(job), "waits for the node"
        )

        analysis = run.wait_for_job("rule_analyse")
        cluster.requeue(analysis)
        job = cluster.wait_until_back(analysis)
        note("`scontrol requeue`", "an analysis", reported(job), "makes all of its group again")
        assert run.wait_for_job("rule_analyse") == analysis

    with start() as refused:
        assert refused.end() == 1
        assert f"scancel {analysis}" in refused.tail()
    job = cluster.wait_for_state(analysis, "COMPLETED")
    # Nobody but the job itself could note what its results were made with.
    changed = project.planned({"probe": {"c": 10}}, targets=[f"results/demo/probes/{MODEL}.csv"])
    assert changed == {"probe_layers": 1}
    with start() as last:
        assert last.end() == 0
        assert "rule_analyse" not in last.printed.read_text("utf-8")
    what = "refused until the job had ended; then its results are kept"
    note("Snakemake killed, and started again", "an analysis, which ran on", reported(job), what)
    return faults

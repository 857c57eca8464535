"""Faults that meet small jobs, which SLURM runs several of in one submission; on demand.

The tables must come out as those of an undisturbed local run.
"""

from pathlib import Path

import pytest
from slurm_cluster import Cluster, missing_programs
from slurm_faults_table import Fault, reported, write_faults
from slurm_run import ALL_THREADS, EXPERIMENT, MODEL, ONE_THREAD, RESULTS, Run, fill_in_partitions
from snakemake_project import Project, copy_project

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
    cluster.kill_controller()
    run = start()
    assert run.end() == 1
    assert "failed: SLURM sbatch failed." in run.tail()
    cluster.start_controller()
    met = "submissions"
    faults.append(Fault("controller away", met, "nothing", "ends and says that `sbatch` failed"))

    run = start()
    songs = run.wait_for_job("rule_songs")
    cluster.kill_daemon_of_node()
    cluster.start_daemon_of_node()
    job = cluster.job(songs)
    faults.append(Fault("slurmd killed and started", "songs", reported(job), "is not disturbed"))

    cluster.crash_node(songs)
    job = cluster.wait_until_back(songs)
    assert run.wait_for_job("rule_songs") == songs
    met = "songs, several jobs in one"
    faults.append(Fault("node crashed and booted again", met, reported(job), "makes all again"))

    cluster.drain_node(is_drained=True)
    splits = run.wait_for_job("rule_splits", "PENDING")
    job = cluster.wait_for_state(splits, "PENDING", "DRAINED")
    cluster.drain_node(is_drained=False)
    met = "splits, which were queued"
    faults.append(Fault("node drained, then resumed", met, reported(job), "waits for the node"))

    analysis = run.wait_for_job("rule_analyse")
    cluster.requeue(analysis)
    job = cluster.wait_until_back(analysis)
    met = "an analysis, several jobs in one"
    faults.append(Fault("`scontrol requeue`", met, reported(job), "makes all again"))

    assert run.wait_for_job("rule_analyse") == analysis
    run.kill()
    refused = start()
    assert refused.end() == 1
    assert f"scancel {analysis}" in refused.tail()
    job = cluster.wait_for_state(analysis, "COMPLETED")
    # Nobody but the job itself could note what it was made with.
    probes = f"results/demo/probes/{MODEL}.csv"
    assert "probe_layers" in project.planned({"probe": {"c": 10}}, targets=[probes])
    run = start()
    assert run.end() == 0
    assert "rule_analyse" not in run.printed.read_text("utf-8")
    met = "an analysis, which ran on"
    what = "refused until the job had ended; then what the job made is kept"
    faults.append(Fault("Snakemake killed, and started again", met, reported(job), what))
    return faults

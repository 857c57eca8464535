"""A run of the demo: what it took, job by job."""

import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from project import copy_project, rule_requests, snakemake
from reports.import_times import bare_python_s, import_costs

N_CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class DemoRun:
    """What a run took.

    Attributes
    ----------
    wall_s
        From the command to its end.
    jobs : DataFrame
        A row per job: ``rule``, ``seconds``, ``start_up_s`` (of them, Python and its imports) and
        ``cores``.
    peaks_mb : Series
        Rule → largest resident memory of its jobs.
    sizes : Series
        Number of segments, by split.
    """

    wall_s: float
    jobs: pd.DataFrame
    peaks_mb: pd.Series
    sizes: pd.Series


@cache
def run_demo(folder: Path) -> DemoRun:
    """Run the demo in a copy of the project, once."""
    copy_project(folder)
    peaks = folder / "peaks.csv"
    watched = {
        "PYTHONPATH": str(Path(__file__).parent / "peaks"),
        "STEMLENS_PEAKS": str(peaks),
    }
    start = time.perf_counter()
    snakemake(folder, "--cores", "all", **watched)
    wall_s = time.perf_counter() - start
    table = pd.read_csv(peaks, names=["rule", "mb"])
    segments = pd.read_csv(folder / "results/demo/tables/segments.csv")
    return DemoRun(
        wall_s,
        read_jobs(folder / "results/demo/benchmarks"),
        table.groupby("rule")["mb"].max(),
        segments[segments["kept"]].groupby("split").size(),
    )


def read_jobs(folder: Path) -> pd.DataFrame:
    """Read what Snakemake measured of each job, and add what of it is start-up."""
    requests, imports, python_s = rule_requests(), import_costs()["seconds"], bare_python_s()
    rows = []
    for path in sorted(folder.rglob("*.tsv")):
        rule = path.relative_to(folder).parts[0].removesuffix(".tsv")
        seconds = float(pd.read_csv(path, sep="\t")["s"].iloc[0])
        rows.append(
            {
                "rule": rule,
                "seconds": seconds,
                "start_up_s": min(seconds, python_s + imports[rule]),
                "cores": min(N_CORES, requests.loc[rule, "threads"]),
            }
        )
    return pd.DataFrame(rows)

"""What a job costs before it does anything: interpreter, imports, and Snakemake's own part."""

import json
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pandas as pd
from project import ROOT, snakemake
from tqdm import tqdm

HEAVY = ("torch", "librosa", "matplotlib", "sklearn", "scipy", "pandas")
N_RUNS = 2
PROBE = """
import importlib, json, sys, time
start = time.perf_counter()
if {name!r}:
    importlib.import_module({name!r})
seconds = time.perf_counter() - start
lines = open("/proc/self/status").read().splitlines()
resident_mb = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
print(json.dumps([seconds, resident_mb, [n for n in {heavy} if n in sys.modules]]))
"""
WORKFLOW = """
rule all:
    input: expand("done/{job}", job=range(int(config["n_jobs"])))

rule empty:
    output: "done/{job}",
    log: "log/{job}",
    benchmark: "benchmark/{job}",
    script: "empty.py"
"""
N_JOBS = (2, 12)


@cache
def import_costs() -> pd.DataFrame:
    """Import each script in a fresh process.

    Returns
    -------
    DataFrame
        Indexed by script: ``seconds``, ``resident_mb`` (of the process, after it), ``heavy``.
    """
    rows = {}
    scripts = sorted(path.stem for path in (ROOT / "scripts").glob("*.py"))
    for name in tqdm(scripts, desc="import_times", unit="script", leave=False, disable=None):
        probes = [probe(name) for _ in range(N_RUNS)]
        seconds, resident_mb, heavy = min(probes)
        rows[name] = {"seconds": seconds, "resident_mb": resident_mb, "heavy": heavy}
    return pd.DataFrame.from_dict(rows, orient="index")


def probe(name: str) -> list:
    """Seconds, resident memory, and the heavy packages that were loaded."""
    code = PROBE.format(name=name, heavy=HEAVY)
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    return json.loads(subprocess.check_output(command, env=environment, text=True))


def bare_python_s() -> float:
    """Start and end of an interpreter that does nothing."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        times.append(time.perf_counter() - start)
    return min(times)


@cache
def empty_job_s(folder: Path) -> float:
    """What a job with an empty script adds to a run on one core."""
    seconds = []
    for n_jobs in N_JOBS:
        run = folder / f"{n_jobs}_jobs"
        run.mkdir(parents=True)
        (run / "Snakefile").write_text(WORKFLOW, "utf-8")
        # An output has to appear, or the job has failed.
        (run / "empty.py").write_text("open(snakemake.output[0], 'w').close()\n", "utf-8")
        start = time.perf_counter()
        snakemake(run, "--cores", "1", "--config", f"n_jobs={n_jobs}")
        seconds.append(time.perf_counter() - start)
    return (seconds[1] - seconds[0]) / (N_JOBS[1] - N_JOBS[0])


def report(folder: Path) -> list[str]:
    """Markdown: a row per script, slowest first."""
    costs = import_costs().sort_values("seconds", ascending=False)
    lines = [
        "## Importing a script",
        "",
        f"In a fresh process; a bare Python takes {bare_python_s():.2f} s. A job of Snakemake with"
        f" an empty script takes {empty_job_s(folder):.2f} s, Python included.",
        "",
        "| Script | s | loads | memory then, MB |",
        "|---|---|---|---|",
    ]
    for script, cost in costs.iterrows():
        lines.append(
            f"| {script} | {cost['seconds']:.2f} | {', '.join(cost['heavy']) or '–'}"
            f" | {cost['resident_mb']:.0f} |"
        )
    return [*lines, ""]

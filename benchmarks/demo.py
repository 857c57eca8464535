"""Where the time of the demo goes, and how long the whole experiment would take here."""

import ast
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from comparisons.dry_run import write_experiment
from snakemake_project import ROOT, copy_project

N_CORES = len(os.sched_getaffinity(0))
N_SHOWN = 10
TRAIN_SEGMENTS, TEST_SONGS, SONG_S = 1661, 47, 240
"""Of MUSDB18 as the paper has it."""
DEMO_SONG_S, DEMO_TEST_SONGS, DEMO_EPOCHS, EPOCHS = 31, 16, 15, 30
"""As in config.yaml and presets/musdb18hq.yaml."""


@dataclass(frozen=True)
class DemoRun:
    """What a run took.

    Attributes
    ----------
    wall_s
        From the command to its end.
    jobs : DataFrame
        A row per job: ``rule``, ``task`` (where it has one), ``seconds``, ``threads``,
        ``start_up_s`` (of the seconds, Python and its imports).
    n_segments
        How many the training split has.
    """

    wall_s: float
    jobs: pd.DataFrame
    n_segments: int


def run_demo(folder: Path) -> DemoRun:
    """Run the demo in a copy of the project; Snakemake measures each job."""
    project = copy_project(folder)
    start = time.perf_counter()
    project.succeed("--cores", "all", "--benchmark-extended")
    wall_s = time.perf_counter() - start
    results = project.folder / "results/demo"
    segments = pd.read_csv(results / "tables/segments.csv")
    n_segments = (segments["kept"] & (segments["split"] == "train")).sum()
    files = sorted((results / "benchmarks").rglob("*.tsv"))
    measured = pd.concat([pd.read_csv(file, sep="\t") for file in files])
    rules = measured["rule_name"]
    imports_s = rules.map({rule: import_s(rule) for rule in rules.unique()})
    jobs = pd.DataFrame(
        {
            "rule": rules,
            "task": measured["wildcards"].map(lambda text: ast.literal_eval(text).get("task")),
            "seconds": measured["s"],
            "threads": measured["threads"],
            "start_up_s": imports_s.clip(upper=measured["s"]),
        }
    )
    return DemoRun(wall_s, jobs, int(n_segments))


def import_s(script: str) -> float:
    """Seconds of a process that imports a script, and nothing else."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {script}"], env=environment, check=True)
    return time.perf_counter() - start


def report(folder: Path) -> list[str]:
    """Markdown: shares of the demo's time, and the estimate."""
    run = run_demo(folder / "demo")
    n_jobs = write_experiment(folder / "musdb18").planned()
    return [*shares(run), *estimate(run, n_jobs)]


def shares(run: DemoRun) -> list[str]:
    """Markdown: the time of all cores by what they did, and the rules that take most."""
    held = run.jobs["threads"]
    taken_s = (run.jobs["seconds"] * held).sum()
    start_up_s = (run.jobs["start_up_s"] * held).sum()
    total_s = run.wall_s * N_CORES
    parts = {
        "work": taken_s - start_up_s,
        "start-up of jobs: Python and imports": start_up_s,
        "no job: Snakemake plans, or a step waits for another": total_s - taken_s,
    }
    by_rule = run.jobs.groupby("rule").agg(
        jobs=("seconds", "size"), seconds=("seconds", "sum"), start_up_s=("start_up_s", "sum")
    )
    by_rule = by_rule.sort_values("seconds", ascending=False)
    by_rule.loc[f"{len(by_rule) - N_SHOWN} others"] = by_rule.iloc[N_SHOWN:].sum()
    shown = pd.concat([by_rule.iloc[:N_SHOWN], by_rule.iloc[-1:]])
    return [
        "## Where the time of the demo goes",
        "",
        f"{len(run.jobs)} jobs in {run.wall_s:.0f} s on {N_CORES} cores; a job counts with the"
        " cores that it holds.",
        "",
        "| | s of cores | share |",
        "|---|---|---|",
        *(f"| {name} | {part_s:.0f} | {part_s / total_s:.0%} |" for name, part_s in parts.items()),
        "",
        "| Rule | jobs | s | of it start-up |",
        "|---|---|---|---|",
        *(
            f"| {rule} | {row['jobs']:.0f} | {row['seconds']:.0f} | {row['start_up_s']:.0f} |"
            for rule, row in shown.iterrows()
        ),
        "",
    ]


def estimate(run: DemoRun, n_jobs: dict[str, int]) -> list[str]:
    """Markdown: time of the whole experiment here, from jobs of the demo and the plan.

    The work of a job grows with its data; start-up does not.
    """
    segments, songs = TRAIN_SEGMENTS / run.n_segments, TEST_SONGS / DEMO_TEST_SONGS
    growth = {
        "cut_segments": SONG_S / DEMO_SONG_S,
        "compute_mels": SONG_S / DEMO_SONG_S,
        "train_model": segments * EPOCHS / DEMO_EPOCHS,
        "initialise_model": segments,
        "evaluate_model": segments,
        "extract_activations": songs,
        "compare_stimuli": songs**2,
        "bootstrap_similarity": songs**2,
        "probe_layers": songs**3,
    }
    jobs = run.jobs[run.jobs["task"] != "mood"]
    means = jobs.groupby("rule")[["seconds", "start_up_s", "threads"]].mean()
    work_s = means["seconds"] - means["start_up_s"]
    n_models = n_jobs["extract_activations"] / (jobs["rule"] == "extract_activations").sum()
    rows = {}
    for rule in sorted(means.index.intersection(list(n_jobs))):
        factor = growth.get(rule, n_models)
        job_s = means["start_up_s"][rule] + factor * work_s[rule]
        core_h = n_jobs[rule] * job_s * min(N_CORES, means["threads"][rule]) / 3600
        rows[rule] = (factor, job_s, core_h)
    total_h = sum(core_h for _, _, core_h in rows.values()) / N_CORES
    longest = sorted(rows, key=lambda rule: rows[rule][2], reverse=True)[:N_SHOWN]
    return [
        "## How long the whole experiment would take on this machine",
        "",
        f"**{total_h:.1f} hours**, an estimate: MUSDB18 with `presets/full.yaml`, without moods."
        " Each job is one of the demo with its work times a factor: length of a song, number of"
        " training segments and epochs, of test songs (squared for pairs, cubed for probes), else"
        " of models.",
        "",
        "| Rule | jobs | factor | s per job | hours of cores |",
        "|---|---|---|---|---|",
        *(
            f"| {rule} | {n_jobs[rule]} | {rows[rule][0]:.1f} | {rows[rule][1]:.1f}"
            f" | {rows[rule][2]:.2f} |"
            for rule in longest
        ),
        "",
    ]

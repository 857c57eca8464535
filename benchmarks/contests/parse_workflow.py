"""What a plan of the whole experiment takes, beside workflows that hold nothing of ours."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml
from contest import OURS, Target
from project import copy_project, snakemake

TITLE = "`snakemake --dry-run` of 150 songs, 5 seeds, 5 networks"
THREADS, ROUNDS, WARM_UPS, CALLS = 1, 3, 0, 1
N_SONGS = {"train": 100, "test": 50}
STEMS = ("drums", "bass", "other", "vocals", "mixture")
EMPTY, TRIVIAL = "empty workflow", "as many trivial jobs"
NOTE = (
    "The empty workflow has nothing but its target. The third has as many jobs as ours, in chains"
    " of ten, each with input, output, log, benchmark, resources, a parameter and an empty script:"
    " what Snakemake takes by itself."
)
EMPTY_SNAKEFILE = "rule all:\n"
TRIVIAL_SNAKEFILE = """
rule all:
    input: expand("10/{job}", job=range(N_CHAINS))

rule step1:
    output: "1/{job}",
"""
TRIVIAL_RULE = """
rule stepNUMBER:
    input: "BEFORE/{job}",
    output: "NUMBER/{job}",
"""
TRIVIAL_BODY = """
    log: "logs/NUMBER/{job}",
    benchmark: "benchmarks/NUMBER/{job}",
    threads: 1
    resources: mem_mb=500, runtime=5,
    params: number=NUMBER,
    script: "empty.py"
"""


def trivial_workflow(n_jobs: int) -> str:
    """Chains of ten jobs."""
    text = TRIVIAL_SNAKEFILE.replace("N_CHAINS", str(n_jobs // 10))
    for number in range(1, 11):
        rule = (TRIVIAL_RULE if number > 1 else "") + TRIVIAL_BODY.lstrip("\n")
        text += rule.replace("NUMBER", str(number)).replace("BEFORE", str(number - 1))
    return text


def prepare(folder: Path) -> None:
    """Three workflows."""
    copy_project(folder / OURS)
    for split, n_songs in N_SONGS.items():
        for number in range(n_songs):
            song = folder / f"songs/{split}/Song {number}"
            song.mkdir(parents=True)
            for stem in STEMS:
                (song / f"{stem}.wav").touch()
    settings = {
        "corpus": {"name": "large", "layout": "musdb18hq", "root": str(folder / "songs")},
        "experiment": {"seeds": [0, 1, 2, 3, 4]},
        "mood": {"layout": None},
    }
    (folder / OURS / "large.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    n_jobs = count_jobs(stemlens(folder)())
    for name, text in {EMPTY: EMPTY_SNAKEFILE, TRIVIAL: trivial_workflow(n_jobs)}.items():
        (folder / name).mkdir()
        (folder / name / "Snakefile").write_text(text, "utf-8")
        (folder / name / "empty.py").touch()


def plan(folder: Path, name: str) -> Callable[[], str]:
    """A dry run of one of the others."""
    return lambda: snakemake(folder / name, "--dry-run", "--cores", "2")


def stemlens(folder: Path) -> Callable[[], str]:
    """A dry run of the experiment in full."""
    configs = ("--configfile", "presets/full.yaml", "large.yaml")
    return lambda: snakemake(folder / OURS, "--dry-run", "--cores", "2", *configs)


CONTESTANTS = {
    OURS: stemlens,
    EMPTY: partial(plan, name=EMPTY),
    TRIVIAL: partial(plan, name=TRIVIAL),
}
TARGETS = [
    Target(
        EMPTY,
        at_most_more=1.0,
        reason="half of it is Snakemake's own work for as many jobs; of the rest, about 0.1 s each"
        " are parsing 15 files of rules, digests of each script's code, and the config's check",
    ),
    Target(TRIVIAL, at_most_more=1.0),
]


def count_jobs(printed: str) -> int:
    """How many jobs a dry run found."""
    return int(re.findall(r"^total +(\d+)$", printed, re.MULTILINE)[0])


def check(folder: Path) -> None:
    """As many jobs, to within the ten of a chain; the empty workflow has its target alone."""
    n_jobs = {name: count_jobs(contestant(folder)()) for name, contestant in CONTESTANTS.items()}
    assert abs(n_jobs[OURS] - n_jobs[TRIVIAL]) <= 10
    assert n_jobs[EMPTY] == 1

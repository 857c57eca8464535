"""The plan of the whole experiment, beside a workflow that holds nothing of ours."""

from collections.abc import Callable
from pathlib import Path

from comparison import OURS, Comparison
from snakemake_project import Project, copy_project

N_SONGS = {"train": 100, "test": 50}
STEMS = ("drums", "bass", "other", "vocals", "mixture")
CHAINS = """
rule all:
    input: expand("10/{job}", job=range(N_CHAINS))
"""
LINK = """
rule step_NUMBER:
    input: INPUT
    output: "NUMBER/{job}",
    log: "logs/NUMBER/{job}",
    benchmark: "benchmarks/NUMBER/{job}",
    threads: 1
    resources: mem_mb=500, runtime=5,
    params: number=NUMBER,
    script: "empty.py"
"""


def experiment(folder: Path) -> Project:
    """The experiment in full on the songs of `write_experiment`."""
    project = Project(folder / "project")
    presets = [project.folder / f"presets/{name}.yaml" for name in ("musdb18hq", "full")]
    project.configfiles += [*presets, folder / "songs.yaml"]
    return project


def write_experiment(folder: Path) -> Project:
    """A copy of the project, and MUSDB18-HQ, of which nothing but the names is there."""
    copy_project(folder / "project")
    for split, n_songs in N_SONGS.items():
        for number in range(n_songs):
            song = folder / f"songs/{split}/Song {number}"
            song.mkdir(parents=True)
            for stem in STEMS:
                (song / f"{stem}.wav").touch()
    settings = f"corpus: {{root: {folder / 'songs'}}}\nmood: {{layout: null}}\n"
    (folder / "songs.yaml").write_text(settings, "utf-8")
    return experiment(folder)


def prepare(folder: Path) -> None:
    """Both workflows, of as many jobs to within ten."""
    n_jobs = sum(write_experiment(folder).planned().values())
    (folder / "trivial").mkdir()
    text = CHAINS.replace("N_CHAINS", str(n_jobs // 10))
    for number in range(1, 11):
        before = f'"{number - 1}/{{job}}"' if number > 1 else "[]"
        text += LINK.replace("NUMBER", str(number)).replace("INPUT", before)
    (folder / "trivial/Snakefile").write_text(text, "utf-8")
    (folder / "trivial/empty.py").touch()


def stemlens(folder: Path) -> Callable[[], str]:
    """A dry run of the experiment."""
    return lambda: experiment(folder).succeed("--dry-run")


def trivial(folder: Path) -> Callable[[], str]:
    """A dry run of the chains."""
    return lambda: Project(folder / "trivial").succeed("--dry-run")


TRIVIAL = "as many trivial jobs"
COMPARISON = Comparison(
    "`snakemake --dry-run` of 150 songs, `presets/full.yaml`",
    {OURS: stemlens, TRIVIAL: trivial},
    prepare,
    targets={TRIVIAL: 0.67},
    note="trivial jobs come in chains of ten, each with input, output, log, benchmark, resources, a"
    " parameter and an empty script: what Snakemake takes by itself.",
    n_warm_ups=0,
)

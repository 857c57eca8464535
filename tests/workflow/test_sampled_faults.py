"""A few faults at a few rules, drawn anew each time; make test-faults does all of them."""

import base64
import json
import os
import random
from pathlib import Path

from faults.damage import drawn_truncation
from faults.disturbed_run import DisturbedRun, durations_s
from snakemake_project import Project

N_RULES = 3
FAULTS = ("kill_job", "kill_all", "sigint", "second_run", "sigterm")


def jobs(project: Project) -> dict[str, list[str]]:
    """Rule → an output of each of its jobs."""
    outputs: dict[str, list[str]] = {}
    for file in sorted((project.folder / ".snakemake/metadata").rglob("*")):
        if file.is_file():
            rule = json.loads(file.read_text("utf-8"))["rule"]
            name = "".join(file.relative_to(project.folder / ".snakemake/metadata").parts)
            outputs.setdefault(rule, []).append(base64.b64decode(name.replace("@", "")).decode())
    return outputs


def test_drawn_rules_recover_from_drawn_faults(finished: Project, tmp_path: Path) -> None:
    seed = int(os.environ.get("STEMLENS_FAULTS_SEED") or random.randrange(10**6))
    draw = random.Random(seed)
    print(f"seed {seed}: STEMLENS_FAULTS_SEED={seed} repeats it")
    project = finished.copy(tmp_path / "project")
    of_rule = jobs(project)
    rules = draw.sample(sorted(of_rule), N_RULES)
    targets = [draw.choice(of_rule[rule]) for rule in rules]
    expected = project.csvs()

    cut = drawn_truncation([project.folder / target for target in targets], draw)
    with cut:
        refused = project.run(*targets)
    assert refused.returncode != 0
    assert "not as long as when written" in refused.stdout

    for target in targets:
        path = project.folder / target
        (path.rename(tmp_path / path.name) if path.is_dir() else path.unlink())
    faults = draw.sample(FAULTS, 2)
    run = DisturbedRun(
        project,
        tmp_path / "notes",
        faults,
        seed=seed,
        durations=durations_s(finished),
        options=["--keep-going"],
    )
    run.finish(*targets)
    assert {rule for rule, _ in run.said} >= set(rules)
    assert project.csvs() == expected
    assert project.planned(targets=targets) == {}
    assert not list(project.folder.rglob(".part-*"))
    assert all("another run is writing there" in said for said in run.second_runs())
    assert not [text for text in run.outputs if "Traceback (most recent call last)" in text]

"""Another workflow uses this one as a module, with a config of its own and rules beside."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from report_files import make_report
from snakemake_project import Project, copy_project
from stemlens.provenance import VERSION
from stemlens.sources import read_provenance

CONFIG = """\
stemlens:
  corpus: {name: quartets}
  demo: {n_train_songs: 2, n_test_songs: 2, duration_s: 4}
  segments: {duration_s: 2, min_active_s: 1}
  networks:
    paper:
      conv: [{filters: 2, kernel: [3, 3], pool: [8, 8]}]
      dense: [{units: 4}]
  training: {epochs: 1}
  mood: {demo: {n_songs: 8, duration_s: 2}, training: {epochs: 1}}
"""
MODULE = """\
configfile: "their.yaml"


module stemlens:
    snakefile:
        "modules/stemlens/Snakefile"
    config:
        config["stemlens"]
"""
USE = """

use rule * from stemlens
"""
RENAMED = """    prefix:
        "theirs"


use rule * from stemlens as stemlens_*


rule count:
    input:
        rules.stemlens_collect_segments.output.table,
    output:
        "count.txt",
    shell:
        "wc -l < {input} > {output}"
"""


def their_project(folder: Path, text: str) -> Project:
    copy_project(folder / "modules/stemlens")
    (folder / "their.yaml").write_text(CONFIG, "utf-8")
    (folder / "Snakefile").write_text(text, "utf-8")
    return Project(folder)


@pytest.fixture
def plain(tmp_path: Path) -> Project:
    return their_project(tmp_path / "their project", MODULE + USE)


def test_every_rule_can_be_used_and_defaults_are_filled_in(plain: Project) -> None:
    planned = plain.planned()
    alone = copy_project(plain.folder.with_name("alone"))
    assert planned == alone.planned(yaml.safe_load(CONFIG)["stemlens"])
    assert {"render_demo_corpus", "train_model", "judge_hypotheses"} <= set(planned)


def test_a_mistake_in_the_config_is_told_as_ever(plain: Project) -> None:
    (plain.folder / "their.yaml").write_text("stemlens: {training: {epoch: 3}}", "utf-8")
    result = plain.run("--dry-run")
    assert result.returncode != 0
    assert "config key training.epoch: unknown; expected one of epochs" in result.stdout


def test_with_a_prefix_and_new_names_of_rules_songs_are_made_and_read_there(
    tmp_path: Path,
) -> None:
    project = their_project(tmp_path / "project", MODULE + RENAMED)
    results = project.folder / "theirs/results/quartets"
    songs = str((results / "tables/mood_songs.csv").relative_to(project.folder))

    project.succeed("count.txt", songs)

    assert (project.folder / "count.txt").read_text().strip() == "9"
    assert len(pd.read_csv(results / "tables/segments.csv")) == 8
    assert pd.read_csv(results / "tables/mood_songs.csv")["n_excerpts"].tolist() == [1] * 8
    assert not (project.folder / "results").exists()
    # Their workflow notes nothing of ours.
    known = read_provenance(results / "tables/segments.csv")
    assert known["version"] == VERSION
    assert known["config"] is None
    assert "Nothing to be done" in project.succeed("count.txt", songs, "--dry-run")
    report = make_report(project, "count.txt", songs)
    assert set(report.categories["Tables"]) == {"Corpus"}
    assert "Every song of the mood corpus" in report.entries[songs]["caption"]
    assert "How does a convolutional network" in report.description
    printed = project.succeed("stemlens_all", "--dry-run")
    assert "theirs/results/quartets/hypotheses.md" in printed
    assert "input: modules/stemlens/hypotheses.yaml, theirs/results" in printed

"""Files of a run know it, and those of two runs do not mix."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import h5py
import pytest
import yaml
from PIL import Image
from rocrate.rocrate import ROCrate
from snakemake_project import Project
from stemlens.workflow.written_sizes import SIZES_FILE

MODEL = "instrument/paper/trained-seed0"


@pytest.fixture
def results(finished: Project) -> Path:
    return finished.folder / "results/demo"


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    return finished.copy(tmp_path / "project")


def provenance(file: Path) -> Any:
    if file.suffix == ".csv":
        metadata = json.loads(Path(f"{file}-metadata.json").read_text("utf-8"))
        return json.loads(metadata["prov:wasGeneratedBy"]["@value"])
    if file.suffix == ".png":
        with Image.open(file) as image:
            return json.loads(image.text["provenance"])
    if file.suffix == ".pdf":
        text = re.search(rb"/Subject \(((?:\\.|[^\\()])*)\)", file.read_bytes())
        return json.loads(re.sub(rb"\\(.)", rb"\1", text[1]))
    with h5py.File(file) as opened:
        return json.loads(opened.attrs["provenance"])


def test_every_table_figure_and_hdf5_file_of_a_run_knows_it(results: Path) -> None:
    record = json.loads((results / "provenance.json").read_text("utf-8"))
    assert record["config"]["training"]["epochs"] == 2
    assert record["corpus"]["settings"]["n_test_songs"] == 5
    assert {"numpy", "torch", "scikit-learn"} <= set(record["packages"])
    files = [
        file
        for file in sorted(results.rglob("*"))
        if file.suffix in (".csv", ".png", ".pdf", ".h5") and "workflow" not in file.parts
    ]
    assert {file.suffix for file in files} == {".csv", ".png", ".pdf", ".h5"}
    for file in files:
        known = provenance(file)
        for key in ("version", "commit", "is_modified", "config", "corpus", "mood_corpus"):
            assert known[key] == record[key], file
        assert known["device"], file


def test_a_new_commit_makes_no_job_run_again(project: Project) -> None:
    def git(*arguments: str) -> None:
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *author, *arguments], cwd=project.folder, check=True)

    git("init", "--quiet")
    git("add", "Snakefile")
    git("commit", "--quiet", "--message", "first")
    record = project.folder / "results/demo/provenance.json"
    record.write_text(record.read_text("utf-8").replace('"commit": null', '"commit": "another"'))
    assert project.planned() == {}


def test_activations_of_another_run_stop_the_next_job_in_one_line(project: Project) -> None:
    results = project.folder / "results/demo"
    target = f"activations/{MODEL}.h5"
    shutil.copy(results / target.replace("trained-", "untrained-"), results / target)
    # Of results that were moved without it, no run knows the sizes.
    (results / SIZES_FILE).unlink()
    result = project.run("results/demo/tables/cka.csv")
    assert result.returncode != 0
    lines = [line for line in result.stdout.splitlines() if "is a copy of" in line]
    wrong = f"results/demo/{target}"
    assert lines
    assert f"{wrong}: is a copy of results/demo/activations/" in lines[0]
    assert f"delete {wrong} and run again" in lines[0]

    (results / target).unlink()
    project.succeed("results/demo/tables/cka.csv")


def test_a_run_is_exported_with_its_config_and_workflow(project: Project) -> None:
    assert project.planned(targets=["export_crate"]) == {}
    project.succeed("export_crate")
    results = project.folder / "results/demo"
    crate = ROCrate(results)
    (action,) = crate.get_by_type("CreateAction")
    exported = {file.id for file in action["result"]}
    made = {*results.glob("tables/*.csv"), *results.glob("figures/*"), results / "hypotheses.md"}
    assert {str(file.relative_to(results)) for file in made} <= exported
    assert yaml.safe_load((results / "config.yaml").read_text())["training"]["epochs"] == 2
    assert (results / "workflow/rules/crate.smk").is_file()
    assert "Nothing to be done" in project.succeed("export_crate", "--dry-run")
    assert "No leftovers" in project.succeed("leftovers")

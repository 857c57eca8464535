"""A run as a Workflow Run RO-Crate, read back as others would."""

import os
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from export_crate import main as export_crate
from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate
from stemlens.errors import InputError
from stemlens.provenance import VERSION
from stemlens.workflow.run_record import corpus_entry, write_run_record

ROOT = Path(__file__).parents[2]
PROFILE = "https://w3id.org/ro/wfrun"
WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
CONFIG = {"corpus": {"name": "Größe"}, "seeds": [0, 1]}
FILES = (
    *("tables/probe.csv", "tables/probe.csv-metadata.json", "figures/a b.png", "figures/a b.pdf"),
    *("hypotheses.md", "mel/train.h5", "notes.txt"),
)
MADE_S = 1_800_000_000


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A results folder with some of what a run makes, exported."""
    folder = tmp_path / "results/demo"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(bytes(len(name)))
        os.utime(folder / name, (MADE_S, MADE_S))
    corpora = {
        "corpus": corpus_entry("Größe", "musdb18", files={"train/a.stem.mp4": 3}),
        "mood_corpus": corpus_entry("demo", "demo", settings={"seed": 0}),
    }
    packages = {"numpy": "2.4.6", "torch": "2.13.0", "missing": None}
    write_run_record(folder, tmp_path, CONFIG, **corpora, snakemake="9.27", packages=packages)
    export(folder)
    return folder


def export(folder: Path) -> None:
    paths = (folder / name for name in ("ro-crate-metadata.json", "config.yaml", "workflow"))
    export_crate(ROOT, *map(str, paths))


@pytest.fixture
def crate(results: Path) -> ROCrate:
    return ROCrate(results)


def ids(entities: list[ContextEntity]) -> set[str]:
    return {entity.id for entity in entities}


def test_the_crate_conforms_to_the_profiles_of_workflow_runs(crate: ROCrate) -> None:
    profiles = crate.root_dataset["conformsTo"]
    assert ids(profiles) == {f"{PROFILE}/process/0.5", f"{PROFILE}/workflow/0.5", WORKFLOW_CRATE}
    assert {profile.type for profile in profiles} == {"CreativeWork"}
    assert "https://w3id.org/ro/crate/1.1" in crate.metadata["conformsTo"]
    for name in ("name", "description", "license", "datePublished"):
        assert crate.root_dataset[name]


def test_the_main_entity_is_the_workflow_that_was_run(crate: ROCrate, results: Path) -> None:
    main = crate.mainEntity
    assert set(main.type) == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert main["programmingLanguage"]["name"] == "Snakemake"
    assert main["programmingLanguage"]["version"] == "9.27"
    assert main["version"] == VERSION
    assert main["license"].id == "https://spdx.org/licenses/MIT"
    assert (results / main.id).read_text() == (ROOT / "Snakefile").read_text()
    required = {each["name"]: each["softwareVersion"] for each in main["softwareRequirements"]}
    assert required == {"numpy": "2.4.6", "torch": "2.13.0"}


def test_the_action_says_what_came_from_what(crate: ROCrate) -> None:
    (action,) = crate.get_by_type("CreateAction")
    assert crate.root_dataset["mentions"] == [action]
    assert action["instrument"] == crate.mainEntity
    assert ids(action["object"]) == {"config.yaml", "#corpus", "#mood_corpus"}
    assert {unquote(file.id) for file in action["result"]} == {
        *("tables/probe.csv", "figures/a b.png", "figures/a b.pdf", "hypotheses.md")
    }
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert action["endTime"] == "2027-01-15T08:00:00+00:00"
    corpus = crate.get("#corpus")
    assert corpus["name"] == "Größe"
    digest = corpus_entry("", "", files={"train/a.stem.mp4": 3})["fingerprint"]
    assert corpus["identifier"] == f"sha256:{digest}"


def test_each_file_of_the_crate_is_there_and_described(crate: ROCrate, results: Path) -> None:
    files = [entity for entity in crate.data_entities if "File" in entity.type]
    assert ids(files) <= ids(crate.root_dataset["hasPart"])
    for entity in files:
        path = results / unquote(entity.id)
        assert path.is_file()
        if entity != crate.mainEntity:
            assert entity["contentSize"] == str(path.stat().st_size)
            assert "/" in entity["encodingFormat"]
    metadata = crate.get("tables/probe.csv-metadata.json")
    assert metadata["about"].id == "tables/probe.csv"
    assert crate.get("mel/train.h5") is None


def test_the_config_is_one_to_run_again(results: Path) -> None:
    assert yaml.safe_load((results / "config.yaml").read_text("utf-8")) == CONFIG


def test_the_workflow_is_whole_and_without_what_python_compiled(results: Path) -> None:
    parts = {path.name for path in (results / "workflow").iterdir()}
    assert {"Snakefile", "rules", "scripts", "envs", "schemas", "config.yaml"} <= parts
    assert not list((results / "workflow").rglob("__pycache__"))
    included = {path.name for path in (results / "workflow/rules").iterdir()}
    assert included == {path.name for path in (ROOT / "rules").iterdir()}


def test_the_same_results_give_the_same_crate_and_nothing_else_is_touched(results: Path) -> None:
    def content() -> dict[str, bytes]:
        files = [path for path in results.rglob("*") if path.is_file()]
        return {str(path): path.read_bytes() for path in files}

    before = content()
    export(results)
    assert content() == before


def test_without_a_record_of_the_run_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"provenance\.json: found no such file; expected what"):
        export(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert VERSION == project["version"] == citation["version"]

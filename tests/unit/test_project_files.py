"""Files that state the same thing in two places agree."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def name_of(requirement: str) -> str:
    return re.sub("[-_.]+", "-", Requirement(requirement).name).lower()


def locked() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9a-z.]+", pin) for pin in pins)
    return {name_of(pin): pin.split("==")[1] for pin in pins}


@pytest.mark.parametrize(
    "requirement",
    [*PROJECT["dependencies"], *itertools.chain(*PROJECT["optional-dependencies"].values())],
)
def test_the_lock_holds_a_version_that_the_project_allows(requirement: str) -> None:
    assert locked()[name_of(requirement)] in Requirement(requirement).specifier


@pytest.mark.parametrize(
    "environment", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda p: p.stem
)
def test_conda_environments_hold_the_locked_versions(environment: Path) -> None:
    dependencies = yaml.safe_load(environment.read_text("utf-8"))["dependencies"]
    from_pip = next(item["pip"] for item in dependencies if isinstance(item, dict))
    from_conda = [item for item in dependencies if isinstance(item, str)]
    assert from_conda == ["python=3.11", "pip"]
    for pin in from_pip:
        name, version = pin.split("==")
        assert locked()[name_of(name)] == version


def test_every_rule_has_a_script_of_its_name_and_every_script_a_rule() -> None:
    rules = "\n".join(path.read_text("utf-8") for path in (ROOT / "rules").glob("*.smk"))
    named = set(re.findall(r"^\s*(?:rule|checkpoint) (\w+):", rules, flags=re.MULTILINE))
    assert named == {path.stem for path in (ROOT / "scripts").glob("*.py")}
    assert set(re.findall(r"scripts/(\w+)\.py", rules)) == named

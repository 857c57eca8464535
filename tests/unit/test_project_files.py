"""Files that state the same thing in two places agree, and environments hold what is imported."""

import ast
import itertools
import re
import subprocess
import sys
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


def pins(environment: Path) -> tuple[list[str], list[str]]:
    """What an environment takes from conda, and what from pip."""
    dependencies = yaml.safe_load(environment.read_text("utf-8"))["dependencies"]
    from_pip = next(item["pip"] for item in dependencies if isinstance(item, dict))
    return [item for item in dependencies if isinstance(item, str)], from_pip


@pytest.mark.parametrize(
    "environment", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda p: p.stem
)
def test_conda_environments_hold_the_locked_versions(environment: Path) -> None:
    from_conda, from_pip = pins(environment)
    assert from_conda == ["python=3.11", "pip"]
    for pin in from_pip:
        name, version = pin.split("==")
        assert locked()[name_of(name)] == version


PACKAGES = {
    "PIL": "pillow",
    "python_stretch": "python-stretch",
    "sklearn": "scikit-learn",
    "vl_convert": "vl-convert-python",
    "yaml": "pyyaml",
}
"""Names of packages that differ from those of their modules."""


RULES = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "rules").glob("*.smk")))
ENVIRONMENTS = re.findall(
    r'^\s*(?:rule|checkpoint) (\w+):(?:(?!^\s*rule ).)*?conda:\s+"\.\./(envs/\w+\.yaml)"',
    RULES,
    flags=re.MULTILINE | re.DOTALL,
)
"""Each rule's name and the file of its environment."""


def test_every_rule_has_a_script_of_its_name_and_an_environment_and_every_script_a_rule() -> None:
    scripts = {path.stem for path in (ROOT / "scripts").glob("*.py")}
    assert set(re.findall(r"^\s*(?:rule|checkpoint) (\w+):", RULES, re.MULTILINE)) == scripts
    assert set(re.findall(r"scripts/(\w+)\.py", RULES)) == scripts
    assert {name for name, _ in ENVIRONMENTS} == scripts


def imported_packages(file: Path, seen: set[Path]) -> set[str]:
    seen.add(file)
    packages = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            top = name.split(".")[0]
            if top == "stemlens":
                module = ROOT / "scripts" / (name.replace(".", "/") + ".py")
                if module.exists() and module not in seen:
                    packages |= imported_packages(module, seen)
            elif top not in sys.stdlib_module_names and top != "snakemake":
                packages.add(PACKAGES.get(top, top))
    return packages


@pytest.mark.parametrize(("rule", "environment"), ENVIRONMENTS)
def test_the_environment_holds_what_the_script_imports(rule: str, environment: str) -> None:
    imported = imported_packages(ROOT / f"scripts/{rule}.py", set())
    from_conda, from_pip = pins(ROOT / environment)
    assert imported <= {pin.split("=")[0] for pin in (*from_conda, *from_pip)}


NOT_SNAKEMAKES = ("av", "h5py", "librosa", "matplotlib", "numpy", "pandas", "scipy", "torch")
"""Where conda makes the environments, these are not there when the workflow is parsed."""


def test_parsing_the_workflow_needs_nothing_but_what_snakemake_brings_along() -> None:
    modules = sorted(set(re.findall(r"^\s*from (stemlens[\w.]*) import", RULES, re.MULTILINE)))
    assert len(modules) > 5
    block = f"import sys; sys.modules |= dict.fromkeys({NOT_SNAKEMAKES})"
    program = f"{block}; import {', '.join(modules)}"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT / "scripts", check=True)

"""The conda environment of each rule holds what its script imports, down to the last module."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGES = {"sklearn": "scikit-learn", "yaml": "pyyaml"}
"""Names of packages that differ from those of their modules."""


def rules() -> list[tuple[str, str]]:
    """Each rule's name and the file of its environment."""
    text = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "rules").glob("*.smk")))
    return re.findall(
        r'^\s*(?:rule|checkpoint) (\w+):(?:(?!^\s*rule ).)*?conda:\s+"\.\./(envs/\w+\.yaml)"',
        text,
        flags=re.MULTILINE | re.DOTALL,
    )


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


def provided_packages(environment: str) -> set[str]:
    dependencies = yaml.safe_load((ROOT / environment).read_text("utf-8"))["dependencies"]
    pins = [pin for pin in dependencies if isinstance(pin, str)]
    pins += [pin for item in dependencies if isinstance(item, dict) for pin in item["pip"]]
    return {re.split("=", pin)[0] for pin in pins}


def test_every_rule_with_a_script_has_an_environment() -> None:
    assert {name for name, _ in rules()} == {p.stem for p in (ROOT / "scripts").glob("*.py")}


@pytest.mark.parametrize(("rule", "environment"), rules())
def test_the_environment_holds_what_the_script_imports(rule: str, environment: str) -> None:
    imported = imported_packages(ROOT / f"scripts/{rule}.py", set())
    assert imported <= provided_packages(environment)


NOT_SNAKEMAKES = ("av", "h5py", "librosa", "matplotlib", "numpy", "pandas", "scipy", "torch")
"""Where conda makes the environments, these are not there when the workflow is parsed."""


def test_parsing_the_workflow_needs_nothing_but_what_snakemake_brings_along() -> None:
    rules = "\n".join(path.read_text("utf-8") for path in (ROOT / "rules").glob("*.smk"))
    modules = sorted(set(re.findall(r"^\s*from (stemlens[\w.]*) import", rules, re.MULTILINE)))
    assert len(modules) > 5
    block = f"import sys; sys.modules |= dict.fromkeys({NOT_SNAKEMAKES})"
    program = f"{block}; import {', '.join(modules)}"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT / "scripts", check=True)

"""What changes the digest of the code that a script uses, and what does not."""

import ast
import os
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest
from stemlens.workflow.code_digest import code_digest
from stemlens.workflow.definitions import Library
from stemlens.workflow.package_versions import installed_version, pinned_versions

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
SOURCES = {
    "job.py": """\
\"\"\"A script.\"\"\"
import numpy as np
from stemlens.audio import other as renamed
from stemlens.audio.direct import f
from stemlens.job_log import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        f(np.array([1, 2]), renamed.used())
""",
    "stemlens/__init__.py": "",
    "stemlens/job_log.py": "def job_log(path):\n    return path\n",
    "stemlens/audio/__init__.py": "",
    "stemlens/audio/direct.py": """\
from dataclasses import dataclass
import scipy
import torch
from stemlens.audio.indirect import g, unused as h

LIMIT = 3
STARTED = start()
REGISTRY = []


def register(function):
    REGISTRY.append(function)
    return function


def f(x, y):
    \"\"\"Say what.\"\"\"
    return g(x)[:LIMIT] + Pair(y, 1).sum()


def unused():
    return torch.ones(1)


@dataclass(frozen=True)
class Pair:
    a: int
    b: int

    def sum(self):
        return self.a + self.b


@register
def registered():
    return scipy.ones(2)
""",
    "stemlens/audio/indirect.py": """\
def g(x):
    from stemlens.late import scaled
    return scaled(x)


def unused(x):
    return x
""",
    "stemlens/late.py": """\
import stemlens.audio.direct  # A cycle.
import stemlens.effect


def scaled(x):
    return 2 * x
""",
    "stemlens/effect.py": "STATE = {}\nSTATE[1] = 2\n",
    "stemlens/audio/other.py": "def used():\n    return 4\n\n\ndef idle():\n    return 5\n",
    "stemlens/unrelated.py": "from stemlens.audio import direct\n",
}
DIRECT, INDIRECT = "stemlens/audio/direct.py", "stemlens/audio/indirect.py"


@pytest.fixture
def project(tmp_path):
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def real_scripts(tmp_path):
    copy = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def digest(folder, script="job", versions=None):
    return code_digest(script, Library(folder), (versions or {}).get)


def replace(path, old, new):
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


USED = [
    ("job.py", "[1, 2]", "[1, 3]"),
    ("job.py", "renamed.used", "renamed.idle"),
    ("job.py", "import numpy as np", "import torch as np"),
    ("job.py", "import numpy as np", "import numpy.linalg as np"),
    (DIRECT, "g(x)[", "g(-x)["),
    (DIRECT, "LIMIT = 3", "LIMIT = 4"),
    (DIRECT, "self.a + self.b", "self.a - self.b"),
    (DIRECT, "REGISTRY.append(function)", "REGISTRY.insert(0, function)"),
    (DIRECT, "scipy.ones(2)", "scipy.ones(3)"),
    (DIRECT, "STARTED = start()", "STARTED = start(1)"),
    (DIRECT, "g, unused as h", "g as h, unused as g"),
    (INDIRECT, "return scaled(x)", "return scaled(-x)"),
    ("stemlens/late.py", "2 * x", "3 * x"),
    ("stemlens/effect.py", "STATE[1] = 2", "STATE[1] = 3"),
    ("stemlens/audio/other.py", "return 4", "return 6"),
]
UNUSED = [
    ("job.py", "A script.", "Another text."),
    ("job.py", "[1, 2]", "[\n            1,\n            2,  # A comment.\n        ]"),
    (DIRECT, "Say what.", "Say it otherwise."),
    (DIRECT, "LIMIT = 3", '# A comment.\nLIMIT = (3)\n"""A docstring."""'),
    (DIRECT, "torch.ones(1)", "torch.zeros(1)"),
    (INDIRECT, "    return x\n", "    return -x\n"),
    ("stemlens/job_log.py", "return path", "return None"),
    ("stemlens/unrelated.py", "import direct", "import other"),
]


@pytest.mark.parametrize(
    ("edit", "changes"), [*((edit, True) for edit in USED), *((edit, False) for edit in UNUSED)]
)
def test_an_edit_changes_the_digest_where_its_code_is_used(project, edit, changes):
    file, old, new = edit
    before = digest(project)
    replace(project / file, old, new)
    assert (digest(project) != before) == changes


def test_a_changed_date_or_place_does_not(project):
    before = digest(project)
    os.utime(project / DIRECT, (1, 1))
    assert digest(project) == before
    shutil.copytree(project, project / "elsewhere")
    assert digest(project / "elsewhere") == before


@pytest.mark.parametrize("package", ["numpy", "scipy"])
def test_another_version_of_a_package_that_is_used_changes_the_digest(project, package):
    versions = {"numpy": "1.0", "scipy": "1.0"}
    before = digest(project, versions=versions)
    assert digest(project, versions={**versions, package: "1.1"}) != before
    assert digest(project, versions={**versions, "tqdm": "2", "torch": "2"}) == before


@pytest.mark.parametrize(
    ("package", "scripts", "others"),
    [
        ("torch", {"train_model", "extract_activations"}, {"compute_mels", "plot_history"}),
        ("librosa", {"compute_mel_filters"}, {"train_model", "collect_segments"}),
        ("sklearn", {"probe_layers", "train_model"}, {"evaluate_model", "compute_mels"}),
        ("matplotlib", {"plot_history", "plot_similarity"}, {"train_model", "collect_segments"}),
        ("musdb", {"train_model"}, {"compute_mels"}),
    ],
)
def test_a_package_counts_for_the_scripts_that_use_it(package, scripts, others):
    def changed(script):
        return digest(SCRIPTS, script, {package: "1.0"}) != digest(SCRIPTS, script)

    assert {script for script in scripts | others if changed(script)} == scripts


def alter_functions(path):
    """Add a line to each function of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert functions
    for function in functions:
        function.body.insert(0, ast.Pass())
    path.write_text(ast.unparse(ast.fix_missing_locations(tree)), "utf-8")


@pytest.mark.parametrize(
    ("module", "changes"),
    [
        ("training/training.py", True),
        ("model/architecture.py", True),
        ("audio/mixes.py", False),
        ("atomic.py", True),
        ("figures/style.py", False),
        ("figures/similarity_curves.py", False),
        ("similarity/measures.py", False),
        ("corpora/demo_corpus.py", False),
    ],
)
def test_training_is_repeated_for_its_own_code_alone(real_scripts, module, changes):
    before = digest(real_scripts, "train_model")
    alter_functions(real_scripts / "stemlens" / module)
    assert (digest(real_scripts, "train_model") != before) == changes


def test_the_library_does_nothing_that_the_digest_cannot_follow():
    for path in SCRIPTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("stemlens") for alias in node.names), path
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                folder = SCRIPTS / (node.module or "").replace(".", "/")
                packages = [folder / alias.name for alias in node.names]
                assert not any(package.is_dir() for package in packages), path
                assert node.names[0].name != "*", path
            name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
            unknown = {"__import__", "eval", "exec", "globals", "import_module", "__doc__"}
            is_method = isinstance(node, ast.Attribute) and name == "eval"  # torch's
            # A network's factory has a digest of its own.
            is_factory = path.name == "factory.py" and name == "import_module"
            assert name not in unknown or is_method or is_factory, f"{path}: {name}"


def third_party():
    text = "\n".join(path.read_text("utf-8") for path in SCRIPTS.rglob("*.py"))
    found = set(re.findall(r"^ *(?:import|from) (\w+)[\w.]*(?: import| as|$)", text, re.MULTILINE))
    return found - set(sys.stdlib_module_names) - {"stemlens", "snakemake"}


def test_versions_are_known_of_all_packages_that_are_imported():
    assert {"torch", "sklearn", "yaml"} <= third_party()
    assert all(installed_version(name) for name in third_party())
    assert not any(installed_version(name) for name in sys.stdlib_module_names)


def test_builds_of_one_version_for_different_devices_are_one(monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda package: {"some-package": "2.1+cpu"}[package])
    assert installed_version("some-package") == "2.1"


def test_a_run_with_conda_knows_the_same_versions_as_one_without():
    pinned = pinned_versions(ROOT / "envs")
    assert {"torch", "sklearn", "librosa", "matplotlib"} <= set(pinned)
    library = Library(SCRIPTS)
    for script in SCRIPTS.glob("*.py"):
        installed = code_digest(script.stem, library, installed_version)
        assert code_digest(script.stem, library, pinned.get) == installed, script

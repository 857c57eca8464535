import os
import shutil
from pathlib import Path

import pytest
from stemlens.workflow.code_digest import code_digest

SCRIPTS = Path(__file__).parents[2] / "scripts"
SOURCES = {
    "job.py": "import numpy\nfrom stemlens.audio.direct import f\nimport stemlens.plain\n",
    "stemlens/__init__.py": "",
    "stemlens/plain.py": "x = 1\n",
    "stemlens/audio/__init__.py": "",
    "stemlens/audio/direct.py": "from stemlens.audio import indirect\n",
    "stemlens/audio/indirect.py": "def g():\n    from stemlens.late import h\n    return h\n",
    "stemlens/late.py": "import stemlens.audio.direct\n",  # A cycle.
    "stemlens/unrelated.py": "from stemlens.audio import direct\n",
    "stemlens/audio/other.py": "x = 1\n",
}


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


def alter(path):
    """Change the content and keep its length."""
    text = path.read_text("utf-8")
    assert text.endswith("\n")
    path.write_text(f"{text[:-1]} ", "utf-8")


@pytest.mark.parametrize(
    "module",
    [
        "stemlens/plain.py",
        "stemlens/audio/direct.py",
        "stemlens/audio/indirect.py",
        "stemlens/late.py",
    ],
)
def test_a_change_in_a_used_module_changes_the_digest(project, module):
    before = code_digest(project / "job.py")
    alter(project / module)
    assert code_digest(project / "job.py") != before


@pytest.mark.parametrize("module", ["stemlens/unrelated.py", "stemlens/audio/other.py"])
def test_a_change_in_another_module_does_not(project, module):
    before = code_digest(project / "job.py")
    alter(project / module)
    assert code_digest(project / "job.py") == before


def test_a_changed_date_or_place_does_not(project, tmp_path):
    before = code_digest(project / "job.py")
    os.utime(project / "stemlens/audio/direct.py", (1, 1))
    assert code_digest(project / "job.py") == before
    shutil.copytree(project, tmp_path / "elsewhere")
    assert code_digest(str(tmp_path / "elsewhere" / "job.py")) == before


def test_content_that_moves_from_one_module_to_the_next_changes_the_digest(project):
    direct, indirect = project / "stemlens/audio/direct.py", project / "stemlens/audio/indirect.py"
    before = code_digest(project / "job.py")
    first, second = direct.read_text(), indirect.read_text()
    direct.write_text(first + second)
    indirect.write_text("")
    assert code_digest(project / "job.py") != before


def test_a_script_without_the_library_has_the_digest_of_nothing(project):
    (project / "job.py").write_text("import json\nimport stemlensing.other\n")
    before = code_digest(project / "job.py")
    shutil.rmtree(project / "stemlens")
    assert code_digest(project / "job.py") == before


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
    before = code_digest(real_scripts / "train_model.py")
    alter(real_scripts / "stemlens" / module)
    assert (code_digest(real_scripts / "train_model.py") != before) == changes

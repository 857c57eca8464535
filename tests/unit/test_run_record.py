"""What a run notes of itself: git's state, the corpus, the config."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from stemlens.workflow.run_record import corpus_entry, git_state, write_run_record

UNKNOWN = {"commit": None, "is_modified": None}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Snakefile").write_text("rule all:\n")
    git(folder, "init", "--quiet")
    git(folder, "add", "Snakefile")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def test_the_commit_is_that_of_git(project: Path) -> None:
    commit = git(project, "rev-parse", "HEAD")
    assert git_state(project) == {"commit": commit, "is_modified": False}


@pytest.mark.parametrize("command", ["status", "add"])
def test_code_that_differs_from_the_commit_is_modified(project: Path, command: str) -> None:
    (project / "Snakefile").write_text("rule other:\n")
    git(project, command, "Snakefile")
    assert git_state(project)["is_modified"] is True


def test_files_that_git_does_not_track_do_not_count(project: Path) -> None:
    (project / "my.yaml").write_text("seeds: [1]")
    assert git_state(project)["is_modified"] is False


def test_a_copy_of_the_project_within_a_repository_has_no_commit(project: Path) -> None:
    (project / "modules/stemlens").mkdir(parents=True)
    assert git_state(project / "modules/stemlens") == UNKNOWN


def test_a_folder_without_git_or_commit_has_no_commit(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert git_state(empty) == UNKNOWN
    git(empty, "init", "--quiet")
    assert git_state(empty) == UNKNOWN
    monkeypatch.setenv("PATH", str(empty))
    assert git_state(project) == UNKNOWN


def test_the_fingerprint_of_a_corpus_is_that_of_names_and_sizes() -> None:
    files = {"train/b/bass.wav": 7, "train/a/bass.wav": 12}
    entry = corpus_entry("musdb", "musdb18hq", files=files)
    digest = hashlib.sha256(b"12 train/a/bass.wav\n7 train/b/bass.wav\n").hexdigest()
    assert entry == {
        "name": "musdb",
        "layout": "musdb18hq",
        "n_files": 2,
        "fingerprint": digest,
    }
    assert corpus_entry("m", "x", files=dict(reversed(files.items())))["fingerprint"] == digest
    for other in ({**files, "train/a/bass.wav": 13}, {"train/a/bass.wav": 12}):
        assert corpus_entry("m", "x", files=other)["fingerprint"] != digest


def test_a_rendered_corpus_is_known_by_its_settings_and_one_to_fetch_not_yet() -> None:
    first = corpus_entry("demo", "demo", settings={"seed": 0, "n": 2})
    assert first["settings"] == {"seed": 0, "n": 2}
    assert corpus_entry("demo", "demo", settings={"n": 2, "seed": 0}) == first
    other = corpus_entry("demo", "demo", settings={"seed": 1, "n": 2})
    assert other["fingerprint"] != first["fingerprint"]
    assert corpus_entry("sample", "musdb18")["fingerprint"] is None


def test_the_record_replaces_that_of_the_run_before(tmp_path: Path) -> None:
    for name in ("first", "Größe"):
        write_run_record(tmp_path, tmp_path, {"corpus": {"name": name}}, snakemake="9.27")
    assert [file.name for file in tmp_path.iterdir()] == ["provenance.json"]
    record = json.loads((tmp_path / "provenance.json").read_text("utf-8"))
    assert record["config"] == {"corpus": {"name": "Größe"}}
    assert record["snakemake"] == "9.27"

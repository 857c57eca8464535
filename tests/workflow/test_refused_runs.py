"""Configs and corpora that cannot work stop the run before its first job, in one clear message."""

from pathlib import Path
from typing import Any

import pytest
from corpus_files import noise_stems, write_wav_folder
from snakemake_project import Project, copy_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_project(tmp_path_factory.mktemp("refused"))


def refusal(project: Project, config: dict[str, Any], **environment: str) -> str:
    result = project.run(config=config, **environment)
    assert result.returncode != 0
    assert not (project.folder / "results").exists()
    assert "rule " not in result.stdout
    return result.stdout


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"training": {"epoch": 3}},
            "config key training.epoch: unknown; expected one of epochs, batch_size",
        ),
        (
            {"training": {"holdout": ["nobody"]}},
            "config key training.holdout: found 'nobody', not a training song; expected",
        ),
    ],
)
def test_an_impossible_config_is_refused_with_its_key(
    project: Project, config: dict[str, Any], message: str
) -> None:
    assert message in refusal(project, config)


def test_a_section_that_occurs_twice_in_a_file_is_refused(project: Project, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("training: {epochs: 3}\nmel: {n_mels: 40}\ntraining: {l2: 0}\n", "utf-8")
    result = project.run("--dry-run", "--configfile", str(own))
    assert result.returncode != 0
    assert f"{own}, line 3: the key training occurs twice" in result.stdout


def test_hypotheses_with_a_key_twice_are_refused(project: Project, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = (project.folder / "hypotheses.yaml").read_text("utf-8")
    own.write_text(text.replace("  task: instrument\n", "  task: mood\n  task: instrument\n", 1))
    printed = refusal(project, {"hypotheses": {"file": str(own)}})
    assert f"{own}, line " in printed
    assert "the key task occurs twice" in printed


def test_a_number_on_the_command_line_is_refused_with_where_to_write_it(project: Project) -> None:
    result = project.run("--dry-run", "--config", "training={epochs: 3}")
    assert result.returncode != 0
    assert "config key training.epochs: found '3'; expected integer: write 3" in result.stdout
    assert "in a file for --configfile" in result.stdout


def test_songs_that_are_links_to_nothing_or_are_not_there_are_refused_by_name(
    project: Project, tmp_path: Path
) -> None:
    for song in ("train/A", "test/B", "test/C"):
        write_wav_folder(tmp_path / song, noise_stems(0, 0.1))
    (tmp_path / "train/Lost").symlink_to("/nowhere/at/all")
    corpus = {"layout": "musdb18hq", "root": str(tmp_path)}
    assert f"{tmp_path}/train/Lost: a broken link" in refusal(project, {"corpus": corpus})
    skipping = {**corpus, "broken_songs": "skip"}
    printed = refusal(project, {"corpus": skipping, "figures": {"songs": ["A", "B"]}})
    assert "left out, since they cannot be read: train/Lost (a broken link)" in printed
    assert "config key figures.songs: found 'A', not a test song; expected names of" in printed


def test_an_empty_split_is_refused_with_its_folder(project: Project, tmp_path: Path) -> None:
    (tmp_path / "train" / "A Song").mkdir(parents=True)
    (tmp_path / "test").mkdir()
    config = {"corpus": {"layout": "musdb18hq"}}
    printed = refusal(project, config, MUSDB_PATH=str(tmp_path))
    assert f"corpus.root: {tmp_path}/test holds no song" in printed

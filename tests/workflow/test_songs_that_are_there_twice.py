"""A song that is in training and in the test stops the run before a network learns it."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from corpus_files import noise_stems, write_wav_folder
from snakemake_project import Project, copy_project

TINY = Path(__file__).with_name("tiny.yaml")
TRAINED = "results/{corpus}/models/{task}/paper/trained-seed0/checkpoint.pt"
QUADRANTS = ("Q1", "Q2", "Q3", "Q4")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = copy_project(tmp_path / "project")
    project.configfiles.append(TINY)
    return project


def write_corpus(root: Path) -> dict[str, Any]:
    for number, path in enumerate(("train/Ann", "train/Bea", "test/Cid", "test/Dan")):
        write_wav_folder(root / path, noise_stems(number, 2.5))
    return {"corpus": {"name": "own", "layout": "musdb18hq", "root": str(root)}}


def test_a_song_in_both_folders_is_named_before_training_and_a_new_one_retrains_nothing(
    project: Project, tmp_path: Path
) -> None:
    root = tmp_path / "corpus"
    config = write_corpus(root)
    shutil.copytree(root / "train/Ann", root / "test/Another name")
    checkpoint = TRAINED.format(corpus="own", task="instrument")

    result = project.run(checkpoint, config=config)
    assert result.returncode != 0
    found = "'Ann' (train split, from 0 s) and 'Another name' (test split, from 0 s)"
    assert f"one recording under two names: {found}; expected test songs that" in result.stdout
    assert "rule train_model" not in result.stdout
    assert not (project.folder / checkpoint).exists()

    shutil.rmtree(root / "test/Another name")
    project.succeed(checkpoint, config=config)
    write_wav_folder(root / "test/Eva", noise_stems(9, 2.5))
    planned = project.planned(config)
    assert planned["cut_segments"] == 1
    assert planned["evaluate_model"] == 2
    assert "train_model" not in planned


def test_a_mood_song_in_both_splits_is_named_before_training(
    project: Project, tmp_path: Path
) -> None:
    rows = ["file,quadrant,split"]
    for number, (split, quadrant) in enumerate(
        (split, quadrant) for split in ("train", "test") for quadrant in QUADRANTS
    ):
        samples = np.random.default_rng(number).uniform(-0.5, 0.5, 3 * 22_050)
        soundfile.write(tmp_path / f"{number}.wav", samples, 22_050)
        rows.append(f"{number}.wav,{quadrant},{split}")
    # The same samples in another container, under another name.
    samples, rate_hz = soundfile.read(tmp_path / "2.wav")
    soundfile.write(tmp_path / "copy.flac", samples, rate_hz)
    rows.append("copy.flac,Q3,test")
    (tmp_path / "songs.csv").write_text("\n".join(rows), "utf-8")
    config = {"mood": {"layout": "manifest", "root": str(tmp_path / "songs.csv")}}

    result = project.run(TRAINED.format(corpus="demo", task="mood"), config=config)
    assert result.returncode != 0
    found = "'2.wav' (train split, from 0.5 s) and 'copy.flac' (test split, from 0.5 s)"
    assert f"one recording under two names: {found}" in result.stdout
    assert "rule train_model" not in result.stdout

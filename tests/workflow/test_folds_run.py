"""A small corpus in folds, whole: every song is tested on the network that did not learn it."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from snakemake_project import Project, copy_project
from stemlens.activations.store import read_layer
from stemlens.audio.segment_table import read_segment_table
from stemlens.model.checkpoint import load_checkpoint

N_SONGS, N_FOLDS = 9, 3
CONFIG = {
    "corpus": {"split": {"folds": N_FOLDS}},
    "demo": {"n_train_songs": 6, "n_test_songs": 3, "duration_s": 8},
    "segments": {"min_active_s": 0.5},
    "mood": {"layout": None},
    "experiment": {"controls": []},
    "bootstrap": {"n_replicates": 100},
}
MODEL = "instrument/paper/trained-seed0"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("folds"))
    project.configfiles.append(Path(__file__).with_name("tiny.yaml"))
    project.succeed(config=CONFIG)
    return project


@pytest.fixture(scope="module")
def results(project: Project) -> Path:
    return project.folder / "results/demo"


@pytest.fixture(scope="module")
def stimuli(results: Path) -> pd.DataFrame:
    return pd.read_csv(results / "stimuli.csv")


def test_every_song_gives_a_stimulus_per_class(stimuli: pd.DataFrame) -> None:
    assert stimuli["song"].nunique() == N_SONGS
    assert (stimuli.groupby("class")["song"].nunique() == N_SONGS).all()
    assert sorted(stimuli.groupby("fold")["song"].nunique()) == [3, 3, 3]


def test_no_network_learns_the_songs_that_it_is_tested_on(
    results: Path, stimuli: pd.DataFrame
) -> None:
    fold_of = dict(zip(stimuli["song"], stimuli["fold"], strict=True))
    for fold in range(1, N_FOLDS + 1):
        for split in ("train", "test"):
            path = results / f"mel/instrument/fold{fold}/{split}.h5"
            songs = {*read_segment_table(path)["song"]}
            assert songs == {s for s in fold_of if (fold_of[s] == fold) == (split == "test")}


def test_activations_of_a_song_are_those_of_its_folds_network(
    results: Path, stimuli: pd.DataFrame
) -> None:
    with h5py.File(results / "mel/instrument/test.h5") as file:
        mels = np.stack([file["mel"][row, mix] for row, mix in stimuli[["row", "mix"]].to_numpy()])
    outputs = read_layer(results / f"activations/{MODEL}.h5", "output")
    for fold, rows in stimuli.groupby("fold").indices.items():
        path = results / f"models/{MODEL}/fold{fold}/checkpoint.pt"
        network = load_checkpoint(path, torch.device("cpu")).network
        with torch.no_grad():
            expected = network.activations(torch.from_numpy(mels[rows]))["output"]
        np.testing.assert_allclose(outputs[rows], expected.numpy(), rtol=1e-4, atol=1e-5)


def test_only_stimuli_of_one_network_are_compared(results: Path, stimuli: pd.DataFrame) -> None:
    fold_of = stimuli.drop_duplicates("song").set_index("song")["fold"]
    pairs = pd.read_csv(results / f"similarity/{MODEL}.csv")
    assert (pairs["song_a"].map(fold_of) == pairs["song_b"].map(fold_of)).all()
    # Per layer and fold: 3 pairs of 3 songs in each of 4 classes, and both ways in 6 of two.
    assert set(pairs.groupby("layer").size()) == {N_FOLDS * (4 * 3 + 6 * 3 * 2)}


def test_results_rest_on_all_songs(results: Path) -> None:
    performance = pd.read_csv(results / "tables/performance_over_seeds.csv")
    assert set(performance["n_songs"]) == {N_SONGS}
    contrast = pd.read_csv(results / "tables/contrast_over_seeds.csv")
    assert set(contrast["n_songs"]) == {N_SONGS}
    training = pd.read_csv(results / "tables/training.csv")
    assert training["fold"].tolist() == list(range(1, N_FOLDS + 1))
    assert not (results / "figures/segments_train.png").exists()
    assert (results / "explorer.html").exists()


def test_another_choice_of_folds_leaves_segments_and_spectrograms(project: Project) -> None:
    changed = CONFIG | {"corpus": {"split": {"folds": N_FOLDS, "seed": 1}}}
    jobs = project.planned(changed)
    assert jobs["train_model"] == N_FOLDS
    assert not {"cut_segments", "compute_mels", "render_demo_corpus"} & {*jobs}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"corpus": {"split": {"folds": 5}}}, "corpus.split.folds: found 5 for 9 songs"),
        ({"corpus": {"split": {"folds": 1}}}, "config key corpus.split.folds: found 1"),
        (
            CONFIG | {"training": {"holdout": "musdb"}},
            "config key training.holdout: found 'musdb'; expected none with corpus.split.folds",
        ),
        (
            CONFIG | {"experiment": {"network": None, "controls": []}},
            "config key corpus.split.folds: is set, but experiment.network is null",
        ),
    ],
)
def test_folds_that_cannot_be_are_refused_in_a_line(
    project: Project, config: dict[str, object], message: str
) -> None:
    run = project.run("--dry-run", config=CONFIG | config)
    assert run.returncode != 0
    assert message in run.stdout

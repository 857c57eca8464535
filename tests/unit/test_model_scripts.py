"""From the splits to tables and figures: every script's main, one after the other."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import h5py
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from collect_performance import main as collect_performance
from collect_similarity import main as collect_similarity
from compare_stimuli import main as compare_stimuli
from evaluate_majority import main as evaluate_majority
from evaluate_model import main as evaluate_model
from extract_activations import main as extract_activations
from mel_splits import CLASSES, MEL, SMALL, write_random_split
from plot_feature_maps import main as plot_feature_maps
from plot_history import main as plot_history
from plot_segments import main as plot_segments
from plot_similarity import main as plot_similarity
from scipy.spatial import distance
from select_stimuli import main as select_stimuli
from sklearn.metrics import accuracy_score, average_precision_score, f1_score
from stemlens.network.checkpoint import load_checkpoint
from stemlens.network.training import TrainingSettings
from stemlens.similarity.activation_store import read_activation, read_stimuli
from train_model import main as train_model

SEEDS = (0, 1)
SETTINGS = TrainingSettings(epochs=3, batch_size=8, learning_rate=0.01, l2=0.001, standardise=True)
TEST_SONGS = {"Zoë": 2, "007": 1, "Ann": 3}


@dataclass(frozen=True)
class Results:
    folder: Path

    def of_model(self, step, seed, suffix):
        return str(self.folder / step / "instrument" / "small" / f"trained-seed{seed}{suffix}")

    def mels(self, split):
        return str(self.folder / "mel" / f"{split}.h5")

    def table(self, name):
        return str(self.folder / "tables" / f"{name}.csv")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A whole run of two models."""
    results = Results(tmp_path_factory.mktemp("results"))
    write_random_split(Path(results.mels("train")), {"Bea": 3, "Cid": 2, "Dan": 1}, seed=1)
    write_random_split(Path(results.mels("test")), TEST_SONGS, seed=2)
    select_stimuli(results.mels("test"), results.table("stimuli"), selection="most_active")
    for seed in SEEDS:
        checkpoint = results.of_model("models", seed, "/checkpoint.pt")
        train(results, checkpoint, seed=seed)
        evaluate_model(
            checkpoint,
            {split: results.mels(split) for split in ("train", "test")},
            results.of_model("models", seed, "/performance.csv"),
            model={"task": "instrument", "network": "small", "training": "trained", "seed": seed},
            n_threads=1,
        )
        activations = results.of_model("activations", seed, ".h5")
        extract_activations(
            checkpoint,
            results.mels("test"),
            results.table("stimuli"),
            activations,
            tap="pool",
            logits=False,
            n_threads=1,
        )
        compare_stimuli(activations, results.of_model("similarity", seed, ".csv"))
    majority = str(results.folder / "majority.csv")
    evaluate_majority(results.mels("train"), results.mels("test"), majority, task="instrument")
    performance = [results.of_model("models", seed, "/performance.csv") for seed in SEEDS]
    collect_performance([majority, *performance], results.table("performance"))
    pairs = [results.of_model("similarity", seed, ".csv") for seed in SEEDS]
    collect_similarity(pairs, results.table("similarity"))
    return results


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def train(results, checkpoint, *, seed=0, holdout="none"):
    train_model(
        results.mels("train"),
        checkpoint,
        str(Path(checkpoint).with_name("history.csv")),
        network=SMALL.settings(),
        settings=SETTINGS,
        holdout=holdout,
        seed=seed,
        n_threads=1,
        code="digest",
    )


def load(results, seed):
    path = results.of_model("models", seed, "/checkpoint.pt")
    return load_checkpoint(path, torch.device("cpu")).network


def test_training_leaves_a_checkpoint_and_a_history_and_no_state(results):
    folder = Path(results.of_model("models", 0, ""))
    assert sorted(path.name for path in folder.iterdir()) == [
        "checkpoint.pt",
        "history.csv",
        "performance.csv",
    ]
    history = pd.read_csv(folder / "history.csv")
    assert list(history) == ["epoch", "loss", "macro_f1", "exact_match"]
    assert list(history["epoch"]) == [1, 2, 3]


def test_held_out_songs_are_scored_and_not_trained_on(results, tmp_path):
    """Without Bea and Dan, training sees what it would see if they were not in the split."""
    train(results, str(tmp_path / "held out" / "checkpoint.pt"), holdout=["Bea", "Dan"])
    history = pd.read_csv(tmp_path / "held out" / "history.csv")
    assert {"validation_loss", "validation_macro_f1", "validation_exact_match"} < set(history)
    network = load_checkpoint(tmp_path / "held out" / "checkpoint.pt", torch.device("cpu")).network
    with h5py.File(results.mels("train")) as file:
        of_cid = file["mel"][file["song"].asstr()[:] == "Cid"].astype(np.float64)
    assert network.input_mean_db.item() == pytest.approx(of_cid.mean(), rel=1e-6)
    assert network.input_std_db.item() == pytest.approx(of_cid.std(), rel=1e-6)


def test_the_state_is_kept_until_the_checkpoint_is_stored(results, tmp_path):
    checkpoint = tmp_path / "checkpoint.pt"
    checkpoint.mkdir()  # No file can take its place.
    with pytest.raises(IsADirectoryError):
        train(results, str(checkpoint))
    assert (tmp_path / ".resume" / "state.pt").exists()
    checkpoint.rmdir()
    train(results, str(checkpoint))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "history.csv"]
    expected = load(results, 0).state_dict()
    state = load_checkpoint(checkpoint, torch.device("cpu")).network.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in state.items())


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_performance_table_scores_each_model_on_each_split(results, split):
    table = pd.read_csv(results.table("performance"))
    with h5py.File(results.mels(split)) as file:
        mels = file["mel"][:].reshape(-1, *file["mel"].shape[2:])
        targets = np.tile(file["target"][:], (len(file["mel"]), 1))
    for seed in SEEDS:
        named = (load(results, seed)(torch.from_numpy(mels)) > 0).numpy()
        rows = table[(table["seed"] == seed) & (table["split"] == split)]
        assert set(rows["network"]) == {"small"}
        values = rows.set_index(["class", "metric"])["value"]
        assert len(values) == 3 * (len(CLASSES) + 2) + 1
        assert values["macro", "f1"] == pytest.approx(f1_score(targets, named, average="macro"))
        exact_match = accuracy_score(targets, named)
        assert values["samples", "exact_match"] == pytest.approx(exact_match)
    rows = table[(table["network"] == "majority") & (table["split"] == split)]
    assert rows["seed"].isna().all()
    values = rows.set_index(["class", "metric"])["value"]
    chance = average_precision_score(targets, np.ones(targets.shape), average="micro")
    assert values["micro", "average_precision"] == pytest.approx(chance)


def test_the_similarity_table_holds_the_mean_over_pairs_of_songs(results):
    """Recomputed from the spectrograms themselves."""
    table = pd.read_csv(results.table("similarity"))
    stimuli = pd.read_csv(results.table("stimuli"), dtype={"song": str})
    rows = table.set_index(["seed", "layer", "class_a", "measure"])
    for seed, name in itertools.product(SEEDS, CLASSES):
        chosen = stimuli[stimuli["class"] == name]
        assert list(chosen["song"]) == sorted(TEST_SONGS)
        with h5py.File(results.mels("test")) as file:
            mels = [file["mel"][place] for place in zip(chosen["row"], chosen["mix"], strict=True)]
        network = load(results, seed)
        read = network.activations(torch.from_numpy(np.stack(mels)))
        for layer, values in read.items():
            vectors = values.detach().double().numpy().reshape(3, -1)
            expected = {
                "pearson": 1 - distance.pdist(vectors, "correlation"),
                "cosine": 1 - distance.pdist(vectors, "cosine"),
                "mse": distance.pdist(vectors, "sqeuclidean") / vectors.shape[1],
            }
            for measure, similarities in expected.items():
                row = rows.loc[(seed, layer, name, measure)]
                assert row["mean"] == pytest.approx(similarities.mean(), rel=1e-4)
                assert row["std"] == pytest.approx(similarities.std(ddof=1), rel=1e-3)
                assert (row["n_pairs"], row["n_songs"]) == (3, 3)
    models = table[["task", "network", "training", "seed"]].drop_duplicates()
    assert models.to_numpy().tolist() == [["instrument", "small", "trained", s] for s in SEEDS]


def test_figure_2_shows_the_one_model_that_is_asked_for(results, tmp_path):
    plot_similarity(
        results.table("similarity"),
        [str(tmp_path / "figure2.png"), str(tmp_path / "figure2.pdf")],
        model={"task": "instrument", "network": "small", "training": "trained", "seed": 1},
        classes=CLASSES,
        mse_measure="mse_pair_max_over_layers",
    )
    assert len(list(tmp_path.iterdir())) == 2
    table = pd.read_csv(results.table("similarity"))
    is_shown = (table["seed"] == 1) & (table["measure"] == "cosine")
    for line in plt.gcf().axes[1].get_lines():
        means = table[is_shown & (table["class_a"] == line.get_label())]["mean"]
        np.testing.assert_array_equal(line.get_ydata(), means)


@pytest.mark.parametrize("songs", [[], ["Zoë", "007"]])
def test_figures_1_and_3_show_one_filter_of_two_songs(results, tmp_path, songs):
    activations = results.of_model("activations", 0, ".h5")
    plot_feature_maps(
        activations,
        [str(tmp_path / "figure1.png")],
        class_name="bass",
        songs=songs,
        filter_number=2,
        duration_s=10,
        mel=MEL,
        standardise=True,
    )
    drawn = [axis.get_images()[0] for axis in plt.gcf().axes if axis.get_images()]
    stimuli = read_stimuli(activations)
    places = itertools.product(["input", "conv1", "conv2"], songs or ["007", "Ann"])
    for image, (layer, song) in zip(drawn, places, strict=True):
        is_shown = (stimuli["class"] == "bass") & (stimuli["song"] == song)
        maps = read_activation(activations, layer, int(np.flatnonzero(is_shown)[0]))
        channel = 0 if layer == "input" else 1
        np.testing.assert_array_equal(image.get_array(), maps[channel])


def test_the_history_figure_shows_the_history(results, tmp_path):
    history = results.of_model("models", 0, "/history.csv")
    plot_history(history, [str(tmp_path / "history.pdf")])
    drawn = plt.gcf().axes[0].get_lines()[0].get_ydata()
    np.testing.assert_array_equal(drawn, pd.read_csv(history)["loss"])


def test_the_segment_figure_shows_the_split_that_is_asked_for(tmp_path):
    segments = pd.DataFrame(
        {
            "split": ["train", "test", "test"],
            "song": ["12", "007", "007"],
            "start_s": [0.0, 0.0, 10.0],
            "active_s_bass": [9.0, 9.0, 2.0],
            "kept": [True, True, False],
        }
    )
    segments.to_csv(tmp_path / "segments.csv", index=False)
    plot_segments(
        str(tmp_path / "segments.csv"),
        [str(tmp_path / "segments_test.png"), str(tmp_path / "segments_test.pdf")],
        split="test",
        classes=["bass"],
        duration_s=10,
        min_active_s=5,
    )
    axis = plt.gcf().axes[0]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["007"]
    assert [text.get_text() for text in axis.texts] == ["bass"]

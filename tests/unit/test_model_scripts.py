"""From the splits to tables and figures: what the scripts leave behind."""

import itertools
from pathlib import Path

import h5py
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from compute_mel_filters import main as compute_mel_filters
from mel_splits import CLASSES, MEL, SMALL
from model_run import CONFIDENCE, DRAWS, SEEDS, TEST_SONGS, TRAININGS, initialise, train
from plot_contrast import main as plot_contrast
from plot_feature_maps import main as plot_feature_maps
from plot_probe import main as plot_probe
from plot_representations import main as plot_representations
from plot_similarity import main as plot_similarity
from scipy.spatial import distance
from sklearn.metrics import accuracy_score, average_precision_score, f1_score
from stemlens.activations.store import read_activation, read_stimuli
from stemlens.audio.mel_store import read_examples
from stemlens.model.checkpoint import load_checkpoint
from stemlens.model.initialisation import untrained_network
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.replicate_store import read_replicates
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from stemlens.tables import read_table, write_table

MEASURED = {"classes": CLASSES, "mse_measure": "mse_pair_max_over_layers"}


def test_training_leaves_a_checkpoint_and_a_history_and_no_state(results):
    folder = Path(results.of_model("models", 0, ""))
    assert sorted(path.name for path in folder.iterdir()) == [
        "checkpoint.pt",
        "history.csv",
        "performance.csv",
        "performance.csv-metadata.json",
    ]
    history = pd.read_csv(folder / "history.csv")
    scores = ["loss", "macro_f1", "subset_accuracy"]
    assert list(history) == ["epoch", *scores, *(f"saved_{score}" for score in scores)]
    assert list(history["epoch"]) == [1, 2, 3]


def test_held_out_songs_are_scored_and_not_trained_on(results, tmp_path):
    """Without Bea and Dan, training sees what it would see if they were not in the split."""
    train(results, str(tmp_path / "held out" / "checkpoint.pt"), holdout=["Bea", "Dan"])
    history = pd.read_csv(tmp_path / "held out" / "history.csv")
    assert {"validation_loss", "validation_macro_f1", "validation_subset_accuracy"} < set(history)
    network = load_checkpoint(tmp_path / "held out" / "checkpoint.pt", torch.device("cpu")).network
    with h5py.File(results.mels("train")) as file:
        of_cid = file["mel"][file["song"].asstr()[:] == "Cid"].astype(np.float64)
    assert network.input_mean_db.item() == pytest.approx(of_cid.mean(), rel=1e-6)
    assert network.input_std_db.item() == pytest.approx(of_cid.std(), rel=1e-6)


def test_shuffled_targets_are_those_that_are_learnt(results, tmp_path):
    train(results, str(tmp_path / "checkpoint.pt"), shuffle_targets=True)
    shuffled = load_checkpoint(tmp_path / "checkpoint.pt", torch.device("cpu")).network
    plain = results.network(0)
    assert torch.equal(shuffled.input_mean_db, plain.input_mean_db)
    assert not torch.equal(shuffled.output.weight, plain.output.weight)


@pytest.mark.parametrize("holdout", ["none", ["Bea", "Dan"]])
def test_an_untrained_network_knows_of_the_training_songs_that_are_not_held_out(
    results, tmp_path, holdout
):
    initialise(results, str(tmp_path / "checkpoint.pt"), seed=3, holdout=holdout)
    stored = load_checkpoint(tmp_path / "checkpoint.pt", torch.device("cpu"))
    with h5py.File(results.mels("train")) as file:
        is_kept = ~np.isin(file["song"].asstr()[:], holdout)
    expected = untrained_network(
        SMALL,
        read_examples(results.mels("train"), is_kept),
        standardise=True,
        seed=3,
        device=torch.device("cpu"),
    ).state_dict()
    assert stored.classes == CLASSES
    for name, value in stored.network.state_dict().items():
        assert torch.equal(value, expected[name]), name


def test_the_state_is_kept_until_the_checkpoint_is_stored(results, tmp_path):
    checkpoint = tmp_path / "checkpoint.pt"
    checkpoint.mkdir()  # No file can take its place.
    with pytest.raises(IsADirectoryError):
        train(results, str(checkpoint))
    assert (tmp_path / ".resume" / "state.pt").exists()
    checkpoint.rmdir()
    train(results, str(checkpoint))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "history.csv"]
    expected = results.network(0).state_dict()
    state = load_checkpoint(checkpoint, torch.device("cpu")).network.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in state.items())


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_performance_table_scores_each_model_on_each_split(results, split):
    table = pd.read_csv(results.table("performance"))
    with h5py.File(results.mels(split)) as file:
        mels = file["mel"][:].reshape(-1, *file["mel"].shape[2:])
        targets = file["target"][:].reshape(-1, len(CLASSES))
    for seed in SEEDS:
        named = (results.network(seed)(torch.from_numpy(mels)) > 0).numpy()
        is_model = (table["seed"] == seed) & (table["training"] == "trained")
        rows = table[is_model & (table["split"] == split)]
        assert set(rows["network"]) == {"small"}
        values = rows.set_index(["class", "metric"])["value"]
        assert len(values) == 3 * (len(CLASSES) + 2) + 1
        assert values["macro", "f1"] == pytest.approx(f1_score(targets, named, average="macro"))
        subset_accuracy = accuracy_score(targets, named)
        assert values["samples", "subset_accuracy"] == pytest.approx(subset_accuracy)
    rows = table[(table["network"] == "class_prior") & (table["split"] == split)]
    assert rows[["training", "seed"]].isna().all(axis=None)
    values = rows.set_index(["class", "metric"])["value"]
    chance = average_precision_score(targets, np.ones(targets.shape), average="micro")
    assert values["micro", "average_precision"] == pytest.approx(chance)


def test_the_performance_over_seeds_is_that_of_test_songs_with_intervals_over_songs(results):
    by_seed = read_table(results.table("performance")).query("split == 'test'")
    table = read_table(results.table("performance_over_seeds")).fillna({"training": ""})
    keys = ["network", "training", "class", "metric"]
    expected = by_seed.fillna({"training": ""}).groupby(keys)["value"].agg(["mean", "std"])
    rows = table.set_index(keys).loc[expected.index]
    assert len(table) == len(expected)
    np.testing.assert_allclose(rows["value"], expected["mean"], rtol=1e-9)
    np.testing.assert_allclose(rows["seed_std"], expected["std"], rtol=1e-6, atol=1e-9)
    assert set(rows["n_songs"]) == {len(TEST_SONGS)}
    assert set(rows.loc["small"]["n_seeds"]) == {len(SEEDS)}
    assert rows.loc["class_prior"]["n_seeds"].isna().all()
    # Every score has either an interval or a reason why there is none.
    assert (rows["note"].notna() == rows["ci_low"].isna()).all()
    assert rows.loc[("small", "trained", "macro", "f1"), "ci_low"] > 0
    macro_f1 = rows.loc[("small", "trained", "macro", "f1")]
    networks = read_table(results.table("networks")).iloc[0]
    assert macro_f1["value"] == pytest.approx(networks["macro_f1"])
    assert networks["network"] == "small"
    assert np.isnan(networks["difference"])
    weights = draw_weights(len(TEST_SONGS), **DRAWS)
    by_seed, replicates = [], []
    for seed in SEEDS:
        predicted = read_table(results.of_model("predictions", seed, ".csv"))
        mixes = predicted.pivot_table(index=["song", "start_s", "mix"], columns="class")
        scored = mixes["target"], mixes["probability"] > 0.5
        number = [sorted(TEST_SONGS).index(song) for song, *_ in mixes.index]
        by_seed.append(f1_score(*scored, average="macro"))
        replicates.append(
            [f1_score(*scored, average="macro", sample_weight=w[number]) for w in weights]
        )
    estimate = Estimate(np.array(by_seed), np.mean(replicates, axis=0), len(TEST_SONGS))
    expected = estimate.columns("value", CONFIDENCE, lowest=0, highest=1)
    assert macro_f1[list(expected)].to_dict() == pytest.approx(expected)


def test_the_similarity_table_holds_the_mean_over_pairs_of_songs(results):
    """Recomputed from the spectrograms themselves."""
    table = pd.read_csv(results.table("similarity"))
    stimuli = pd.read_csv(results.table("stimuli"), dtype={"song": str})
    is_same = table["class_a"] == table["class_b"]
    rows = table[is_same & (table["training"] == "trained")]
    rows = rows.set_index(["seed", "layer", "class_a", "measure"])
    for seed, name in itertools.product(SEEDS, CLASSES):
        chosen = stimuli[stimuli["class"] == name]
        assert list(chosen["song"]) == sorted(TEST_SONGS)
        with h5py.File(results.mels("test")) as file:
            mels = [file["mel"][place] for place in zip(chosen["row"], chosen["mix"], strict=True)]
        network = results.network(seed)
        read = network.activations(torch.from_numpy(np.stack(mels)))
        for layer, values in read.items():
            vectors = values.detach().double().numpy().reshape(len(TEST_SONGS), -1)
            expected = {
                "pearson": 1 - distance.pdist(vectors, "correlation"),
                "cosine": 1 - distance.pdist(vectors, "cosine"),
                "mse": distance.pdist(vectors, "sqeuclidean") / vectors.shape[1],
            }
            for measure, similarities in expected.items():
                row = rows.loc[(seed, layer, name, measure)]
                assert row["mean"] == pytest.approx(similarities.mean(), rel=1e-4)
                assert row["std"] == pytest.approx(similarities.std(ddof=1), rel=1e-3)
                assert (row["n_pairs"], row["n_songs"]) == (15, 6)
    models = table[["task", "network", "training", "seed"]].drop_duplicates()
    assert models.to_numpy().tolist() == [
        ["instrument", "small", training, seed] for training in TRAININGS for seed in SEEDS
    ]


@pytest.mark.parametrize("name", ["similarity", "contrast"])
def test_tables_over_seeds_hold_the_mean_and_standard_deviation_over_seeds(results, name):
    value = {"similarity": "mean", "contrast": "contrast"}[name]
    by_seed, over_seeds = (pd.read_csv(results.table(n)) for n in (name, f"{name}_over_seeds"))
    classes = ["class_a", "class_b"] if name == "similarity" else ["class"]
    keys = ["training", "layer", *classes, "measure"]
    expected = by_seed.groupby(keys)[value].agg(["mean", "std"])
    rows = over_seeds.set_index(keys).loc[expected.index]
    assert len(over_seeds) == len(expected) == len(by_seed) / len(SEEDS)
    np.testing.assert_allclose(rows[value], expected["mean"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(rows["seed_std"], expected["std"], rtol=1e-6, atol=1e-9)
    assert set(rows["n_seeds"]) == {len(SEEDS)}
    assert not {"seed", "std", "n_pairs"} & set(over_seeds)


def test_the_interval_over_seeds_is_that_of_songs_and_seeds(results):
    summaries = [read_replicates(results.of_model("bootstrap", seed, ".h5")) for seed in SEEDS]
    means = np.stack([table["mean"] for table, _ in summaries])
    average = np.mean([replicates for _, replicates in summaries], axis=0)
    low, high = Estimate(means, average, len(TEST_SONGS)).interval(CONFIDENCE)
    table = pd.read_csv(results.table("similarity_over_seeds"))
    found = table[table["training"] == "trained"]
    measures = [MEASURES[name] for name in found["measure"]]
    lowest, highest = np.array([(each.lowest, each.highest) for each in measures]).T
    np.testing.assert_allclose(found["ci_low"], np.maximum(low, lowest), rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(found["ci_high"], np.minimum(high, highest), rtol=1e-5, atol=1e-9)
    # Of two seeds, some intervals would go on where a correlation cannot.
    assert (low < lowest).any()
    assert (high > highest).any()


@pytest.mark.parametrize("songs", [[], ["Zoë", "007"]])
def test_figures_1_and_3_show_one_filter_of_two_songs(results, tmp_path, songs):
    activations = results.of_model("activations", 0, ".h5")
    compute_mel_filters(str(tmp_path / "filters.h5"), settings=MEL)
    plot_feature_maps(
        activations,
        str(tmp_path / "filters.h5"),
        [str(tmp_path / "figure1.png")],
        class_name="bass",
        songs=songs,
        filter_number=2,
        duration_s=10,
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


@pytest.mark.parametrize(
    ("plot", "names", "shown"),
    [
        (plot_similarity, ["similarity_over_seeds", "contrast_over_seeds"], MEASURED),
        (plot_contrast, ["contrast_over_seeds"], MEASURED),
        (plot_probe, ["probe"], {"classes": CLASSES}),
        (plot_representations, ["cka", "separability"], {}),
    ],
    ids=["similarity", "contrast", "probe", "representations"],
)
def test_a_figure_shows_the_task_and_network_that_are_asked_for(
    results, tmp_path, plot, names, shown
):
    tables = {name: pd.read_csv(results.table(name)) for name in names}
    for folder, others in {"alone": [], "among others": ["network", "task"]}.items():
        paths = [str(tmp_path / folder / f"{name}.csv") for name in names]
        for path, rows in zip(paths, tables.values(), strict=True):
            unlike = rows.assign(**dict.fromkeys(rows.select_dtypes(float), 0.7))
            write_table(path, pd.concat([*(unlike.assign(**{o: "other"}) for o in others), rows]))
        figure = str(tmp_path / folder / "figure.png")
        plot(*paths, [figure], task="instrument", network="small", **shown)
    alone, among_others = tmp_path.glob("*/figure.png")
    assert alone.read_bytes() == among_others.read_bytes()

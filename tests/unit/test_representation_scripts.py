"""Predictions, probes, CKA, separability and other variants of the models of a run."""

import itertools
import shutil

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from bootstrap_similarity import main as bootstrap_similarity
from compare_networks import main as compare_networks
from compare_stimuli import main as compare_stimuli
from extract_activations import main as extract_activations
from mel_splits import CLASSES, N_BANDS, N_FRAMES, SMALL
from model_run import CONFIDENCE, DRAWS, PROBE, SEEDS, TEST_SONGS, TRAININGS
from scipy.spatial.distance import cdist
from select_stimuli import main as select_stimuli
from sklearn.metrics import balanced_accuracy_score
from stemlens.activations.store import layer_depths
from stemlens.audio.mixes import mix_targets
from stemlens.representations.cka import debiased_cka
from stemlens.representations.probe import probe_layer
from stemlens.representations.separability import distance_ratio, silhouette
from stemlens.similarity.replicate_store import read_replicates
from stemlens.tables import read_table

LAYERS = ["input", "conv1", "conv2", "dense1", "dense2", "output"]
MODELS = list(itertools.product(TRAININGS, SEEDS))


def activations_of(results, training, seed):
    """Layer → activations of the stimuli, float64 (stimulus, feature)."""
    path = results.of_model("activations", seed, ".h5", training)
    with h5py.File(path) as file:
        return {
            layer: file["layers"][layer][:].reshape(len(file["layers"][layer]), -1).astype(float)
            for layer in layer_depths(path)
        }


def test_every_prediction_is_that_of_its_mix_in_a_forward_pass(results):
    with h5py.File(results.mels("test")) as file:
        songs, starts_s = file["song"].asstr()[:], file["start_s"][:]
        mels, target = file["mel"][:], file["target"][0]
    segment_of = {key: number for number, key in enumerate(zip(songs, starts_s, strict=True))}
    assert len(segment_of) == sum(TEST_SONGS.values())
    for training, seed in MODELS:
        table = read_table(results.of_model("predictions", seed, ".csv", training))
        assert list(table) == ["song", "start_s", "mix", "class", "target", "probability"]
        assert len(table) == len(segment_of) * target.size
        assert not table.duplicated(["song", "start_s", "mix", "class"]).any()
        with torch.no_grad():
            network = results.network(seed, training)
            logits = network(torch.from_numpy(mels.reshape(-1, N_BANDS, N_FRAMES)))
        probabilities = logits.sigmoid().numpy().reshape(len(mels), *target.shape)
        for row in table.itertuples(index=False):
            number = CLASSES.index(row[3])
            assert row.target == target[row.mix, number]
            expected = probabilities[segment_of[row.song, row.start_s], row.mix, number]
            assert row.probability == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_networks_are_compared_with_the_reference(results, tmp_path):
    """Untrained predictions under the name of another network, one seed of each."""
    paths = [results.of_model("predictions", 0, ".csv")]
    for name, training in (("twin", "trained"), ("worse", "untrained")):
        path = tmp_path / "instrument" / name / "trained-seed0.csv"
        path.parent.mkdir(parents=True)
        source = results.of_model("predictions", 0, ".csv", training)
        shutil.copy(source, path)
        paths.append(str(path))
    compare_networks(
        paths,
        str(tmp_path / "networks.csv"),
        networks=dict.fromkeys(["small", "twin", "worse"], SMALL.settings()),
        reference="small",
        spectrogram=(N_BANDS, N_FRAMES),
        n_outputs=len(CLASSES),
        confidence=CONFIDENCE,
        **DRAWS,
    )
    table = read_table(tmp_path / "networks.csv").set_index("network")
    differences = table.filter(like="difference")
    assert differences.loc["small"].isna().all()
    # Nothing varies, so that nothing says how it would.
    assert differences.loc["twin", "difference"] == 0
    assert differences.loc["twin", ["difference_ci_low", "difference_ci_high"]].isna().all()
    expected = table["macro_f1"]["worse"] - table["macro_f1"]["small"]
    assert differences.loc["worse", "difference"] == pytest.approx(expected)
    assert table["seed_std"].isna().all()


def mixes_of_several(results):
    """Spectrograms, songs and mix numbers, song by song, of the stimuli's segments."""
    stimuli = read_table(results.table("stimuli")).drop_duplicates("song").sort_values("song")
    several = np.flatnonzero(mix_targets(len(CLASSES)).sum(axis=1) >= 2)
    with h5py.File(results.mels("test")) as file:
        mels = np.concatenate([file["mel"][row][several] for row in stimuli["row"]])
    return mels, stimuli["song"].to_numpy().repeat(len(several)), np.tile(several, len(stimuli))


def test_probes_are_those_of_the_layers_activations_of_mixes_of_several_classes(results):
    mels, songs, mixes = mixes_of_several(results)
    targets = mix_targets(len(CLASSES))[mixes]
    for training, seed in MODELS:
        table = read_table(results.of_model("probes", seed, ".csv", training))
        assert list(dict.fromkeys(zip(table["layer"], table["depth"], strict=True))) == [
            (layer, depth) for depth, layer in enumerate(LAYERS)
        ]
        network = results.network(seed, training)
        with torch.no_grad():
            read = network.activations(torch.from_numpy(mels))
        for layer, values in read.items():
            vectors = values.flatten(1).double().numpy()
            expected = probe_layer(vectors @ vectors.T, targets, songs, **PROBE)
            rows = table[table["layer"] == layer]
            assert list(rows["song"]) == list(songs.repeat(len(CLASSES)))
            assert list(rows["mix"]) == list(mixes.repeat(len(CLASSES)))
            assert list(rows["class"]) == CLASSES * len(mixes)
            assert np.array_equal(rows["target"], targets.ravel())
            assert (rows["predicted"] == expected.ravel()).mean() > 0.99


def test_the_table_of_probes_holds_the_mean_balanced_accuracy_over_seeds(results):
    probes = pd.concat(
        read_table(results.of_model("probes", seed, ".csv", training)).assign(
            training=training, seed=seed
        )
        for training, seed in MODELS
    )
    keys = ["training", "layer", "class"]
    table = read_table(results.table("probe")).set_index(keys)
    assert len(table) == len(TRAININGS) * len(LAYERS) * len(CLASSES)
    for key, rows in probes.groupby(keys):
        of_seeds = [
            balanced_accuracy_score(of_seed["target"], of_seed["predicted"])
            for _, of_seed in rows.groupby("seed")
        ]
        row = table.loc[key]
        assert row["balanced_accuracy"] == pytest.approx(np.mean(of_seeds))
        assert row["seed_std"] == pytest.approx(np.std(of_seeds, ddof=1), abs=1e-9)
        if pd.isna(row["ci_low"]):
            assert row["note"] == "no interval: draws of songs all agree, or most are undefined"
        else:
            assert row["ci_low"] <= row["balanced_accuracy"] <= row["ci_high"]
        assert (row["n_seeds"], row["n_songs"]) == (2, len(TEST_SONGS))


def test_layers_are_compared_within_each_model_and_across_trainings_of_one_seed(results):
    table = read_table(results.table("cka"))
    assert set(table["task"]) == {"instrument"}
    assert set(table["network"]) == {"small"}
    assert table.pop("note").isna().all()
    found = {tuple(row[2:-1]): row[-1] for row in table.itertuples(index=False, name=None)}
    assert len(found) == len(table)
    vectors = {model: activations_of(results, *model) for model in MODELS}

    def cka(model_a, layer_a, model_b, layer_b):
        a, b = vectors[model_a][layer_a], vectors[model_b][layer_b]
        return debiased_cka(a @ a.T, b @ b.T)

    places = list(enumerate(LAYERS))
    expected = {}
    for seed in SEEDS:
        for training in TRAININGS:
            model = training, seed
            for (i, a), (j, b) in itertools.combinations_with_replacement(places, 2):
                expected[seed, training, a, i, training, b, j] = cka(model, a, model, b)
        trained, untrained = ("trained", seed), ("untrained", seed)
        for i, a in places:
            expected[seed, "trained", a, i, "untrained", a, i] = cka(trained, a, untrained, a)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, abs=1e-6), key


def similarity_of_variant(results, folder, *, selection="most_active", tap="pool", logits=False):
    """Mean similarities of a model, by the steps of the workflow with other settings."""
    stimuli, activations, grams, pairs, replicates = (
        str(folder / name) for name in ("stimuli.csv", "a.h5", "grams.h5", "pairs.csv", "b.h5")
    )
    select_stimuli({"test": results.mels("test")}, stimuli, selection=selection)
    checkpoint = results.of_model("models", 0, "/checkpoint.pt")
    extract_activations(
        [checkpoint],
        results.mels("test"),
        stimuli,
        activations,
        tap=tap,
        logits=logits,
        n_threads=1,
    )
    compare_stimuli(activations, grams, pairs)
    bootstrap_similarity(pairs, replicates, classes=CLASSES, **DRAWS)
    table, _ = read_replicates(replicates)
    return table


@pytest.mark.parametrize(
    ("variant", "same_layers"),
    [
        ({"selection": "last"}, []),
        ({"tap": "normalised"}, ["input", "output"]),
        ({"logits": True}, LAYERS[:-1]),
    ],
    ids=["selection", "tap", "logits"],
)
def test_another_variant_changes_the_layers_that_it_is_about(
    results, tmp_path, variant, same_layers
):
    table = similarity_of_variant(results, tmp_path, **variant)
    expected, _ = read_replicates(results.of_model("bootstrap", 0, ".h5"))
    for layer in LAYERS:
        is_shown = (table["layer"] == layer) & (table["measure"] == "cosine")
        is_same = np.allclose(table[is_shown]["mean"], expected[is_shown]["mean"])
        assert is_same == (layer in same_layers), layer


def test_separability_is_that_of_the_raw_activations(results):
    stimuli = read_table(results.table("stimuli"))
    classes, songs = stimuli["class"].to_numpy(), stimuli["song"].to_numpy()
    table = read_table(results.table("separability")).set_index(["training", "layer", "measure"])
    assert len(table) == len(TRAININGS) * len(LAYERS) * 2
    once = np.ones((1, len(TEST_SONGS)))
    for training, layer in itertools.product(TRAININGS, LAYERS):
        vectors = [activations_of(results, training, seed)[layer] for seed in SEEDS]
        distances = [cdist(of_seed, of_seed) for of_seed in vectors]
        for statistic in (silhouette, distance_ratio):
            values = [statistic(of_seed, classes, songs, once) for of_seed in distances]
            row = table.loc[(training, layer, statistic.__name__)]
            assert row["value"] == pytest.approx(np.mean(values), rel=1e-4, abs=1e-6)
            assert row["seed_std"] == pytest.approx(np.std(values, ddof=1), rel=1e-3, abs=1e-6)
            assert row["ci_low"] < row["ci_high"]
            assert (row["n_seeds"], row["n_songs"]) == (2, len(TEST_SONGS))

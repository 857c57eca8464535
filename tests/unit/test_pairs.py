import itertools
import math

import numpy as np
import pandas as pd
import pytest
from stemlens.similarity.gram import gram
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.pairs import compare_pairs, stimulus_pairs

STIMULI = pd.DataFrame({"class": list("AAABB"), "song": ["s", "t", "u", "s", "t"]})
THREE = pd.DataFrame({"class": list("AAB"), "song": ["s", "t", "u"]})
LAYERS = {
    "input": [[0, 0], [2, 0], [0, 4], [1, 1], [3, 1]],
    "output": [[1], [2], [4], [0], [0]],
}
CORRELATED = [[0, 0, 3], [2, 0, 1], [0, 3, 0], [1, 1, 1], [5, 4, 6]]
GRAMS = {layer: gram([np.array(vectors)]) for layer, vectors in LAYERS.items()}


@pytest.mark.parametrize(
    ("classes", "songs"),
    [
        ("AAABB", "stust"),
        ("ABABA", "sstts"),
        ("BAAB", "stsu"),
        ("ABCD", "ssss"),
        ("AAAA", "sstt"),
        ("A", "s"),
    ],
)
def test_every_two_stimuli_of_different_songs_are_a_pair_once(classes, songs):
    a, b = stimulus_pairs(np.array(list(classes)), np.array(list(songs)), np.ones(len(songs)))
    pairs = [frozenset(pair) for pair in zip(a.tolist(), b.tolist(), strict=True)]
    every = itertools.combinations(range(len(classes)), 2)
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) == {frozenset((i, j)) for i, j in every if songs[i] != songs[j]}


def test_pairs_of_two_classes_name_first_the_class_that_comes_first():
    a, b = stimulus_pairs(np.array(list("BAAB")), np.array(list("stuv")), np.ones(4))
    classes = np.array(list("BAAB"))
    assert set(zip(classes[a], classes[b], strict=True)) == {("B", "B"), ("B", "A"), ("A", "A")}


def test_two_classes_of_n_stimuli_have_n_times_n_minus_1_pairs_across():
    pairs = compare_pairs(GRAMS, STIMULI)
    assert (pairs["song_a"] != pairs["song_b"]).all()
    counts = pairs.groupby(["layer", "depth", "class_a", "class_b"]).size()
    expected = {("A", "A"): 3, ("B", "B"): 1, ("A", "B"): 4}
    assert counts.to_dict() == {
        (layer, depth, *classes): n
        for depth, layer in enumerate(["input", "output"])
        for classes, n in expected.items()
    }


NAN = math.nan


@pytest.mark.parametrize(
    ("layer", "measure", "by_hand"),
    [
        # Pairs st, su and tu of class A, st of class B.
        ("input", "mse", [2, 8, 10, 2]),
        ("output", "mse", [1, 9, 4, 0]),
        ("input", "mse_layer_max", [2 / 10, 8 / 10, 1, 2 / 10]),
        ("output", "mse_layer_max", [1 / 9, 1, 4 / 9, 0]),
        ("input", "mse_pair_max_over_layers", [1, 8 / 9, 1, 1]),
        ("output", "mse_pair_max_over_layers", [1 / 2, 1, 4 / 10, 0]),
        ("input", "mse_peak", [2 / 4, 8 / 16, 10 / 16, 2 / 9]),
        ("output", "mse_peak", [1 / 4, 9 / 16, 4 / 16, NAN]),
        ("input", "cosine", [NAN, NAN, 0, 4 / math.sqrt(2 * 10)]),
        ("output", "cosine", [1, 1, 1, NAN]),
        # Of two values every correlation would be 1 or -1.
        ("input", "pearson", [NAN, NAN, NAN, NAN]),
        ("output", "pearson", [NAN, NAN, NAN, NAN]),
    ],
)
def test_measures_by_hand(layer, measure, by_hand):
    pairs = compare_pairs(GRAMS, STIMULI)
    same_class = pairs["class_a"] == pairs["class_b"]
    values = pairs.loc[(pairs["layer"] == layer) & same_class, measure]
    np.testing.assert_allclose(values, by_hand, atol=1e-15)


def test_correlations_by_hand():
    """Deviations of class A: (-1, -1, 2), (1, -1, 0), (-1, 2, -1); the first of B is constant."""
    pairs = compare_pairs({"conv1": gram([np.array(CORRELATED)])}, STIMULI)
    values = pairs.loc[pairs["class_a"] == pairs["class_b"], "pearson"]
    np.testing.assert_allclose(values, [0, -3 / 6, -3 / math.sqrt(2 * 6), NAN], atol=1e-15)


def test_an_error_across_classes_is_held_against_the_largest_within_classes():
    """A at (2, 0) of song t and B at (1, 1) of song s differ by 1; the layer's largest is 10."""
    pairs = compare_pairs(GRAMS, STIMULI).query("layer == 'input' and class_a != class_b")
    row = pairs.query("song_a == 't' and song_b == 's'").iloc[0]
    assert row["mse"] == pytest.approx(1)
    assert row["mse_layer_max"] == pytest.approx(1 / 10)
    far = compare_pairs({"input": gram([np.array([[0.0], [1], [9]])])}, THREE)
    assert far["mse_layer_max"].tolist() == pytest.approx([1, 81, 64])


def test_each_pairs_largest_mse_over_the_layers_becomes_1():
    rng = np.random.default_rng(0)
    grams = {f"conv{n}": gram([rng.normal(0, n, (5, 6 * n))]) for n in (3, 1, 2)}
    pairs = compare_pairs(grams, STIMULI)
    keys = ["class_a", "class_b", "song_a", "song_b"]
    largest = pairs.groupby(keys)["mse_pair_max_over_layers"].max()
    assert len(largest) == 8
    assert (largest == 1).all()


def test_rows_are_numbered_through_the_layers():
    assert compare_pairs(GRAMS, STIMULI).index.tolist() == list(range(16))


def test_without_two_stimuli_of_a_class_errors_have_no_largest_of_a_layer():
    stimuli = pd.DataFrame({"class": ["A", "B"], "song": ["s", "t"]})
    pairs = compare_pairs({"input": gram([np.array([[0.0], [2]])])}, stimuli)
    assert pairs["mse"].tolist() == [4]
    assert pairs["mse_layer_max"].isna().all()


def test_opposites_reach_the_ends_of_the_ranges():
    """What is finite at either end, but for errors of a layer, has an example there."""
    vector = np.array([1.0, 1, -1, -1])
    stimuli = pd.DataFrame({"class": list("AAA"), "song": list("stu")})
    grams = {
        "conv1": gram([np.stack([vector, -vector, vector])]),
        "conv2": gram([np.stack([vector, vector, -vector])]),
    }
    pairs = compare_pairs(grams, stimuli)
    for name, measure in MEASURES.items():
        assert pairs[name].min() == measure.lowest
        if np.isfinite(measure.highest):
            assert pairs[name].max() == measure.highest


def test_stimuli_that_agree_in_every_layer_have_no_normalised_error():
    grams = {layer: gram([np.ones((2, 3))]) for layer in LAYERS}
    pairs = compare_pairs(grams, pd.DataFrame({"class": ["A", "A"], "song": ["s", "t"]}))
    assert (pairs["mse"] == 0).all()
    assert pairs[["mse_pair_max_over_layers", "mse_layer_max"]].isna().all(axis=None)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_where_an_activation_is_not_finite_nothing_is_said_of_its_pairs(value):
    """Nor of what is held against the largest error of its pair or layer."""
    rng = np.random.default_rng(0)
    layers = {layer: rng.normal(size=(5, 6)) for layer in ("input", "conv1")}
    layers["conv1"][0, 2] = value
    grams = {layer: gram([vectors]) for layer, vectors in layers.items()}
    pairs = compare_pairs(grams, STIMULI)
    is_of_it = (pairs["class_a"] == "A") & (pairs["song_a"] == "s")
    is_there = pairs["layer"] == "conv1"
    assert (is_of_it & is_there).sum() == 3
    for measure in ("pearson", "cosine", "mse", "mse_peak"):
        assert (pairs[measure].isna() == (is_of_it & is_there)).all()
    assert (pairs["mse_pair_max_over_layers"].isna() == is_of_it).all()
    assert (pairs["mse_layer_max"].isna() == is_there).all()


@pytest.mark.parametrize("scale", [1e-3, 1, 1e3])
def test_no_measure_leaves_its_range(scale):
    rng = np.random.default_rng(0)
    vectors = scale * rng.normal(size=(8, 5))
    vectors[1], vectors[2] = -vectors[0], vectors[0]
    stimuli = pd.DataFrame({"class": "a", "song": list("stuvwxyz")})
    pairs = compare_pairs({"input": gram([vectors]), "conv1": gram([vectors[:, :3]])}, stimuli)
    for name, measure in MEASURES.items():
        # Of stimuli that agree in every layer, nothing can be a share of the largest error.
        assert pairs[name].dropna().between(measure.lowest, measure.highest).all(), name

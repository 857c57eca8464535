import itertools
import math

import numpy as np
import pandas as pd
import pytest
from stemlens.similarity.gram import gram
from stemlens.similarity.pairs import MEASURES, compare_pairs, same_class_pairs, summarise

STIMULI = pd.DataFrame({"class": list("AAABB"), "song": ["s", "t", "u", "s", "t"]})
LAYERS = {
    "input": [[0, 0], [2, 0], [0, 4], [1, 1], [3, 1]],
    "output": [[1], [2], [4], [0], [0]],
}
GRAMS = {layer: gram([np.array(vectors)]) for layer, vectors in LAYERS.items()}


@pytest.mark.parametrize(
    "classes", ["AAABB", "ABABA", "ABCD", "AAAAAAA"], ids=lambda classes: f"classes {classes}"
)
def test_every_pair_within_a_class_occurs_once_and_none_across(classes):
    a, b = same_class_pairs(np.array(list(classes)))
    pairs = set(zip(a.tolist(), b.tolist(), strict=True))
    every = itertools.combinations(range(len(classes)), 2)
    assert len(a) == len(pairs)
    assert pairs == {(i, j) for i, j in every if classes[i] == classes[j]}


def test_a_class_of_n_stimuli_has_n_times_n_minus_1_halves_pairs():
    pairs = compare_pairs(GRAMS, STIMULI)
    assert (pairs["class_a"] == pairs["class_b"]).all()
    assert (pairs["song_a"] != pairs["song_b"]).all()
    counts = pairs.groupby(["layer", "depth", "class_a"]).size()
    assert counts.to_dict() == {
        ("input", 0, "A"): 3,
        ("input", 0, "B"): 1,
        ("output", 1, "A"): 3,
        ("output", 1, "B"): 1,
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
        ("input", "pearson", [NAN, NAN, -1, NAN]),
        ("output", "pearson", [NAN, NAN, NAN, NAN]),
    ],
)
def test_measures_by_hand(layer, measure, by_hand):
    pairs = compare_pairs(GRAMS, STIMULI)
    values = pairs.loc[pairs["layer"] == layer, measure]
    np.testing.assert_allclose(values, by_hand, atol=1e-15)


def test_each_pairs_largest_mse_over_the_layers_becomes_1():
    rng = np.random.default_rng(0)
    grams = {f"conv{n}": gram([rng.normal(0, n, (5, 6 * n))]) for n in (3, 1, 2)}
    pairs = compare_pairs(grams, STIMULI)
    largest = pairs.groupby(["class_a", "song_a", "song_b"])["mse_pair_max_over_layers"].max()
    assert len(largest) == 4
    assert (largest == 1).all()


def test_stimuli_that_agree_in_every_layer_have_no_normalised_error():
    grams = {layer: gram([np.ones((2, 3))]) for layer in LAYERS}
    pairs = compare_pairs(grams, pd.DataFrame({"class": ["A", "A"], "song": ["s", "t"]}))
    assert (pairs["mse"] == 0).all()
    assert pairs[["mse_pair_max_over_layers", "mse_layer_max"]].isna().all(axis=None)


@pytest.fixture
def random_pairs():
    """Pairs of four songs in two layers; some values are undefined, all of a class's cosines."""
    rng = np.random.default_rng(0)
    rows = [
        {
            "layer": layer,
            "depth": depth,
            "class_a": name,
            "class_b": name,
            "song_a": a,
            "song_b": b,
            **{measure: rng.normal() if rng.random() < 0.6 else NAN for measure in MEASURES},
        }
        for depth, layer in enumerate(["input", "conv1"])
        for name in ("rest", "bass")
        for a, b in itertools.combinations("stuv", 2)
    ]
    pairs = pd.DataFrame(rows)
    pairs.loc[(pairs["depth"] == 1) & (pairs["class_a"] == "bass"), "cosine"] = NAN
    return pairs


def test_the_summary_equals_plain_loops_over_defined_pairs(random_pairs):
    summary = summarise(random_pairs)
    assert len(summary) == 2 * 2 * len(MEASURES)
    for row in summary.to_dict("records"):
        values, songs = [], set()
        for pair in random_pairs.to_dict("records"):
            same_group = all(pair[key] == row[key] for key in ("layer", "class_a", "class_b"))
            if same_group and not math.isnan(pair[row["measure"]]):
                values.append(pair[row["measure"]])
                songs |= {pair["song_a"], pair["song_b"]}
        assert (row["n_pairs"], row["n_songs"]) == (len(values), len(songs))
        mean = sum(values) / len(values) if values else NAN
        std = NAN
        if len(values) > 1:
            std = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
        assert row["mean"] == pytest.approx(mean, nan_ok=True)
        assert row["std"] == pytest.approx(std, nan_ok=True)


def test_a_class_without_a_defined_pair_stays_in_the_summary(random_pairs):
    summary = summarise(random_pairs).set_index(["layer", "class_a", "measure"])
    row = summary.loc["conv1", "bass", "cosine"]
    assert math.isnan(row["mean"])
    assert math.isnan(row["std"])
    assert (row["n_pairs"], row["n_songs"]) == (0, 0)


def test_the_summary_is_ordered_by_depth_class_and_measure(random_pairs):
    summary = summarise(random_pairs.sample(frac=1, random_state=0))
    assert list(summary[["layer", "class_a", "measure"]].itertuples(index=False, name=None)) == [
        (layer, name, measure)
        for layer in ("input", "conv1")
        for name in ("bass", "rest")
        for measure in MEASURES
    ]

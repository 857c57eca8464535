"""Tables of means and contrasts with their intervals, of one training and of several."""

import numpy as np
import pandas as pd
import pytest
from stemlens.notes import FEW_SONGS, NO_INTERVAL
from stemlens.similarity.contrast import contrast
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.mean_tables import KEYS_OF, KINDS, mean_table
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.seeds import estimate_over_seeds
from stemlens.statistics.bootstrap import draw_weights

CLASSES, N_SONGS = ["bass", "drums"], 8
STIMULI = pd.DataFrame(
    [(name, f"song{n}") for n in range(N_SONGS) for name in CLASSES], columns=["class", "song"]
)


def summary(seed, n_songs=N_SONGS, scale=1):
    vectors = scale * np.random.default_rng(seed).normal(1, 1, (2 * N_SONGS, 20))
    stimuli = STIMULI[: 2 * n_songs]
    layers = {"input": vectors[: 2 * n_songs], "conv1": np.tanh(vectors[: 2 * n_songs])}
    pairs = compare_pairs({name: gram([values]) for name, values in layers.items()}, stimuli)
    weights = draw_weights(n_songs, n_replicates=99, seed=0)
    return summarise(pairs, CLASSES, np.unique(stimuli["song"]), weights)


@pytest.mark.parametrize("kind", ["similarity", "contrast"])
@pytest.mark.parametrize("n_seeds", [1, 2])
def test_each_row_is_a_mean_over_seeds_with_its_interval(kind, n_seeds):
    similarities = [summary(seed) for seed in range(n_seeds)]
    table = mean_table(similarities, kind, confidence=0.9)
    of_kind = [contrast(*s) for s in similarities] if kind == "contrast" else similarities
    value = "contrast" if kind == "contrast" else "mean"
    keys = KEYS_OF[kind]
    pd.testing.assert_frame_equal(table[keys], of_kind[0][0][keys])
    assert list(table.columns[: len(keys)]) == keys
    assert KINDS == ("similarity", "contrast")
    expected = np.mean([of_seed[value] for of_seed, _ in of_kind], axis=0)
    np.testing.assert_allclose(table[value], expected)
    if kind == "contrast":
        assert (table["contrast"] - (table["same"] - table["different"])).abs().max() < 1e-12
    low, high = estimate_over_seeds(of_kind, value).interval(0.9)
    assert np.isfinite(low).sum() > len(low) / 2
    lowest, highest = (
        np.array([getattr(MEASURES[name], end) for name in table["measure"]])
        for end in ("lowest", "highest")
    )
    if kind == "contrast":
        lowest, highest = lowest - highest, highest - lowest
    np.testing.assert_array_equal(table["ci_low"], np.maximum(low, lowest))
    np.testing.assert_array_equal(table["ci_high"], np.minimum(high, highest))
    assert (table["n_seeds"] == n_seeds).all()
    assert (table["n_songs"] == N_SONGS).all()
    # At its maximum over the layers, an error is 1 in every draw.
    assert table["note"].tolist() == np.where(np.isnan(low), NO_INTERVAL, "").tolist()
    assert table["seed_std"].isna().all() == (n_seeds == 1)


def test_intervals_end_where_the_measure_does_and_those_of_contrasts_where_its_width_does():
    """From five songs and two seeds that differ much, intervals are wider than the range."""
    similarities = [summary(seed, n_songs=5, scale=seed) for seed in (1, 9)]
    table = mean_table(similarities, "similarity", confidence=0.99)
    pearson = table[table["measure"] == "pearson"]
    assert pearson["ci_low"].min() == -1
    assert pearson["ci_high"].max() == 1
    assert (table.loc[table["measure"] == "mse", "ci_low"] == 0).all()
    contrasts = mean_table(similarities, "contrast", confidence=0.999)
    pearson = contrasts[contrasts["measure"] == "pearson"]
    assert pearson["ci_low"].min() == -2
    assert pearson["ci_high"].max() == 2


@pytest.mark.parametrize("kind", ["similarity", "contrast"])
def test_few_songs_have_no_interval_and_a_note(kind):
    table = mean_table([summary(0, n_songs=4)], kind, confidence=0.9)
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)
    assert (table["note"] == FEW_SONGS).all()


def test_a_mean_of_equals_has_no_interval_and_a_note_that_says_why():
    vectors = np.tile(np.random.default_rng(0).normal(size=20), (2 * N_SONGS, 1))
    pairs = compare_pairs({"conv1": gram([vectors])}, STIMULI)
    weights = draw_weights(N_SONGS, n_replicates=99, seed=0)
    equal = summarise(pairs, CLASSES, np.unique(STIMULI["song"]), weights)
    table = mean_table([equal], "similarity", confidence=0.9).set_index("measure")
    assert (table.loc["mse", "mean"] == 0).all()
    assert (table.loc["mse", "note"] == NO_INTERVAL).all()
    assert table.loc["mse_layer_max", "note"].str.contains("all stimuli of each class").all()

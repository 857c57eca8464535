"""Invariance against its definition, models that are invariant by construction, and simulations."""

import numpy as np
import pytest
import torch
from scipy.spatial import distance
from stemlens.keeps.comparison import AVERAGED, KEPT, read_comparison
from stemlens.keeps.invariance import ALIKE, invariance_estimates
from stemlens.keeps.transformed_items import MEASURE_NAMES
from stemlens.notes import FEW_SONGS
from stemlens.similarity.undefined import NO_PAIR
from stemlens.statistics.bootstrap import draw_weights
from transformed_sets import Reader, class_items, compared_set, item_table, write_compared

NOISE = [("noise", 10.0), ("noise", 20.0), ("gain", -6.0)]
N_SONGS, N_FEATURES = 12, 40


def songs_of(n):
    return [f"song{number:03}" for number in range(n)]


def noisy_set(rng, n=N_SONGS, conditions=NOISE, level=0.5, **table):
    """Songs are vectors; transformed, they have noise."""
    items = item_table(songs_of(n), conditions, **table)
    number = items["song"].str[4:].astype(int)
    base = 1 + rng.normal(size=(n, N_FEATURES))
    noise = rng.normal(size=(len(items), N_FEATURES))
    noise[items["transformation"] == "original"] = 0
    return items, base[number] + level * noise


def measured(items, vectors, measure, weights=None, time=KEPT):
    of_class = class_items(compared_set(items, vectors))
    weights = np.ones((1, of_class.n_songs)) if weights is None else weights
    return invariance_estimates([of_class], "conv1", time, measure, weights)


def similarity(a, b, measure):
    if measure == "mse":
        return distance.cdist(a, b, "sqeuclidean") / a.shape[1]
    return 1 - distance.cdist(a, b, {"pearson": "correlation", "cosine": "cosine"}[measure])


def by_definition(originals, transformed, songs, measure):
    """Copies of a song are no pair."""
    same = np.diagonal(similarity(originals, transformed, measure)).mean()
    is_pair = songs[:, None] != songs
    different = similarity(originals, originals, measure)[is_pair].mean()
    if measure == "mse":
        return 1 - same / different
    return (same - different) / (1 - different)


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_it_is_the_definition_in_the_sample_and_in_explicitly_resampled_songs(measure):
    rng = np.random.default_rng(0)
    items, vectors = noisy_set(rng)
    weights = draw_weights(N_SONGS, n_replicates=8, seed=0)
    table, estimate = measured(items, vectors, measure, weights)
    assert table["transformation"].tolist() == ["noise"] * 3 + ["gain"] * 2
    assert table["strength"].fillna(0).tolist() == [10, 20, 0, -6, 0]
    columns = {row: (table.loc[row, ["transformation", "strength"]]) for row in (0, 1, 3)}
    for row, (transformation, strength) in columns.items():
        chosen = (items["transformation"] == transformation) & (items["strength"] == strength)
        transformed = vectors[chosen]
        numbers = np.arange(N_SONGS)
        value = by_definition(vectors[:N_SONGS], transformed, numbers, measure)
        assert table.loc[row, "invariance"] == estimate.mean[row] == pytest.approx(value)
        for replicate, drawn in zip(estimate.replicates[:, row], weights, strict=True):
            copies = numbers.repeat(drawn.astype(int))
            value = by_definition(vectors[copies], transformed[copies], copies, measure)
            assert replicate == pytest.approx(value)
    np.testing.assert_allclose(estimate.mean[2], estimate.mean[:2].mean())
    np.testing.assert_allclose(estimate.replicates[:, 2], estimate.replicates[:, :2].mean(axis=1))
    assert (estimate.n_songs == N_SONGS).all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_what_changes_nothing_has_invariance_1(measure):
    items, vectors = noisy_set(np.random.default_rng(0), level=0)
    table, estimate = measured(items, vectors.astype(np.float32), measure)
    assert (estimate.mean == 1).all()
    assert (table["note"] == "").all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_another_song_has_invariance_0_on_average(measure):
    rng = np.random.default_rng(0)
    items = item_table(songs_of(N_SONGS), [("swap", 1.0)])
    values = [
        measured(items, 1 + rng.normal(size=(len(items), N_FEATURES)), measure)[1].mean[0]
        for _ in range(100)
    ]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(len(values))


def test_it_is_negative_where_the_opposite_comes_out():
    items, vectors = noisy_set(np.random.default_rng(0), conditions=[("polarity", 1.0)], level=0)
    vectors[N_SONGS:] *= -1
    table, _ = measured(items, vectors, "cosine")
    assert table["same_song"][0] == pytest.approx(-1)
    assert table["invariance"][0] < -1


def test_a_song_without_an_item_is_left_out_of_that_row_alone():
    items, vectors = noisy_set(np.random.default_rng(0))
    is_missing = (items["song"] == "song003") & (items["strength"] == 20)
    table, estimate = measured(
        items[~is_missing].reset_index(drop=True), vectors[~is_missing], "mse"
    )
    without = items["song"] != "song003"
    of_others, _ = measured(items[without].reset_index(drop=True), vectors[without], "mse")
    whole, _ = measured(items, vectors, "mse")
    assert estimate.n_songs.tolist() == [12, 11, 11, 12, 12]
    assert table["invariance"][1] == pytest.approx(of_others["invariance"][1])
    assert table["invariance"][0] == pytest.approx(whole["invariance"][0])


def test_a_silent_item_is_left_out_and_the_note_says_so():
    items, vectors = noisy_set(np.random.default_rng(0))
    vectors[N_SONGS] = 0
    table, _ = measured(items, vectors, "pearson")
    assert table["note"][0] == "undefined in 1 of 12 pairs: an activation is constant"
    assert table["n_songs"].tolist() == [11, 12, 11, 12, 12]
    assert np.isfinite(table["invariance"]).all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_stimuli_that_are_alike_have_none(measure):
    items, vectors = noisy_set(np.random.default_rng(0))
    vectors[:] = vectors[0] + 1e-8 * np.random.default_rng(0).normal(size=vectors.shape)
    table, estimate = measured(items, vectors, measure)
    assert np.isnan(estimate.mean).all()
    assert (table["note"] == ALIKE).all()


def test_a_single_song_has_none_and_few_songs_have_no_interval():
    items, vectors = noisy_set(np.random.default_rng(0), n=1)
    table, _ = measured(items, vectors, "mse")
    assert np.isnan(table["invariance"]).all()
    assert set(table["note"]) == {f"{FEW_SONGS}; {NO_PAIR}"}
    items, vectors = noisy_set(np.random.default_rng(0), n=4)
    table, estimate = measured(items, vectors, "mse", draw_weights(4, n_replicates=50, seed=0))
    assert np.isfinite(table["invariance"]).all()
    assert np.isnan(estimate.interval(0.95)[0]).all()


def test_a_layer_of_two_values_has_no_correlation():
    items, vectors = noisy_set(np.random.default_rng(0))
    table, _ = measured(items, vectors[:, :2], "pearson")
    assert table["invariance"].isna().all()
    assert table["note"].str.contains("the layer has fewer than 3 values").all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_folds_pool_sums_of_pairs_within_them(measure):
    rng = np.random.default_rng(0)
    items, vectors = noisy_set(rng)
    fold = items["song"].str[4:].astype(int).to_numpy() % 3
    fold[items["song"] == "song000"] = 1
    sets = [
        compared_set(items[fold == k].reset_index(drop=True), vectors[fold == k]) for k in range(3)
    ]
    weights = draw_weights(N_SONGS, n_replicates=5, seed=0)
    _, estimate = invariance_estimates([class_items(*sets)], "conv1", KEPT, measure, weights)
    originals, transformed = vectors[:N_SONGS], vectors[N_SONGS::3]
    compared = similarity(originals, originals, measure)
    same = np.diagonal(similarity(originals, transformed, measure))
    is_pair = (fold[:N_SONGS, None] == fold[:N_SONGS]) & ~np.eye(N_SONGS, dtype=bool)
    for found, w in zip(
        [estimate.mean, *estimate.replicates], [np.ones(N_SONGS), *weights], strict=True
    ):
        pair_weights = np.outer(w, w) * is_pair
        different = (pair_weights * compared).sum() / pair_weights.sum()
        mean = w @ same / w.sum()
        expected = (
            1 - mean / different if measure == "mse" else (mean - different) / (1 - different)
        )
        assert found[0] == pytest.approx(expected)


def test_seeds_are_averaged():
    rng = np.random.default_rng(0)
    of_seeds = [class_items(compared_set(*noisy_set(rng))) for _ in range(3)]
    weights = draw_weights(N_SONGS, n_replicates=20, seed=0)
    single = [invariance_estimates([one], "conv1", KEPT, "mse", weights) for one in of_seeds]
    table, estimate = invariance_estimates(of_seeds, "conv1", KEPT, "mse", weights)
    values = [one["invariance"] for one, _ in single]
    np.testing.assert_allclose(table["invariance"], np.mean(values, axis=0))
    np.testing.assert_allclose(estimate.by_seed, values)
    replicates = [one.replicates for _, one in single]
    np.testing.assert_allclose(estimate.replicates, np.mean(replicates, axis=0))


class Centred(torch.nn.Module):
    """Subtracts the level in dB."""

    def forward(self, inputs):
        return inputs - inputs.mean(dim=(1, 2), keepdim=True)


def of_spectrograms(folder, module, change):
    """Invariance of a module's layer to a change of spectrograms (band, frame)."""
    rng = np.random.default_rng(0)
    songs = rng.normal(-40, 10, (8, 6, 20)).astype(np.float32)
    inputs = np.concatenate([songs, [change(song) for song in songs]])
    items = item_table(songs_of(8), [("change", 1.0)])
    path = write_compared(folder, inputs, items, Reader(module, "band time"))
    return class_items(*read_comparison(path))


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_a_layer_averaged_over_time_is_invariant_to_a_circular_time_shift(tmp_path, measure):
    torch.manual_seed(0)
    convolution = torch.nn.Conv1d(6, 5, 3, padding=1, padding_mode="circular")
    items = of_spectrograms(tmp_path, convolution, lambda song: np.roll(song, 7, axis=1))
    weights = np.ones((1, 8))
    averaged, _ = invariance_estimates([items], "layer", AVERAGED, measure, weights)
    kept, _ = invariance_estimates([items], "layer", KEPT, measure, weights)
    assert (averaged["invariance"] == 1).all()
    assert (kept["invariance"] < 0.5).all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_a_network_that_normalises_level_is_invariant_to_gain(tmp_path, measure):
    items = of_spectrograms(tmp_path, Centred(), lambda song: song + np.float32(12))
    weights = np.ones((1, 8))
    layer, _ = invariance_estimates([items], "layer", KEPT, measure, weights)
    assert (layer["invariance"] == 1).all()
    of_input, _ = invariance_estimates([items], "input", KEPT, "mse", weights)
    assert (of_input["invariance"] < 0.9).all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_intervals_cover_the_invariance_of_other_songs_as_often_as_they_claim(measure):
    """Songs differ in how much they change."""
    rng = np.random.default_rng(0)

    def study(n, n_replicates):
        items = item_table(songs_of(n), [("noise", 1.0)])
        vectors = 1 + rng.normal(size=(n, N_FEATURES))
        level = rng.uniform(0.2, 1.2, (n, 1))
        changed = vectors + level * rng.normal(size=vectors.shape)
        weights = draw_weights(n, n_replicates=n_replicates, seed=0)
        return measured(items, np.concatenate([vectors, changed]), measure, weights)[1]

    truth = np.mean([study(300, 1).mean[0] for _ in range(10)])
    intervals = np.array([study(12, 300).interval(0.95) for _ in range(250)])[:, :, 0]
    covered = (intervals[:, 0] <= truth) & (truth <= intervals[:, 1])
    assert covered.mean() >= 0.92

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from stemlens.notes import FEW_SONGS
from stemlens.similarity.contrast import contrast
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.seeds import average_tables, estimate_over_seeds
from stemlens.similarity.undefined import note_on_mean, reason_undefined
from stemlens.statistics.bootstrap import draw_weights

SONGS = np.array(list("stuvw"))
CLASSES = ["rest", "bass", "drums"]


@pytest.fixture
def pairs():
    """Pairs of five songs in two layers; some values are undefined, all of bass's cosines."""
    rng = np.random.default_rng(0)
    rows = []
    for depth, layer in enumerate(["input", "conv1"]):
        for a, b in itertools.combinations_with_replacement(CLASSES, 2):
            drawn = itertools.combinations if a == b else itertools.permutations
            for song_a, song_b in drawn(SONGS, 2):
                keys = [layer, depth, 9, a, b, song_a, song_b]
                values = [v if rng.random() < 0.7 else math.nan for v in rng.normal(3, 1, 6)]
                rows.append(keys + values)
    columns = ["layer", "depth", "n_features", "class_a", "class_b", "song_a", "song_b", *MEASURES]
    table = pd.DataFrame(rows, columns=columns).sample(frac=1, random_state=0)
    is_bass = (table["class_a"] == "bass") & (table["class_b"] == "bass")
    table.loc[is_bass & (table["depth"] == 1), "cosine"] = math.nan
    return table.reset_index(drop=True)


def of_group(pairs, row):
    keys = ["layer", "class_a", "class_b"]
    return pairs[(pairs[keys] == pd.Series(row)[keys]).all(axis=1)].dropna(subset=row["measure"])


def test_the_summary_equals_plain_statistics_of_the_defined_pairs_in_order(pairs):
    table, _ = summarise(pairs, CLASSES, SONGS, np.ones((1, 5)))
    keys = ["layer", "class_a", "class_b", "measure"]
    assert list(table[keys].itertuples(index=False, name=None)) == [
        (layer, *classes, measure)
        for layer in ("input", "conv1")
        for classes in itertools.combinations_with_replacement(CLASSES, 2)
        for measure in MEASURES
    ]
    for row in table.to_dict("records"):
        group = of_group(pairs, row)
        values = group[row["measure"]]
        assert row["mean"] == pytest.approx(values.mean(), nan_ok=True)
        assert row["std"] == pytest.approx(values.std(), nan_ok=True)
        assert row["n_pairs"] == len(values)
        assert row["n_songs"] == len({*group["song_a"], *group["song_b"]})


def test_a_replicate_is_the_mean_over_pairs_of_the_drawn_songs(pairs):
    """Every copy of a song is a song of its own, but two copies of one song are no pair."""
    weights = draw_weights(5, n_replicates=30, seed=0)
    table, replicates = summarise(pairs, CLASSES, SONGS, weights)
    for drawn, replicate in zip(weights.astype(int), replicates, strict=True):
        copies = np.repeat(SONGS, drawn)
        for number, row in enumerate(table.to_dict("records")):
            group = of_group(pairs, row).set_index(["song_a", "song_b"])[row["measure"]]
            values = []
            for i, j in itertools.combinations(range(len(copies)), 2):
                for key in {(copies[i], copies[j]), (copies[j], copies[i])}:
                    if key in group.index:
                        values.append(group[key])
            expected = np.mean(values) if values else math.nan
            assert replicate[number] == pytest.approx(expected, nan_ok=True)


def summary_of(vectors, classes, songs, n_replicates=50):
    """Summarise stimuli that have the same vectors in two layers."""
    stimuli = pd.DataFrame({"class": classes, "song": songs})
    grams = {layer: gram([np.asarray(vectors, np.float32)]) for layer in ("input", "conv1")}
    names = np.unique(songs)
    weights = draw_weights(len(names), n_replicates=n_replicates, seed=0)
    pairs = compare_pairs(grams, stimuli)
    return summarise(pairs, list(dict.fromkeys(classes)), names, weights)


def test_constant_vectors_have_no_correlation_and_the_note_says_so():
    vectors = np.random.default_rng(0).normal(size=(7, 9))
    vectors[[0, 3]] = 2.5
    table, _ = summary_of(vectors, ["A"] * 7, list("stuvwxy"))
    row = table.query("layer == 'conv1' and measure == 'pearson'").iloc[0]
    assert row["note"] == "undefined in 11 of 21 pairs: an activation is constant"
    assert (row["n_pairs"], row["n_songs"]) == (10, 5)
    assert np.isfinite(row["mean"])


def test_a_class_with_one_song_has_no_mean_and_the_note_says_so():
    vectors = np.random.default_rng(0).normal(size=(7, 9))
    table, replicates = summary_of(vectors, list("AAAAAAB"), list("stuvwxs"))
    lone = table[(table["class_a"] == "B") & (table["class_b"] == "B")]
    assert len(lone) == 2 * len(MEASURES)
    assert lone["mean"].isna().all()
    assert (lone["n_pairs"] == 0).all()
    assert (lone["note"] == "no two songs to compare").all()
    assert np.isnan(replicates[:, lone.index]).all()


@pytest.mark.parametrize("n_songs", [2, 4])
def test_few_songs_have_a_mean_but_no_interval_and_the_note_says_so(n_songs):
    vectors = np.random.default_rng(0).normal(size=(n_songs, 9))
    table, replicates = summary_of(vectors, ["A"] * n_songs, list("stuv")[:n_songs])
    assert table["mean"].notna().all()
    assert (table["note"] == "no interval from fewer than 5 songs").all()
    low, high = estimate_over_seeds([(table, replicates)], "mean").interval(0.95)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_activation_that_is_not_finite_is_no_match_and_the_note_says_so(value):
    vectors = np.random.default_rng(0).normal(size=(8, 9))
    vectors[0] = value
    vectors[1] = 0
    table, replicates = summary_of(vectors, ["A"] * 8, list("stuvwxyz"))
    notes = table[table["layer"] == "conv1"].set_index("measure")["note"]
    not_finite = "an activation is not a finite number"
    assert notes.to_dict() == {
        "pearson": f"undefined in 7 of 28 pairs: {not_finite}"
        "; undefined in 6 of 28 pairs: an activation is constant",
        "cosine": f"undefined in 7 of 28 pairs: {not_finite}"
        "; undefined in 6 of 28 pairs: an activation is zero",
        "mse": f"undefined in 7 of 28 pairs: {not_finite}",
        "mse_pair_max_over_layers": f"undefined in 7 of 28 pairs: {not_finite}",
        "mse_peak": f"undefined in 7 of 28 pairs: {not_finite}",
        "mse_layer_max": f"undefined in 28 of 28 pairs: {not_finite}",
    }
    has_mean = table["measure"] != "mse_layer_max"
    assert np.isfinite(table.loc[has_mean, "mean"]).all()
    assert table.loc[~has_mean, "mean"].isna().all()
    assert (table.loc[table["measure"] == "mse", "n_pairs"] == 21).all()
    assert not np.isinf(replicates).any()


def test_a_layer_of_two_values_has_no_correlation_and_the_note_says_so():
    vectors = np.random.default_rng(0).normal(size=(7, 2))
    table, replicates = summary_of(vectors, ["A"] * 7, list("stuvwxy"))
    is_pearson = table["measure"] == "pearson"
    assert table.loc[is_pearson, "mean"].isna().all()
    assert np.isnan(replicates[:, is_pearson]).all()
    assert set(table.loc[is_pearson, "note"]) == {
        "undefined in 21 of 21 pairs: the layer has fewer than 3 values"
    }
    assert table.loc[~is_pearson, "mean"].notna().all()
    assert (table.loc[~is_pearson, "note"] == "").all()


def test_the_contrast_is_the_class_itself_minus_the_mean_of_its_pairs_with_each_other(pairs):
    table, replicates = summarise(pairs, CLASSES, SONGS, draw_weights(5, n_replicates=9, seed=0))
    result, result_replicates = contrast(table, replicates)
    mean = table.set_index(["layer", "class_a", "class_b", "measure"])["mean"]
    row = result.query("layer == 'input' and `class` == 'bass' and measure == 'mse'").iloc[0]
    same = mean["input", "bass", "bass", "mse"]
    different = (mean["input", "rest", "bass", "mse"] + mean["input", "bass", "drums", "mse"]) / 2
    assert [row["same"], row["different"]] == pytest.approx([same, different])
    assert row["contrast"] == pytest.approx(same - different)
    assert len(result) == 2 * 3 * len(MEASURES)
    for replicate, of_contrast in zip(replicates, result_replicates, strict=True):
        again, _ = contrast(table.assign(mean=replicate), replicates)
        np.testing.assert_allclose(of_contrast, again["contrast"])


def test_a_contrast_rests_on_the_fewest_songs_of_its_means(pairs):
    table, replicates = summarise(pairs, CLASSES, SONGS, np.ones((2, 5)))
    result, _ = contrast(table, replicates)
    row = result.query("layer == 'conv1' and `class` == 'bass' and measure == 'cosine'").iloc[0]
    assert np.isnan(row["contrast"])
    assert row["n_songs"] == 0


def test_a_contrast_says_why_it_has_no_value():
    vectors = np.random.default_rng(0).normal(size=(14, 9))
    vectors[3] = math.nan
    vectors[4] = 0
    table, replicates = summary_of(vectors, ["A"] * 7 + ["B"] * 7, list("stuvwxy") * 2)
    result, _ = contrast(table, replicates)
    notes = result.query("layer == 'conv1' and measure == 'cosine'").set_index("class")["note"]
    not_finite, zero = "an activation is not a finite number", "an activation is zero"
    across = [f"undefined in 6 of 42 pairs: {not_finite}", f"undefined in 6 of 42 pairs: {zero}"]
    own = [f"undefined in 6 of 21 pairs: {not_finite}", f"undefined in 5 of 21 pairs: {zero}"]
    assert notes.to_dict() == {"A": "; ".join(own + across), "B": "; ".join(across)}


def test_two_pairs_have_a_spread_and_one_has_none():
    vectors = np.random.default_rng(0).normal(size=(4, 9))
    table, _ = summary_of(vectors, list("AABB"), list("stsu"))
    of_mse = table.query("layer == 'conv1' and measure == 'mse'").set_index(["class_a", "class_b"])
    assert of_mse["n_pairs"].to_dict() == {("A", "A"): 1, ("A", "B"): 3, ("B", "B"): 1}
    table, _ = summary_of(vectors[:3], list("AAB"), list("stu"))
    of_mse = table.query("layer == 'conv1' and measure == 'mse'").set_index(["class_a", "class_b"])
    assert of_mse["n_pairs"].to_dict() == {("A", "A"): 1, ("A", "B"): 2, ("B", "B"): 0}
    assert of_mse["std"].notna().to_dict() == {
        ("A", "A"): False,
        ("A", "B"): True,
        ("B", "B"): False,
    }


def test_an_error_that_is_held_against_one_that_is_not_finite_is_undefined_for_that_reason():
    """Be it of another layer or of another pair of the layer."""
    vectors = np.random.default_rng(0).normal(size=(2, 7, 9))
    vectors[0, 3] = math.nan
    grams = {"input": gram([vectors[0]]), "conv1": gram([vectors[1]])}
    songs = list("stuvwxy")
    pairs = compare_pairs(grams, pd.DataFrame({"class": ["A"] * 7, "song": songs}))
    table, _ = summarise(pairs, ["A"], np.array(songs), np.ones((1, 7)))
    notes = table.set_index(["layer", "measure"])["note"]
    reason = "an activation is not a finite number"
    assert notes["input", "mse"] == f"undefined in 6 of 21 pairs: {reason}"
    assert notes["input", "mse_layer_max"] == f"undefined in 21 of 21 pairs: {reason}"
    assert notes["conv1", "mse"] == notes["conv1", "mse_layer_max"] == ""
    assert notes["conv1", "mse_pair_max_over_layers"] == f"undefined in 6 of 21 pairs: {reason}"


def test_the_reason_is_the_measures_own_unless_the_layer_is_too_small():
    assert {name: reason_undefined(name, 3) for name in MEASURES} == {
        "pearson": "an activation is constant",
        "cosine": "an activation is zero",
        "mse": "",
        "mse_pair_max_over_layers": "the stimuli are equal in every layer",
        "mse_peak": "both activations are zero",
        "mse_layer_max": "all stimuli of each class are equal",
    }
    assert reason_undefined("pearson", 2) == "the layer has fewer than 3 values"
    assert reason_undefined("cosine", 1) == "an activation is zero"


@pytest.mark.parametrize(("n_songs", "note"), [(0, ""), (1, FEW_SONGS), (4, FEW_SONGS), (5, "")])
def test_from_fewer_than_five_songs_the_note_says_that_there_is_no_interval(n_songs, note):
    found = note_on_mean(
        "cosine", n_pairs=3, n_defined=3, n_not_finite=0, n_songs=n_songs, n_features=9
    )
    assert found == note


def test_a_single_class_has_no_contrast_and_the_note_says_so():
    vectors = np.random.default_rng(0).normal(size=(6, 9))
    table, replicates = summary_of(vectors, ["A"] * 6, list("stuvwx"))
    result, result_replicates = contrast(table, replicates)
    assert result["contrast"].isna().all()
    assert np.isnan(result_replicates).all()
    assert set(result["note"]) == {"no other class to compare with"}


def test_seeds_are_averaged_and_their_spread_is_told():
    summaries = [
        (
            pd.DataFrame({"layer": ["conv1"], "mean": [value], "n_songs": [n], "note": [note]}),
            np.full((5, 1), drawn, np.float32),
        )
        for value, drawn, n, note in ((0.1, 0.0, 9, ""), (0.4, 0.3, 8, "a; b"), (0.7, 0.9, 9, "b"))
    ]
    estimate = estimate_over_seeds(summaries, "mean")
    np.testing.assert_allclose(estimate.mean, [0.4])
    np.testing.assert_allclose(estimate.seed_std, [0.3])
    np.testing.assert_allclose(estimate.replicates, 0.4)
    assert (estimate.n_seeds, estimate.n_songs.tolist()) == (3, [8])
    assert estimate.replicates.dtype == np.float64
    tables = [table.assign(std=n) for n, (table, _) in enumerate(summaries)]
    average = average_tables(tables, statistics=["mean"]).iloc[0]
    assert average["mean"] == pytest.approx(0.4)
    assert average["note"] == "a; b"
    assert average["std"] == 0
    assert tables[0]["mean"].tolist() == [0.1]

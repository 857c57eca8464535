"""What holds of mean similarities, contrasts, invariance, retrieval and verdicts on them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stemlens.hypotheses.catalogue import Hypothesis
from stemlens.hypotheses.inequality import parse
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.hypotheses.verdict import judge
from stemlens.keeps.comparison import KEPT
from stemlens.keeps.invariance import invariance_estimates
from stemlens.keeps.names import AUDIO_MATCHING
from stemlens.keeps.retrieval import retrieval_estimates
from stemlens.keeps.transformed_items import MEASURE_NAMES
from stemlens.similarity.contrast import contrast
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import KEYS, summarise
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.task_difference import task_difference
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from transformed_sets import class_items, compared_set, item_table
from vectors import SCALES, SEEDS

CLASSES, N_SONGS = ["bass", "rest"], 6


def stimuli_of(songs):
    rows = [(name, song) for song in songs for name in CLASSES]
    return pd.DataFrame(rows, columns=["class", "song"])


def summary(vectors, stimuli, weights):
    grams = {"input": gram([vectors]), "conv1": gram([np.tanh(vectors)])}
    songs = np.unique(stimuli["song"])
    return summarise(compare_pairs(grams, stimuli), CLASSES, songs, weights)


@st.composite
def layers(draw):
    rng = np.random.default_rng(draw(SEEDS))
    stimuli = stimuli_of([f"song{n}" for n in range(N_SONGS)])
    own = rng.normal(size=(2, 7))
    vectors = own[(stimuli["class"] == "rest").to_numpy(int)] + rng.normal(size=(len(stimuli), 7))
    return vectors.astype(np.float32).astype(float), stimuli


def values_of(table, column):
    return table.set_index(KEYS)[column].sort_index()


@given(layers(), SEEDS)
def test_the_order_of_stimuli_does_not_matter_to_means_nor_to_their_replicates(found, seed):
    vectors, stimuli = found
    weights = draw_weights(N_SONGS, n_replicates=9, seed=seed)
    expected, replicates = summary(vectors, stimuli, weights)
    # Bass stays the first class.
    order = np.append(0, 1 + np.random.default_rng(seed).permutation(len(stimuli) - 1))
    table, again = summary(vectors[order], stimuli.iloc[order].reset_index(drop=True), weights)
    np.testing.assert_allclose(values_of(table, "mean"), values_of(expected, "mean"), rtol=1e-7)
    np.testing.assert_allclose(again, replicates, rtol=1e-7)
    assert (table["n_pairs"] == expected["n_pairs"]).all()


@given(layers(), SEEDS)
def test_a_replicate_that_draws_every_song_as_often_is_the_sample(found, seed):
    vectors, stimuli = found
    table, replicates = summary(vectors, stimuli, np.full((1, N_SONGS), 1 + seed % 3.0))
    np.testing.assert_allclose(replicates[0], table["mean"], rtol=1e-12)


@given(layers(), SEEDS)
def test_means_lie_between_their_pairs_and_contrasts_between_the_ends_of_the_range(found, seed):
    vectors, stimuli = found
    table, replicates = summary(vectors, stimuli, draw_weights(N_SONGS, n_replicates=9, seed=seed))
    for measure, of_measure in table.groupby("measure"):
        lowest, highest = MEASURES[measure].lowest, MEASURES[measure].highest
        assert of_measure["mean"].between(lowest, highest).all()
        rows = replicates[:, of_measure.index]
        # A replicate may draw one song alone, and then has no pair.
        assert ((rows >= lowest - 1e-12) & (rows <= highest + 1e-12) | np.isnan(rows)).all()
    contrasts, of_draws = contrast(table, replicates)
    same = table.set_index(["layer", "class_a", "class_b", "measure"])["mean"]
    for row in contrasts.to_dict("records"):
        layer, name, measure = row["layer"], row["class"], row["measure"]
        expected = same[layer, name, name, measure] - same[layer, "bass", "rest", measure]
        assert row["contrast"] == pytest.approx(expected)
    assert of_draws.shape == (9, len(contrasts))


@pytest.mark.parametrize("measure", ["pearson", "cosine", "mse_peak"])
@given(layers(), SCALES, SEEDS)
def test_a_class_without_a_difference_to_others_has_a_contrast_of_0(measure, found, scale, seed):
    vectors, stimuli = found
    same = scale * vectors[::2].repeat(2, axis=0)
    table, replicates = summary(same, stimuli, draw_weights(N_SONGS, n_replicates=9, seed=seed))
    contrasts, of_draws = contrast(table, replicates)
    rows = (contrasts["measure"] == measure).to_numpy()
    np.testing.assert_allclose(contrasts["contrast"][rows], 0, atol=1e-12)
    assert np.nanmax(np.abs(of_draws[:, rows]), initial=0) < 1e-12


@given(layers(), SEEDS)
def test_the_difference_of_tasks_turns_its_sign_and_is_0_of_equals(found, seed):
    vectors, stimuli = found
    weights = draw_weights(N_SONGS, n_replicates=99, seed=seed)
    here = [summary(vectors, stimuli, weights)]
    there = [summary(np.sin(vectors), stimuli, weights)]
    table = task_difference(here, there, confidence=0.9)
    turned = task_difference(there, here, confidence=0.9)
    np.testing.assert_array_equal(table["difference"], -turned["difference"])
    np.testing.assert_allclose(table["ci_low"], -turned["ci_high"], rtol=1e-9, atol=1e-12)
    nothing = task_difference(here, here, confidence=0.9)
    assert (nothing["difference"] == 0).all()
    assert nothing["ci_low"].isna().all()
    assert (nothing["note"] != "").all()


SONGS = [f"song{n}" for n in range(N_SONGS)]
CONDITIONS = [("noise", 10.0), ("noise", 20.0), ("gain", -6.0)]


@st.composite
def transformed(draw):
    rng = np.random.default_rng(draw(SEEDS))
    items = item_table(SONGS, CONDITIONS)
    base = dict(zip(SONGS, 1 + rng.normal(size=(N_SONGS, 9)), strict=True))
    vectors = np.stack([base[song] for song in items["song"]])
    noise = draw(st.sampled_from([0.0, 0.3, 3.0])) * rng.normal(size=vectors.shape)
    noise[items["transformation"] == "original"] = 0
    return items, vectors + noise


def invariance(items, vectors, measure, weights=None):
    weights = np.ones((1, N_SONGS)) if weights is None else weights
    of_class = class_items(compared_set(items, vectors))
    table, estimate = invariance_estimates([of_class], "conv1", KEPT, measure, weights)
    return table.set_index(["transformation", "strength"])["invariance"], estimate


@pytest.mark.parametrize("measure", MEASURE_NAMES)
@given(transformed(), SCALES, SEEDS)
def test_invariance_knows_no_scale_nor_order_and_is_1_at_most(measure, found, scale, seed):
    items, vectors = found
    expected, estimate = invariance(items, vectors, measure)
    assert (expected <= 1 + 1e-12).all()
    np.testing.assert_allclose(estimate.replicates[0], expected, rtol=1e-12)
    scaled = (scale * vectors).astype(np.float32)
    order = np.random.default_rng(seed).permutation(np.arange(N_SONGS, len(items)))
    order = np.append(np.arange(N_SONGS), order)
    shuffled = items.iloc[order].reset_index(drop=True)
    again, _ = invariance(shuffled, scaled[order], measure)
    np.testing.assert_allclose(again[expected.index], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("measure", MEASURE_NAMES)
@given(transformed(), SCALES)
def test_of_stimuli_that_are_all_alike_there_is_no_invariance_and_a_note(measure, found, scale):
    items, vectors = found
    alike = scale * np.tile(vectors[0], (len(items), 1))
    noise = 1 + 1e-7 * np.sign(vectors)
    of_class = class_items(compared_set(items, (alike * noise).astype(np.float32)))
    table, estimate = invariance_estimates(
        [of_class], "conv1", KEPT, measure, np.ones((1, N_SONGS))
    )
    assert np.isnan(estimate.mean).all()
    assert (table["note"] != "").all()


@pytest.mark.parametrize("measure", MEASURE_NAMES)
@given(transformed(), SCALES)
def test_what_a_query_finds_is_the_same_at_any_scale_and_no_less_than_nothing(
    measure, found, scale
):
    items, vectors = found
    everyone = np.ones((1, N_SONGS))

    def scored(values):
        of_class = class_items(compared_set(items, values))
        return retrieval_estimates([of_class], "conv1", KEPT, measure, everyone, job=AUDIO_MATCHING)

    table, estimate = scored(vectors)
    assert table["value"].between(0, 1 + 1e-12).all()
    np.testing.assert_allclose(estimate.replicates[0], table["value"])
    again, _ = scored((scale * vectors).astype(np.float32))
    np.testing.assert_allclose(again["value"], table["value"], atol=1e-12)
    alike, _ = scored(scale * np.ones_like(vectors) * np.arange(1, 10))
    np.testing.assert_allclose(alike["value"], alike["chance"])
    assert (alike["share_tied"] == 1).all()


def judged(values, measure, tests=("input < conv1", "conv2 < input")):
    given_ = Quantities(measure)
    for number, (layer, (value, spread)) in enumerate(values.items()):
        replicates = value + spread * np.roll(np.linspace(-1, 1, 201), 40 * number)
        key = Key("instrument", "trained", measure, "bass", layer)
        given_.add(key, Estimate(np.array([value]), replicates, 10**9))
    links = tuple(link for test in tests for link in parse(test))
    tested = Hypothesis("H", "instrument", "So.", "So.", (measure,), ("bass",), links)
    return judge(tested, given_, training="trained", confidence=0.9)


@pytest.mark.parametrize("measure", ["mse", "mse_peak"])
@given(SEEDS, SCALES)
def test_verdicts_on_errors_do_not_depend_on_how_large_activations_are(measure, seed, scale):
    rng = np.random.default_rng(seed)
    means, spreads = rng.uniform(1, 2, 3), 10 ** rng.uniform(-5, 0, 3)
    layers = ("input", "conv1", "conv2")
    expected, found = (
        judged(dict(zip(layers, zip(u * means, u * spreads, strict=True), strict=True)), measure)
        for u in (1, scale)
    )
    assert found.verdict == expected.verdict
    assert found.deciding.claim == expected.deciding.claim
    assert found.deciding.effect == pytest.approx(scale * expected.deciding.effect)
    assert found.deciding.ci_low == pytest.approx(scale * expected.deciding.ci_low)


@given(SEEDS)
def test_differences_that_are_rounding_support_nothing(seed):
    rng = np.random.default_rng(seed)
    for measure, unit in (("cosine", 1), ("mse", 1e-9), ("mse", 1e9)):
        near = dict(zip("abc", unit * (0.5 + 1e-7 * rng.normal(size=3)), strict=True))
        values = {name: (value, 1e-9 * unit) for name, value in near.items()}
        found = judged(values, measure, tests=("a < b", "b < a"))
        assert found.verdict == "undecided"
        assert found.deciding.effect == 0

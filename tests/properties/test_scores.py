"""What holds of scores of predictions and of rankings, and of crossings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from stemlens.errors import InputError
from stemlens.evaluation.confusion import confusion
from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.performance import NEVER_CHANGES, scores
from stemlens.evaluation.song_scores import macro_f1, song_scores
from stemlens.keeps.gain_tables import crossing
from stemlens.keeps.ranking import SCORES, chance_scores, ranking_scores
from stemlens.statistics.bootstrap import draw_weights
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL
from vectors import SEEDS

TARGET_TYPES = [MULTI_LABEL, SINGLE_LABEL]


@st.composite
def seeded_outcomes(draw, target_type, n=(2, 40), n_songs=6):
    """Examples of a few songs; probabilities are round, so that some are tied."""
    n, rng = draw(st.integers(*n)), np.random.default_rng(draw(SEEDS))
    # Every song has an example, so that their numbers stay the same in any part.
    songs = np.append(np.arange(n_songs), rng.integers(0, n_songs, n)).astype(str)
    targets = rng.integers(0, 2, (len(songs), 3))
    if target_type == SINGLE_LABEL:
        targets = np.eye(3, dtype=int)[rng.integers(0, 3, n_songs)][songs.astype(int)]
    probabilities = 0.6 * rng.random(targets.shape) + draw(st.floats(0, 0.4)) * targets
    return Outcomes(songs, list("abc"), targets, probabilities.round(2), target_type)


def changed(outcomes, **fields):
    return Outcomes(**{name: getattr(outcomes, name) for name in FIELDS} | fields)


FIELDS = ("songs", "classes", "targets", "probabilities", "target_type")


@pytest.mark.parametrize("target_type", TARGET_TYPES)
@given(st.data(), SEEDS)
def test_scores_are_shares_in_every_draw_and_so_is_perfection(target_type, data, seed):
    outcomes = data.draw(seeded_outcomes(target_type))
    drawn = draw_weights(6, n_replicates=20, seed=seed)
    found = song_scores(outcomes, drawn)
    defined = found[~np.isnan(found)]
    assert defined.min() >= 0
    assert defined.max() <= 1
    ideal = song_scores(changed(outcomes, probabilities=0.1 + 0.8 * outcomes.targets), drawn)
    assert np.nanmax(ideal) <= 1
    np.testing.assert_allclose(ideal[~np.isnan(ideal)], 1, rtol=1e-12)


@pytest.mark.parametrize("target_type", TARGET_TYPES)
@given(st.data(), SEEDS)
def test_the_order_of_examples_and_of_classes_does_not_matter(target_type, data, seed):
    outcomes = data.draw(seeded_outcomes(target_type))
    drawn = draw_weights(6, n_replicates=3, seed=seed)
    expected = song_scores(outcomes, drawn)
    order = np.random.default_rng(seed).permutation(len(outcomes.songs))
    shuffled = changed(
        outcomes,
        **{name: getattr(outcomes, name)[order] for name in ("songs", "targets", "probabilities")},
    )
    np.testing.assert_allclose(song_scores(shuffled, drawn), expected, rtol=1e-12)
    np.testing.assert_allclose(macro_f1(shuffled, drawn), expected[:, 3], rtol=1e-12)
    if target_type == MULTI_LABEL:
        turned = changed(
            outcomes,
            targets=outcomes.targets[:, ::-1],
            probabilities=outcomes.probabilities[:, ::-1],
        )
        places = [2, 1, 0, 3, 4, 7, 6, 5, 8, 9, 12, 11, 10, 13, 14, 15]
        np.testing.assert_allclose(song_scores(turned, drawn), expected[:, places], rtol=1e-12)


@pytest.mark.parametrize("target_type", TARGET_TYPES)
@given(st.data())
def test_each_example_twice_changes_nothing_and_float32_little(target_type, data):
    outcomes = data.draw(seeded_outcomes(target_type))
    once = np.ones((1, 6))
    expected = song_scores(outcomes, once)
    twice = changed(
        outcomes,
        **{
            name: np.repeat(getattr(outcomes, name), 2, axis=0)
            for name in ("songs", "targets", "probabilities")
        },
    )
    np.testing.assert_allclose(song_scores(twice, once), expected, rtol=1e-12)
    single = changed(outcomes, probabilities=outcomes.probabilities.astype(np.float32))
    np.testing.assert_allclose(song_scores(single, once), expected, rtol=1e-12)


@given(seeded_outcomes(MULTI_LABEL))
def test_rankings_know_no_increasing_function_of_probabilities_but_f1_does(outcomes):
    once = np.ones((1, 6))
    squeezed = changed(outcomes, probabilities=outcomes.probabilities**3)
    found, expected = song_scores(squeezed, once)[0], song_scores(outcomes, once)[0]
    np.testing.assert_allclose(found[5:15], expected[5:15], rtol=1e-12)
    opposite = changed(outcomes, probabilities=1 - outcomes.probabilities)
    turned = song_scores(opposite, once)[0]
    np.testing.assert_allclose(turned[10:13], 1 - expected[10:13], atol=1e-12)
    halved = changed(outcomes, probabilities=outcomes.probabilities / 3)
    assert np.nansum(song_scores(halved, once)[0, :3]) == 0


@given(seeded_outcomes(MULTI_LABEL))
def test_scores_are_those_of_scikit_learn(outcomes):
    found = scores(outcomes).set_index(["class", "metric"])
    for column, name in enumerate("abc"):
        target, probability = outcomes.targets[:, column], outcomes.probabilities[:, column]
        varies = target.min() < target.max()
        for metric, score in (
            ("average_precision", average_precision_score),
            ("roc_auc", roc_auc_score),
        ):
            value = found.loc[(name, metric), "value"]
            expected = score(target, probability) if varies else np.nan
            assert value == pytest.approx(expected, nan_ok=True)
            assert found.loc[(name, metric), "note"] == ("" if varies else NEVER_CHANGES)
        predicted = probability > 0.5
        if target.any() or predicted.any():
            expected = f1_score(target, predicted)
            assert found.loc[(name, "f1"), "value"] == pytest.approx(expected)


@pytest.mark.parametrize("target_type", TARGET_TYPES)
@given(st.data(), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_a_probability_that_is_not_finite_is_refused(target_type, data, value):
    outcomes = data.draw(seeded_outcomes(target_type))
    outcomes.probabilities[1, 2] = value
    with pytest.raises(InputError, match=r"1 of \d+ values are NaN or infinite"):
        scores(outcomes)
    with pytest.raises(InputError, match="predictions"):
        macro_f1(outcomes, np.ones((1, 6)))


@given(seeded_outcomes(SINGLE_LABEL))
def test_examples_of_a_class_are_confused_with_others_in_shares_that_add_up_to_1(outcomes):
    table = confusion(outcomes)
    assert table["n"].sum() == len(outcomes.songs)
    shares = table.groupby("class")["share"].sum(min_count=1)
    assert ((shares - 1).abs() < 1e-12)[shares.notna()].all()
    right = table.loc[table["class"] == table["predicted"], "n"].sum()
    predicted = outcomes.probabilities.argmax(axis=1)
    assert right == (predicted == outcomes.targets.argmax(axis=1)).sum()


@st.composite
def rankings(draw, n_candidates=(1, 14)):
    n, rng = draw(st.integers(*n_candidates)), np.random.default_rng(draw(SEEDS))
    is_relevant = rng.random((3, n)) < 0.3
    is_relevant[np.arange(3), rng.integers(0, n, 3)] = True
    return rng.integers(0, draw(st.integers(1, 9)), (3, n)).astype(float), is_relevant


@given(rankings(), SEEDS)
def test_rankings_know_neither_order_nor_scale_nor_shift(ranking, seed):
    similarities, is_relevant = ranking
    expected, is_tied = ranking_scores(similarities, is_relevant)
    assert (expected >= 0).all()
    assert (expected <= 1 + 1e-12).all()
    order = np.random.default_rng(seed).permutation(similarities.shape[1])
    for other in (similarities, 1e30 * similarities, 1e-30 * similarities, similarities - 7):
        found, again = ranking_scores(other[:, order], is_relevant[:, order])
        np.testing.assert_allclose(found, expected, atol=1e-12)
        np.testing.assert_array_equal(again, is_tied)
    reversed_, _ = ranking_scores(-similarities, is_relevant)
    is_flat = np.ptp(similarities, axis=1) == 0
    np.testing.assert_allclose(reversed_[is_flat], expected[is_flat])


@given(rankings())
def test_neither_deeper_looks_nor_more_relevant_candidates_find_less(ranking):
    similarities, is_relevant = ranking
    n = similarities.shape[1]
    by_depth, _ = ranking_scores(similarities, is_relevant, depths=range(1, n + 2))
    assert (np.diff(by_depth[:, : n + 1], axis=1) >= -1e-12).all()
    np.testing.assert_allclose(by_depth[:, n - 1 : n + 1], 1)
    more = is_relevant.copy()
    more[np.arange(3), similarities.argmax(axis=1)] = True
    assert (
        ranking_scores(similarities, more)[0][:, :3]
        >= by_depth[:, [0, min(9, n), -2]] - np.array([1e-12, 1, 1e-12])
    ).all()


@given(rankings())
def test_what_has_no_similarity_comes_last(ranking):
    similarities, is_relevant = ranking
    undefined, lowest = similarities.copy(), similarities.copy()
    undefined[:, ::3], lowest[:, ::3] = np.nan, -99
    found = ranking_scores(undefined, is_relevant)
    for of_undefined, of_lowest in zip(found, ranking_scores(lowest, is_relevant), strict=True):
        np.testing.assert_allclose(of_undefined, of_lowest)


@given(st.integers(1, 30), st.integers(1, 30))
def test_chance_is_what_a_ranking_of_equals_finds(n_relevant, n_candidates):
    n_relevant = min(n_relevant, n_candidates)
    found = dict(zip(SCORES, chance_scores(n_relevant, n_candidates), strict=True))
    assert found["hit_rate_at_1"] == pytest.approx(n_relevant / n_candidates)
    assert 0 < found["hit_rate_at_1"] <= found["mean_reciprocal_rank"] <= 1 + 1e-12
    assert n_relevant < n_candidates or found["mean_average_precision"] == pytest.approx(1)


@given(st.lists(st.integers(0, 100), min_size=2, max_size=9), st.floats(0.01, 0.99))
def test_a_crossing_lies_between_the_last_gain_below_and_the_next(percents, accuracy):
    gains_db = np.linspace(-30, 12, len(percents))
    curve = np.array(percents) / 100
    (found,) = crossing(gains_db, curve[None], accuracy)
    below = np.flatnonzero(curve < accuracy)
    if not len(below):
        assert found == -np.inf
    elif below[-1] == len(curve) - 1:
        assert found == np.inf
    else:
        place = below[-1] + np.array([0, 1])
        assert gains_db[place[0]] < found <= gains_db[place[1]]
        assert np.interp(found, gains_db, curve) == pytest.approx(accuracy)
    (shifted,) = crossing(gains_db + 5, curve[None], accuracy)
    assert shifted == pytest.approx(found + 5)
    assert crossing(gains_db, curve[None], accuracy / 2)[0] <= found
    curve[0] = np.nan
    assert np.isnan(crossing(gains_db, curve[None], accuracy)).all()

"""Scores of rankings against scikit-learn, all permutations of what is tied, and closed forms."""

from itertools import permutations

import numpy as np
import pytest
from scipy.special import digamma
from sklearn.metrics import (
    average_precision_score,
    label_ranking_average_precision_score,
    top_k_accuracy_score,
)
from stemlens.keeps.ranking import chance_scores, ranking_scores


def test_untied_scores_of_one_target_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    similarities = rng.normal(size=(60, 12))
    targets = np.arange(60) % 12
    is_relevant = targets[:, None] == np.arange(12)
    scores, is_tied = ranking_scores(similarities, is_relevant, depths=(1, 5))
    hit_1, hit_5, reciprocal_rank, average_precision = scores.mean(axis=0)
    assert hit_1 == pytest.approx(top_k_accuracy_score(targets, similarities, k=1))
    assert hit_5 == pytest.approx(top_k_accuracy_score(targets, similarities, k=5))
    # Of one label, this is the mean reciprocal rank.
    expected = label_ranking_average_precision_score(is_relevant, similarities)
    assert reciprocal_rank == pytest.approx(expected)
    assert average_precision == pytest.approx(expected)
    assert not is_tied.any()


def test_untied_average_precision_of_several_targets_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    similarities = rng.normal(size=(50, 15))
    is_relevant = rng.random((50, 15)) < 0.3
    is_relevant[:, 0] = True
    scores, _ = ranking_scores(similarities, is_relevant)
    expected = [
        average_precision_score(*of_query)
        for of_query in zip(is_relevant, similarities, strict=True)
    ]
    np.testing.assert_allclose(scores[:, 3], expected)


def scores_in_order(relevant):
    first = np.flatnonzero(relevant)[0]
    precision = np.cumsum(relevant) / np.arange(1, len(relevant) + 1)
    return [relevant[:1].any(), relevant[:3].any(), 1 / (first + 1), precision[relevant].mean()]


@pytest.mark.parametrize("seed", range(60))
def test_tied_scores_are_means_over_all_orders_of_what_is_tied(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 8)
    similarities = rng.integers(0, 3, n).astype(float)
    similarities[rng.random(n) < 0.2] = np.nan
    is_relevant = rng.random(n) < 0.4
    is_relevant[rng.integers(n)] = True
    # What is undefined comes last.
    level = np.nan_to_num(similarities, nan=-1)
    expected = [
        scores_in_order(is_relevant[list(order)])
        for order in permutations(range(n))
        if (np.diff(level[list(order)]) <= 0).all()
    ]
    scores, is_tied = ranking_scores(similarities[None], is_relevant[None], depths=(1, 3))
    np.testing.assert_allclose(scores[0], np.mean(expected, axis=0))
    of_levels = [is_relevant[level == one] for one in np.unique(level)]
    assert is_tied[0] == any(some.any() and not some.all() for some in of_levels)


@pytest.mark.parametrize("n", [1, 4, 10, 47])
def test_chance_finds_one_target_among_n_at_1_in_n_and_its_reciprocal_rank_is_harmonic(n):
    hit_1, hit_10, reciprocal_rank, average_precision = chance_scores(1, n)
    harmonic = digamma(n + 1) + np.euler_gamma
    assert hit_1 == pytest.approx(1 / n)
    assert hit_10 == pytest.approx(min(10 / n, 1))
    assert [reciprocal_rank, average_precision] == pytest.approx([harmonic / n] * 2)


def test_chance_of_several_targets_is_the_mean_over_random_rankings():
    rng = np.random.default_rng(0)
    is_relevant = np.tile(np.arange(20) < 6, (20000, 1))
    scores, _ = ranking_scores(rng.random(is_relevant.shape), is_relevant)
    error = scores.std(axis=0) / np.sqrt(len(scores))
    assert (np.abs(scores.mean(axis=0) - chance_scores(6, 20)) < 4 * error).all()


def test_what_is_no_candidate_changes_nothing():
    rng = np.random.default_rng(0)
    similarities = rng.integers(0, 4, (30, 9)).astype(float)
    similarities[rng.random(similarities.shape) < 0.2] = np.nan
    is_relevant = np.arange(9) < 3
    with_others = np.column_stack([similarities, rng.normal(1, 3, (30, 5)), np.full(30, np.nan)])
    is_candidate = np.tile(np.arange(15) < 9, (30, 1))
    shuffled = rng.permutation(15)
    expected = ranking_scores(similarities, np.tile(is_relevant, (30, 1)))
    found = ranking_scores(
        with_others[:, shuffled],
        np.tile(np.append(is_relevant, np.zeros(6, bool)), (30, 1))[:, shuffled],
        is_candidate[:, shuffled],
    )
    np.testing.assert_allclose(found[0], expected[0])
    assert np.array_equal(found[1], expected[1])


def test_what_differs_by_the_tolerance_is_tied():
    similarities = np.array([[0.5 + 1e-14, 0.5, 0.2], [0.5 + 1e-10, 0.5, 0.2]])
    is_relevant = np.array([[True, False, False]] * 2)
    scores, is_tied = ranking_scores(similarities, is_relevant, tolerance=np.full((2, 1), 1e-12))
    assert scores[:, 0].tolist() == [0.5, 1]
    assert is_tied.tolist() == [True, False]


def test_without_queries_there_are_no_scores():
    scores, is_tied = ranking_scores(np.zeros((0, 5)), np.zeros((0, 5), bool))
    assert scores.shape == (0, 4)
    assert is_tied.shape == (0,)

"""Intervals of average precision and ROC AUC."""

import numpy as np
import pytest
from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.over_seeds import (
    MIN_SONGS_OF_RANKINGS,
    ranking_interval,
    reason_of_no_interval,
)
from stemlens.evaluation.song_scores import song_scores
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from stemlens.target_type import MULTI_LABEL

AVERAGE_PRECISION, ROC_AUC = 3, 6
"""Columns of `song_scores` for one class."""
N_SONGS, N_STUDIES = 13, 200
PLAYS = np.array([1] * 8 + [0] * 7)


def study(rng, n_songs):
    """Probabilities of a class in 15 mixes per song; songs differ in how well it is recognised."""
    separation = 2 + 0.5 * rng.normal(size=(n_songs, 1))
    logits = separation * (PLAYS - 0.5) + 0.25 * rng.normal(size=(n_songs, 1))
    return 1 / (1 + np.exp(-logits - rng.normal(size=(n_songs, len(PLAYS)))))


def scores_in(probabilities, weights):
    n_songs = len(probabilities)
    targets = np.tile(PLAYS, n_songs).astype(np.uint8)[:, None]
    songs = np.arange(n_songs).repeat(len(PLAYS))
    outcomes = Outcomes(songs, ["bass"], targets, probabilities.reshape(-1, 1), MULTI_LABEL)
    return song_scores(outcomes, weights)[:, [AVERAGE_PRECISION, ROC_AUC]]


def test_intervals_of_rankings_cover_the_truth_as_often_as_they_claim():
    rng = np.random.default_rng(0)
    truth = np.mean([scores_in(study(rng, 400), np.ones((1, 400)))[0] for _ in range(20)], axis=0)
    drawn = draw_weights(N_SONGS, n_replicates=200, seed=0)
    weights = np.concatenate([np.ones((1, N_SONGS)), drawn])
    hits = []
    for _ in range(N_STUDIES):
        found = scores_in(study(rng, N_SONGS), weights)
        intervals = [
            ranking_interval(Estimate(found[:1, metric], found[1:, metric], N_SONGS), 0.95)
            for metric in range(2)
        ]
        hits.append(
            [i["ci_low"] <= true <= i["ci_high"] for i, true in zip(intervals, truth, strict=True)]
        )
    assert (np.mean(hits, axis=0) >= 0.93).all()


@pytest.mark.parametrize("n_songs", [5, MIN_SONGS_OF_RANKINGS - 1])
def test_too_few_songs_for_a_ranking_have_no_interval_and_the_note_says_so(n_songs):
    replicates = np.linspace(0.7, 0.9, 99)
    estimate = Estimate(np.array([0.8]), replicates, n_songs)
    interval = ranking_interval(estimate, 0.95)
    assert np.isnan(list(interval.values())).all()
    columns = {"value": 0.8, "n_songs": n_songs, **interval}
    reason = "no interval of a ranking from fewer than 13 songs"
    assert reason_of_no_interval("roc_auc", columns) == reason
    assert reason_of_no_interval("f1", {**columns, "ci_low": 0.7}) == ""


def test_an_interval_of_a_ranking_stays_below_1():
    estimate = Estimate(np.array([0.99]), np.linspace(0.97, 0.999, 99), N_SONGS)
    interval = ranking_interval(estimate, 0.95)
    assert 0.9 < interval["ci_low"] < 0.97
    assert 0.998 < interval["ci_high"] < 1

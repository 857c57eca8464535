import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap, norm, t
from stemlens.similarity.contrast import contrast
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import compare_pairs
from stemlens.statistics.bootstrap import MIN_SONGS, draw_weights, percentile_interval
from stemlens.statistics.estimate import Estimate


def test_each_replicate_draws_as_many_songs_as_there_are():
    weights = draw_weights(7, n_replicates=500, seed=0)
    assert weights.shape == (500, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert (weights == weights.round()).all()
    assert weights.min() == 0


def test_every_song_is_drawn_equally_often_on_average():
    """Counts are binomial: mean 1, variance 1 − 1/n."""
    weights = draw_weights(8, n_replicates=40_000, seed=1)
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.02)
    np.testing.assert_allclose(weights.var(axis=0), 7 / 8, atol=0.03)


def test_the_same_seed_draws_the_same_songs_and_another_seed_others():
    first = draw_weights(20, n_replicates=10, seed=3)
    assert np.array_equal(first, draw_weights(20, n_replicates=10, seed=3))
    assert not np.array_equal(first, draw_weights(20, n_replicates=10, seed=4))
    assert not np.array_equal(first, draw_weights(20, n_replicates=10, seed=[3, 1]))


MANY = 10**9
"""Songs enough for percentiles to be taken where they stand."""


@pytest.mark.parametrize("widened", [False, True])
def test_the_interval_of_a_mean_is_that_of_scipys_percentile_bootstrap(widened):
    """From ten songs, percentiles are taken further out: |t| of 9 degrees of freedom, √(10/9)."""
    values = np.random.default_rng(0).gamma(2, size=10)
    weights = draw_weights(10, n_replicates=40_000, seed=0)
    n_songs = 10 if widened else MANY
    low, high = percentile_interval(weights @ values / 10, confidence=0.9, n_songs=n_songs)
    confidence = 1 - 2 * norm.sf(np.sqrt(10 / 9) * t.isf(0.05, 9)) if widened else 0.9
    expected = bootstrap(
        (values,),
        np.mean,
        confidence_level=confidence,
        method="percentile",
        n_resamples=40_000,
        rng=1,
    ).confidence_interval
    assert [low, high] == pytest.approx([expected.low, expected.high], abs=0.02)


def test_the_interval_holds_the_stated_share_of_the_replicates():
    replicates = np.random.default_rng(0).normal(size=(4000, 2, 3))
    low, high = percentile_interval(replicates, confidence=0.8, n_songs=MANY)
    assert low.shape == high.shape == (2, 3)
    inside = ((replicates >= low) & (replicates <= high)).mean(axis=0)
    np.testing.assert_allclose(inside, 0.8, atol=0.001)
    np.testing.assert_allclose(high, norm.ppf(0.9), atol=0.1)


def test_undefined_replicates_are_left_out_until_they_are_the_majority():
    replicates = np.tile(np.arange(100.0)[:, None], 3)
    replicates[:40, 1] = np.nan
    replicates[:50, 2] = np.nan
    low, high = percentile_interval(replicates, confidence=0.5, n_songs=MANY)
    np.testing.assert_allclose(low, [24.75, 54.75, np.nan])
    np.testing.assert_allclose(high, [74.25, 84.25, np.nan])


def test_fewer_than_five_songs_have_no_interval():
    assert MIN_SONGS == 5
    replicates = np.random.default_rng(0).normal(size=(100, 6))
    low, high = percentile_interval(replicates, confidence=0.95, n_songs=np.arange(1, 7))
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True] * 4 + [False] * 2


def test_an_estimate_speaks_of_its_seeds_and_songs():
    estimate = Estimate(np.array([0.2, 0.4, 0.9]), np.linspace(0, 1, 101), MANY)
    columns = estimate.columns("macro_f1", 0.9)
    expected = {"macro_f1": 0.5, "ci_low": 0.05, "ci_high": 0.95, "n_seeds": 3, "n_songs": MANY}
    assert columns.pop("seed_std") == pytest.approx(np.std([0.2, 0.4, 0.9], ddof=1))
    assert columns == pytest.approx(expected)
    assert np.isnan(Estimate(np.array([0.2]), np.zeros(9), 12).seed_std)


@pytest.mark.parametrize("n_songs", [47, 13])
def test_intervals_cover_a_known_mean_as_often_as_they_claim(n_songs):
    """Activations are μ_class + σ_song · noise, so that the expected MSE is known exactly.

    Two stimuli of a class have 2·E[σ²]; those of two classes |μ_a − μ_b|² / p more, which is the
    negative contrast.
    """
    n_studies, n_features, n_classes = 600, 30, 2
    rng = np.random.default_rng(n_songs)
    weights = draw_weights(n_songs, n_replicates=600, seed=0)
    songs = np.array([f"{number:02d}" for number in range(n_songs)])
    stimuli = pd.DataFrame({"class": np.repeat(["a", "b"], n_songs), "song": np.tile(songs, 2)})
    offset = np.where(np.arange(n_features) < 10, 1.5, 0)
    covered = {"mean": [], "contrast": []}
    for _ in range(n_studies):
        spread = rng.uniform(0.5, 1.5, size=n_songs)  # E[σ²] = 1 + 1/12
        noise = rng.normal(size=(n_classes, n_songs, n_features)) * spread[:, None]
        noise[1] += offset
        pairs = compare_pairs({"conv1": gram([noise.reshape(-1, n_features)])}, stimuli)
        summary = summarise(pairs, ["a", "b"], songs, weights)
        truths = {"mean": 2 * (1 + 1 / 12), "contrast": -(offset**2).mean()}
        for statistic, (table, replicates) in (("mean", summary), ("contrast", contrast(*summary))):
            low, high = percentile_interval(replicates, confidence=0.95, n_songs=n_songs)
            row = int(np.flatnonzero(table["measure"] == "mse")[0])
            covered[statistic].append(low[row] <= truths[statistic] <= high[row])
    for statistic, hits in covered.items():
        assert 0.92 <= np.mean(hits) <= 0.98, statistic

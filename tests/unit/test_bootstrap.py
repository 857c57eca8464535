import numpy as np
import pytest
from scipy.stats import bootstrap, norm, t
from stemlens.statistics.bootstrap import MIN_SONGS, draw_weights
from stemlens.statistics.interval import censored_interval, song_interval


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


def widened(confidence, n):
    """How many standard errors of the replicates an interval reaches, by hand."""
    return np.sqrt(n * (n - 1)) / (n - 2) * t.isf((1 - confidence) / 2, n - 1)


def test_the_interval_of_a_skewed_mean_is_that_of_scipys_percentile_bootstrap_where_it_is_farther():
    """From ten songs, percentiles are taken further out."""
    values = np.random.default_rng(0).gamma(0.5, size=10)
    weights = draw_weights(10, n_replicates=40_000, seed=0)
    replicates = weights @ values / 10
    low, high = song_interval(values.mean(), replicates, confidence=0.9, n_songs=10)
    reach = widened(0.9, 10)
    expected = bootstrap(
        (values,),
        np.mean,
        confidence_level=1 - 2 * norm.sf(reach),
        method="percentile",
        n_resamples=40_000,
        rng=1,
    ).confidence_interval
    assert high == pytest.approx(expected.high, abs=0.02)
    assert high > values.mean() + reach * replicates.std()
    assert low == pytest.approx(values.mean() - reach * replicates.std())
    assert low < expected.low


def test_the_interval_of_a_mean_of_pairs_is_no_shorter_than_the_jackknifes():
    """Of means of two songs each: 4 · variance of the songs' own means (Arvesen 1969)."""
    n = 12
    values = np.random.default_rng(0).normal(size=n)
    pairs = np.add.outer(values, values) / 2
    weights = draw_weights(n, n_replicates=20_000, seed=0)
    first, second = np.triu_indices(n, 1)
    drawn_pairs = weights[:, first] * weights[:, second]
    replicates = drawn_pairs @ pairs[first, second] / drawn_pairs.sum(axis=1)
    mean = pairs[first, second].mean()
    low, high = song_interval(mean, replicates, confidence=0.95, n_songs=n)
    without = [np.delete(np.delete(pairs, i, 0), i, 1) for i in range(n)]
    without = np.array([table[np.triu_indices(n - 1, 1)].mean() for table in without])
    jackknife = np.sqrt((n - 1) / n * np.square(without - without.mean()).sum())
    width = t.isf(0.025, n - 1) * jackknife
    assert (high - low) / 2 == pytest.approx(width, rel=0.15)
    assert (high - low) / 2 > width


def test_the_interval_holds_the_stated_share_of_the_replicates():
    replicates = np.random.default_rng(0).normal(size=(4000, 2, 3))
    low, high = song_interval(np.zeros((2, 3)), replicates, confidence=0.8, n_songs=MANY)
    assert low.shape == high.shape == (2, 3)
    inside = ((replicates >= low) & (replicates <= high)).mean(axis=0)
    np.testing.assert_allclose(inside, 0.8, atol=0.03)
    assert (inside > 0.799).all()
    np.testing.assert_allclose(high, norm.ppf(0.9), atol=0.1)


def test_undefined_replicates_are_left_out_until_they_are_the_majority():
    replicates = np.tile(np.arange(100.0)[:, None], 3)
    replicates[:40, 1] = np.nan
    replicates[:50, 2] = np.nan
    centre = np.array([49.5, 69.5, 74.5])
    low, high = song_interval(centre, replicates, confidence=0.5, n_songs=MANY)
    np.testing.assert_allclose(low, [24.75, 54.75, np.nan])
    np.testing.assert_allclose(high, [74.25, 84.25, np.nan])


def test_a_value_that_is_undefined_has_no_interval():
    low, high = song_interval(np.nan, np.linspace(0, 1, 99), confidence=0.95, n_songs=9)
    assert np.isnan([low, high]).all()


def test_fewer_than_five_songs_have_no_interval():
    assert MIN_SONGS == 5
    replicates = np.random.default_rng(0).normal(size=(100, 6))
    low, high = song_interval(np.zeros(6), replicates, confidence=0.95, n_songs=np.arange(1, 7))
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True] * 4 + [False] * 2


@pytest.mark.parametrize("value", [0, 1, 1e-300, 1 / 3])
def test_songs_that_are_all_alike_have_no_interval(value):
    """Up to rounding; they do not tell how others differ."""
    weights = draw_weights(13, n_replicates=500, seed=0)
    replicates = weights @ np.full(13, value) / 13
    low, high = song_interval(value, replicates, confidence=0.95, n_songs=13)
    assert np.isnan([low, high]).all()


@pytest.mark.parametrize(("spread", "has_interval"), [(5e-10, False), (5e-9, True)])
def test_replicates_differ_if_they_do_so_by_more_than_a_billionth(spread, has_interval):
    replicates = 3 + 3 * spread * np.linspace(0, 1, 99)
    low, high = song_interval(3, replicates, confidence=0.95, n_songs=13)
    assert np.isfinite([low, high]).tolist() == [has_interval] * 2


@pytest.mark.parametrize(("n_undefined", "has_interval"), [(49, True), (50, False), (60, False)])
def test_an_interval_that_may_be_open_needs_more_than_half_of_the_replicates(
    n_undefined, has_interval
):
    replicates = np.linspace(0, 1, 100)
    replicates[:n_undefined] = np.nan
    found = censored_interval(replicates, confidence=0.9, n_songs=13)
    assert np.isfinite(found).tolist() == [has_interval] * 2

"""What holds of bootstrap draws, of intervals, and of estimates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t
from stemlens.statistics.bootstrap import MIN_SONGS, draw_weights
from stemlens.statistics.estimate import Estimate, weighted_sum
from stemlens.statistics.interval import censored_interval, song_interval
from vectors import SCALES, SEEDS

CONFIDENCE = st.floats(0.5, 0.999)
N_SONGS = st.integers(MIN_SONGS, 60)


@st.composite
def samples(draw, n_replicates=199):
    """A skewed value of songs, replicates of its mean, and how many songs there are."""
    n, rng = draw(N_SONGS), np.random.default_rng(draw(SEEDS))
    values = rng.gamma(0.7, size=n) + draw(st.sampled_from([-3.0, 0.0, 100.0]))
    weights = draw_weights(n, n_replicates=n_replicates, seed=draw(SEEDS))
    return values.mean(), weights @ values / n, n


def interval(value, replicates, n, confidence):
    return np.array(song_interval(value, replicates, confidence=confidence, n_songs=n))


@given(samples(), CONFIDENCE)
def test_an_interval_contains_its_value_and_one_of_higher_confidence_contains_it(sample, wider):
    value, replicates, n = sample
    low, high = interval(value, replicates, n, wider)
    assert low < value < high
    narrow_low, narrow_high = interval(value, replicates, n, wider - 0.1)
    assert low < narrow_low < narrow_high < high


@given(samples(), CONFIDENCE)
def test_an_interval_reaches_at_least_as_far_as_students_t(sample, confidence):
    value, replicates, n = sample
    error = np.sqrt(n * (n - 1)) / (n - 2) * replicates.std()
    width = error * t.isf((1 - confidence) / 2, n - 1)
    low, high = interval(value, replicates, n, confidence)
    assert low <= value - 0.999999 * width
    assert high >= value + 0.999999 * width
    assert min(low, high) >= min(replicates.min(), value - 1.000001 * width)
    assert max(low, high) <= max(replicates.max(), value + 1.000001 * width)


@given(samples(), CONFIDENCE, SCALES, st.booleans())
def test_an_interval_follows_the_unit_and_the_sign(sample, confidence, scale, is_negative):
    value, replicates, n = sample
    expected = scale * interval(value, replicates, n, confidence)
    if is_negative:
        scale, expected = -scale, -expected[::-1]
    found = interval(scale * value, scale * replicates, n, confidence)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@given(samples(), CONFIDENCE, st.floats(-10, 10))
def test_an_interval_follows_a_shift(sample, confidence, shift):
    value, replicates, n = sample
    found = interval(value + shift, replicates + shift, n, confidence)
    expected = interval(value, replicates, n, confidence) + shift
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@given(samples(), CONFIDENCE, SEEDS)
def test_the_order_of_replicates_does_not_matter_nor_that_they_are_there_twice(
    sample, confidence, seed
):
    value, replicates, n = sample
    expected = interval(value, replicates, n, confidence)
    shuffled = np.random.default_rng(seed).permutation(replicates)
    np.testing.assert_allclose(interval(value, shuffled, n, confidence), expected, rtol=1e-12)
    twice = interval(value, np.repeat(replicates, 2), n, confidence)
    np.testing.assert_allclose(twice, expected, rtol=0.1 * np.ptp(expected) / abs(expected).min())


@given(samples(), st.integers(0, 198))
def test_undefined_replicates_are_left_out_unless_half_of_them_are(sample, n_undefined):
    value, replicates, n = sample
    some = replicates.copy()
    some[:n_undefined] = np.nan
    found = interval(value, some, n, 0.9)
    if n_undefined >= 100:
        assert np.isnan(found).all()
    else:
        np.testing.assert_allclose(found, interval(value, replicates[n_undefined:], n, 0.9))


@given(samples(), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_a_value_that_is_not_finite_has_no_interval(sample, value):
    _, replicates, n = sample
    assert np.isnan(interval(value, replicates, n, 0.9)).all()


@given(st.floats(-1e30, 1e30), st.integers(1, 99))
def test_neither_few_songs_nor_songs_that_are_alike_have_an_interval(value, n):
    assert np.isnan(interval(value, np.full(99, value), n, 0.9)).all()
    near = value * (1 + 1e-10 * np.arange(99) / 99)
    assert np.isnan(interval(value, near, n, 0.9)).all()
    apart = value + (1 + abs(value)) * np.arange(99) / 99
    assert np.isnan(interval(value, apart, n, 0.9)).all() == (n < MIN_SONGS)


@given(samples())
def test_of_float32_replicates_an_interval_is_that_of_float64_to_their_precision(sample):
    value, replicates, n = sample
    found = interval(value, replicates.astype(np.float32), n, 0.9)
    width = np.ptp(interval(value, replicates, n, 0.9))
    tolerance = 1e-6 * abs(value) + 1e-3 * width
    np.testing.assert_allclose(found, interval(value, replicates, n, 0.9), atol=tolerance)


@pytest.mark.parametrize("n", [5, 12, 47])
def test_intervals_of_a_mean_cover_it_as_often_as_they_claim(n):
    rng = np.random.default_rng(n)
    weights = draw_weights(n, n_replicates=499, seed=n)
    values = rng.normal(2, 1, (n, 2000))
    low, high = song_interval(values.mean(axis=0), weights @ values / n, confidence=0.9, n_songs=n)
    assert 0.89 <= np.mean((low <= 2) & (high >= 2)) <= 0.98


@given(st.integers(1, 40), st.integers(1, 50), SEEDS)
def test_draws_are_whole_numbers_that_add_up_to_the_songs(n, n_replicates, seed):
    weights = draw_weights(n, n_replicates=n_replicates, seed=seed)
    assert weights.shape == (n_replicates, n)
    assert (weights.sum(axis=1) == n).all()
    assert (weights % 1 == 0).all()
    assert (weights >= 0).all()
    more = draw_weights(n, n_replicates=n_replicates + 7, seed=seed)
    np.testing.assert_array_equal(more[:n_replicates], weights)


@st.composite
def estimates(draw, n_seeds=(1, 4)):
    _, replicates, n = draw(samples())
    spread = draw(st.sampled_from([0.0, 0.1, 10.0]))
    rng = np.random.default_rng(draw(SEEDS))
    return Estimate(
        replicates.mean() + spread * rng.normal(size=draw(st.integers(*n_seeds))), replicates, n
    )


@given(estimates(), CONFIDENCE)
def test_an_estimate_lies_in_its_interval_which_its_range_cuts_off(estimate, confidence):
    low, high = estimate.interval(confidence)
    assert low <= estimate.mean <= high
    lowest, highest = estimate.mean - 0.01, estimate.mean + 0.02
    columns = estimate.columns("value", confidence, lowest=lowest, highest=highest)
    assert columns["ci_low"] == max(low, lowest)
    assert columns["ci_high"] == min(high, highest)


@given(estimates(n_seeds=(2, 5)), CONFIDENCE, SEEDS)
def test_the_order_of_seeds_does_not_matter_and_their_spread_only_widens(
    estimate, confidence, seed
):
    shuffled = np.random.default_rng(seed).permutation(estimate.by_seed)
    found = Estimate(shuffled, estimate.replicates, estimate.n_songs)
    expected = estimate.interval(confidence)
    np.testing.assert_allclose(found.interval(confidence), expected, rtol=1e-9)
    one = Estimate(estimate.mean[None], estimate.replicates, estimate.n_songs)
    low, high = one.interval(confidence)
    assert expected[0] <= low + 1e-9
    assert expected[1] >= high - 1e-9


@given(estimates(), st.floats(-5, 5))
def test_of_a_difference_to_itself_nothing_is_left_and_terms_in_any_order_give_the_same(
    estimate, weight
):
    nothing = weighted_sum(0, [(weight, estimate), (-weight, estimate)])
    assert (nothing.by_seed == 0).all()
    assert np.isnan(nothing.interval(0.9)[0])
    terms = [(weight, estimate), (1, Estimate(estimate.by_seed[:1], estimate.replicates**2, 7))]
    found, reversed_ = weighted_sum(3, terms), weighted_sum(3, terms[::-1])
    np.testing.assert_allclose(found.by_seed, reversed_.by_seed, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.replicates, reversed_.replicates, rtol=1e-12, atol=1e-9)
    assert found.n_songs == min(estimate.n_songs, 7)


@given(samples(), CONFIDENCE, st.integers(0, 40), st.integers(0, 40))
def test_an_interval_of_what_may_lie_beyond_is_open_where_it_does(sample, confidence, below, above):
    _, replicates, n = sample
    ordered = np.sort(replicates)
    ordered[:below], ordered[len(ordered) - above :] = -np.inf, np.inf
    low, high = censored_interval(ordered, confidence=confidence, n_songs=n)
    assert low <= high
    assert low in ordered
    assert high in ordered
    mirrored = censored_interval(-ordered, confidence=confidence, n_songs=n)
    near = np.searchsorted(ordered, [low, high])
    opposite = np.searchsorted(ordered, [-mirrored[1], -mirrored[0]])
    assert np.abs(near - opposite).max() <= max(1, below, above)
    wider = censored_interval(ordered, confidence=(1 + confidence) / 2, n_songs=n)
    assert wider[0] <= low <= high <= wider[1]


@pytest.mark.parametrize("n_songs", [1, 4])
def test_few_songs_have_no_open_interval_nor_have_replicates_that_are_all_alike(n_songs):
    found = censored_interval(np.arange(99.0), confidence=0.9, n_songs=n_songs)
    assert np.isnan(found).all()
    for value in (0.0, np.inf, np.nan):
        alike = censored_interval(np.full(99, value), confidence=0.9, n_songs=12)
        assert np.isnan(alike).all()

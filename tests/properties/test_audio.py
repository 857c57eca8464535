"""What holds of active time, of mel filters and of log-mel spectrograms."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from librosa_mel import librosa_log_mel
from stemlens.audio.activity import active_s
from stemlens.audio.mel import log_mels_of_mixes
from stemlens.audio.mel_filters import band_centres_hz, mel_filters
from stemlens.audio.mel_settings import MelSettings, bands_without_bin
from stemlens.audio.mixes import mix_targets
from vectors import SEEDS

SETTINGS = MelSettings(
    sample_rate_hz=8000,
    n_fft=256,
    hop_length=100,
    n_mels=20,
    f_min_hz=0,
    f_max_hz=4000,
    floor_db=-120,
)
FILTERS = mel_filters(SETTINGS)
RATE_HZ, HOP = 1000, 50


def active(signals, threshold_db=-40.0, frame_length=80):
    return active_s(
        signals,
        sample_rate_hz=RATE_HZ,
        frame_length=frame_length,
        hop_length=HOP,
        threshold_db=threshold_db,
    )


@st.composite
def bursts(draw, n=1, duration_s=2):
    """Noise that comes and goes: float32 (signal, sample)."""
    rng = np.random.default_rng(draw(SEEDS))
    levels = 10 ** rng.uniform(-4, 0, (n, 20)).repeat(RATE_HZ * duration_s // 20, axis=1)
    return (levels * rng.uniform(-1, 1, levels.shape)).astype(np.float32)


@given(bursts(n=3), st.integers(1, 120))
def test_active_time_is_whole_hops_within_the_duration_of_each_signal_by_itself(signals, frame):
    found = active(signals, frame_length=frame)
    hops = found * RATE_HZ / HOP
    np.testing.assert_allclose(hops, hops.round(), atol=1e-9)
    assert ((found >= 0) & (found <= 2)).all()
    np.testing.assert_array_equal(found[::-1], active(signals[::-1], frame_length=frame))
    np.testing.assert_array_equal(found[1], active(signals[1], frame_length=frame))
    np.testing.assert_array_equal(found, active(-signals, frame_length=frame))
    np.testing.assert_array_equal(found, active(signals.astype(np.float64), frame_length=frame))


@given(bursts(), st.floats(-90, 0), st.floats(-30, 30))
def test_active_time_falls_with_the_threshold_and_follows_the_level(signals, threshold_db, db):
    by_threshold = active(signals, threshold_db=threshold_db + np.array([-6, 0, 6]))
    assert (np.diff(by_threshold[:, 0]) <= 0).all()
    louder = 10 ** (db / 20) * signals.astype(np.float64)
    # Off the level of a frame, where rounding decides.
    np.testing.assert_array_equal(active(louder, threshold_db + db), by_threshold[1])


@given(bursts(), st.sampled_from([1e-30, 1e30]))
def test_active_time_of_the_smallest_and_largest_samples_neither_vanishes_nor_overflows(
    signals, scale
):
    scaled = (scale * signals.astype(np.float64)).astype(np.float32)
    found = active(scaled, threshold_db=-40 + 20 * np.log10(scale))
    np.testing.assert_array_equal(found, active(signals))


@given(bursts(), st.integers(0, 10))
def test_silence_of_whole_hops_before_a_signal_only_moves_it(signals, n_hops):
    padded = np.pad(signals, [(0, 0), (n_hops * HOP, 0)])
    before = active(np.pad(signals, [(0, 0), (2 * HOP, 0)]))
    np.testing.assert_array_equal(active(padded) if n_hops > 1 else before, before)


@st.composite
def settings_of_filters(draw):
    rate_hz = draw(st.sampled_from([8000, 16_000, 22_050]))
    low = draw(st.sampled_from([0.0, 50.0, 300.0]))
    high = draw(st.sampled_from([1500.0, 3000.0, rate_hz / 2]))
    n_fft, n_mels = draw(st.sampled_from([256, 512, 1000])), draw(st.integers(2, 64))
    return MelSettings(rate_hz, n_fft, 100, n_mels, low, high, -100)


@given(settings_of_filters())
def test_filters_are_triangles_between_the_neighbours_centres(settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of librosa's, where a filter is empty
        filters = mel_filters(settings)
    assert filters.shape == (settings.n_mels, settings.n_fft // 2 + 1)
    assert (filters >= 0).all()
    centres_hz = band_centres_hz(settings)
    assert (np.diff(centres_hz) > 0).all()
    assert settings.f_min_hz < centres_hz[0] < centres_hz[-1] < settings.f_max_hz
    bins_hz = np.arange(filters.shape[1]) * settings.sample_rate_hz / settings.n_fft
    edges_hz = np.array([settings.f_min_hz, *centres_hz, settings.f_max_hz])
    for band, weights in enumerate(filters):
        used = bins_hz[weights > 0]
        assert ((used > edges_hz[band] - 1e-6) & (used < edges_hz[band + 2] + 1e-6)).all()
    empty = np.flatnonzero(~filters.any(axis=1))
    assert bands_without_bin(settings) == empty.tolist()


@st.composite
def stems(draw, n=(1, 3), n_samples=(300, 1200)):
    rng = np.random.default_rng(draw(SEEDS))
    return rng.normal(0, 0.1, (draw(st.integers(*n)), draw(st.integers(*n_samples)))).astype(
        np.float32
    )


def mels(signals, amplitudes=None, settings=SETTINGS):
    return log_mels_of_mixes(signals, FILTERS, settings, amplitudes)


@given(stems())
def test_every_mix_is_librosas_of_the_summed_signal(signals):
    found = mels(signals)
    assert found.dtype == np.float32
    for target, mel in zip(mix_targets(len(signals)), found, strict=True):
        mix = (target @ signals.astype(np.float64)).astype(np.float64)
        np.testing.assert_allclose(mel, librosa_log_mel(mix, SETTINGS), atol=1e-3)


@given(stems(n=(2, 2)), SEEDS)
def test_mixes_of_amplitudes_are_those_of_scaled_stems_whatever_their_sign(signals, seed):
    factors = np.random.default_rng(seed).uniform(-2, 2, (2, 2))
    found = mels(signals, factors)
    for row, mel in zip(factors, found, strict=True):
        scaled = (row[:, None] * signals).astype(np.float64)
        np.testing.assert_allclose(mel, mels(scaled.sum(axis=0)[None])[0], atol=2e-3)
    np.testing.assert_allclose(mels(signals[::-1], factors[:, ::-1]), found, atol=1e-3)
    np.testing.assert_allclose(mels(signals, -factors), found, atol=1e-4)


@given(stems(n=(1, 1)), st.floats(-40, 40))
def test_a_gain_is_added_in_db_above_the_floor(signals, gain_db):
    found = mels(10 ** (gain_db / 20) * signals.astype(np.float64))
    expected = np.maximum(mels(signals) + gain_db, SETTINGS.floor_db)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert found.min() >= SETTINGS.floor_db


@given(stems(n=(1, 1), n_samples=(800, 800)), st.integers(1, 4))
def test_a_delay_by_whole_hops_moves_frames(signals, n_hops):
    delayed = mels(np.pad(signals, [(0, 0), ((2 + n_hops) * 100, 0)]))
    expected = mels(np.pad(signals, [(0, 0), (200, 0)]))
    np.testing.assert_allclose(delayed[..., n_hops + 2 :], expected[..., 2:], atol=1e-4)


@given(stems(n=(2, 2)), st.sampled_from([1e-30, 1e30]))
def test_the_largest_samples_have_a_level_and_the_smallest_that_of_silence(signals, scale):
    scaled = (scale * signals.astype(np.float64)).astype(np.float32)
    found = mels(scaled)
    if scale < 1:
        assert (found == SETTINGS.floor_db).all()
    else:
        np.testing.assert_allclose(found, mels(signals) + 600, atol=1e-3)


@given(stems(n=(2, 2)))
def test_stems_that_cancel_are_as_silence(signals):
    opposite = np.stack([signals[0], -signals[0]])
    *_, together = mels(opposite)
    assert (together == SETTINGS.floor_db).all()
    silent = np.stack([signals[0], np.zeros_like(signals[0])])
    alone, silence, both = mels(silent)
    assert (silence == SETTINGS.floor_db).all()
    np.testing.assert_array_equal(alone, both)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@given(stems(n=(2, 2)))
def test_a_sample_that_is_not_finite_leaves_no_plausible_level_in_its_frames(value, signals):
    signals[0, 150] = value
    with np.errstate(invalid="ignore"):
        found = mels(signals)
    assert not np.isfinite(found[[0, 2]][..., 1]).any()

"""Each transformation does what its unit says, and nothing else."""

import random
from itertools import permutations

import librosa
import numpy as np
import pytest
from scipy.signal import correlate, welch
from stemlens.audio.transformation_units import LEFT_CHANNEL, UNITS
from stemlens.audio.transformations import TRANSFORMATIONS
from stemlens.errors import InputError

RATES_HZ = pytest.mark.parametrize("rate_hz", [44_100, 22_050])
STRENGTHS = {
    "pitch_shift": -2.5,
    "time_shift": 0.5,
    "time_stretch": 1.1,
    "gain": -12,
    "low_pass": 2000,
    "high_pass": 500,
    "reverberation": 0.4,
    "mp3": 32,
    "noise": 20,
    "polarity_inversion": 1,
}
EVERY = pytest.mark.parametrize("name", STRENGTHS)


def apply(
    name: str, signal: np.ndarray, strength: float, rate_hz: int = 44_100, seed: int = 0
) -> np.ndarray:
    before = signal.copy()
    result = TRANSFORMATIONS[name].apply(signal, rate_hz, strength, seed)
    np.testing.assert_array_equal(signal, before)
    assert result.dtype == np.float32
    assert result.shape == signal.shape
    return result


def noise(duration_s: float, rate_hz: int = 44_100) -> np.ndarray:
    n_samples = round(duration_s * rate_hz)
    return np.random.default_rng(7).normal(0, 0.1, n_samples).astype(np.float32)


def sine(hz: float, duration_s: float, rate_hz: int) -> np.ndarray:
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return (0.3 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def clicks(starts_s: np.ndarray, duration_s: float, rate_hz: int) -> np.ndarray:
    signal = np.zeros(round(duration_s * rate_hz), np.float32)
    signal[np.round(starts_s * rate_hz).astype(int)] = 0.9
    return signal


def click_times_s(signal: np.ndarray, expected_s: np.ndarray, rate_hz: int) -> np.ndarray:
    """Where the largest sample within 0.2 s of each expected click stands."""
    half = round(0.2 * rate_hz)
    centres = np.round(expected_s * rate_hz).astype(int)
    peaks = [np.abs(signal[c - half : c + half]).argmax() + c - half for c in centres]
    return np.array(peaks) / rate_hz


def lag(first: np.ndarray, second: np.ndarray) -> int:
    """Samples by which the second is later."""
    return int(correlate(second, first).argmax()) - (len(first) - 1)


def rms(signal: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))


def test_every_transformation_is_covered_here_and_has_its_name() -> None:
    assert set(STRENGTHS) == set(TRANSFORMATIONS) == set(UNITS) - {LEFT_CHANNEL}
    assert all(name == each.name for name, each in TRANSFORMATIONS.items())


@RATES_HZ
@pytest.mark.parametrize("semitones", [1, 4, -3])
@pytest.mark.parametrize("hz", [220, 1000])
def test_a_pitch_shift_moves_a_tone_by_its_semitones(
    hz: float, semitones: float, rate_hz: int
) -> None:
    shifted = apply("pitch_shift", sine(hz, 3, rate_hz), semitones, rate_hz)
    padded = np.fft.rfft(shifted[1000:-1000] * np.hanning(len(shifted) - 2000), 20 * rate_hz)
    found = 12 * np.log2(np.abs(padded).argmax() / 20 / hz)
    # Signalsmith Stretch misses a pure tone by a few cents; 17 at 110 Hz.
    assert found == pytest.approx(semitones, abs=0.08)


@RATES_HZ
def test_a_pitch_shift_leaves_onsets_where_they_are(rate_hz: int) -> None:
    starts_s = np.arange(1.0, 6.0)
    shifted = apply("pitch_shift", clicks(starts_s, 6.5, rate_hz), 4, rate_hz)
    found_s = click_times_s(shifted, starts_s, rate_hz)
    np.testing.assert_allclose(found_s, starts_s, atol=1e-3)


@RATES_HZ
@pytest.mark.parametrize("speed", [1.1, 0.9])
def test_a_time_stretch_divides_onset_times_by_the_speed(speed: float, rate_hz: int) -> None:
    starts_s = np.arange(1.0, 6.0)
    stretched = apply("time_stretch", clicks(starts_s, 7, rate_hz), speed, rate_hz)
    found_s = click_times_s(stretched, starts_s / speed, rate_hz)
    np.testing.assert_allclose(found_s, starts_s / speed, atol=1e-3)


def test_a_time_stretch_keeps_the_pitch_and_ends_in_silence() -> None:
    stretched = apply("time_stretch", sine(440, 4, 22_050), 1.25, 22_050)
    end = round(4 / 1.25 * 22_050)
    assert not stretched[end + 1 :].any()
    assert rms(stretched[end - 2000 : end - 1000]) > 0.1
    found_hz = librosa.yin(stretched[:end], fmin=100, fmax=2000, sr=22_050)
    assert np.median(found_hz) == pytest.approx(440, rel=0.003)


def test_a_time_shift_is_a_circular_shift_to_the_sample() -> None:
    signal = noise(2)
    shifted = apply("time_shift", signal, 0.5)
    np.testing.assert_array_equal(shifted[22_050:], signal[:-22_050])
    np.testing.assert_array_equal(shifted[:22_050], signal[-22_050:])


def test_a_gain_is_in_decibels_and_does_not_clip() -> None:
    signal = noise(1)
    assert 20 * np.log10(rms(apply("gain", signal, -12)) / rms(signal)) == pytest.approx(-12)
    np.testing.assert_allclose(apply("gain", signal, 40), 100 * signal, rtol=1e-6)


def test_polarity_inversion_is_exact() -> None:
    signal = noise(1)
    np.testing.assert_array_equal(apply("polarity_inversion", signal, 1), -signal)


@RATES_HZ
@pytest.mark.parametrize(
    ("name", "cutoff_hz", "sign"), [("low_pass", 2000, 1), ("high_pass", 500, -1)]
)
def test_a_filter_attenuates_as_a_butterworth_filter_run_twice(
    name: str, cutoff_hz: float, sign: int, rate_hz: int
) -> None:
    signal = noise(20, rate_hz)
    filtered = apply(name, signal, cutoff_hz, rate_hz)
    hz, before = welch(signal, rate_hz, nperseg=4096)
    _, after = welch(filtered, rate_hz, nperseg=4096)
    found_db = 10 * np.log10(after / before)
    # The bilinear transform of the design bends the axis of frequencies.
    bent = np.tan(np.pi * hz / rate_hz) / np.tan(np.pi * cutoff_hz / rate_hz)
    with np.errstate(divide="ignore"):
        expected_db = -20 * np.log10(1 + bent ** (8.0 * sign))
    octaves = sign * np.log2(np.maximum(hz, 1) / cutoff_hz)
    checked = (octaves < 1) & (hz > 50) & (hz < 0.45 * rate_hz)
    np.testing.assert_allclose(found_db[checked], expected_db[checked], atol=0.5)
    at_cutoff = np.abs(hz - cutoff_hz).argmin()
    assert found_db[at_cutoff] == pytest.approx(-6, abs=0.7)
    assert lag(signal[:40_000], filtered[:40_000]) == 0


@RATES_HZ
@pytest.mark.parametrize("rt60_s", [0.3, 1.0])
def test_reverberation_decays_by_60_db_in_its_time(rt60_s: float, rate_hz: int) -> None:
    """T30: Schroeder's backward integral between −5 and −35 dB."""
    impulse = np.zeros(3 * rate_hz, np.float32)
    impulse[0] = 1
    response = apply("reverberation", impulse, rt60_s, rate_hz).astype(np.float64)
    energy = np.cumsum(response[::-1] ** 2)[::-1]
    assert energy[0] == pytest.approx(1, abs=1e-3)
    assert response[0] ** 2 == pytest.approx(0.5, abs=1e-3)
    decay_db = 10 * np.log10(np.maximum(energy / energy[0], 1e-12))
    between = np.flatnonzero((decay_db < -5) & (decay_db > -35))
    slope_db, _ = np.polyfit(between / rate_hz, decay_db[between], 1)
    assert -60 / slope_db == pytest.approx(rt60_s, rel=0.05)


def test_reverberation_keeps_the_level_of_noise_and_the_onset() -> None:
    signal = np.concatenate([np.zeros(4410, np.float32), noise(6)])
    wet = apply("reverberation", signal, 0.5)
    assert np.abs(wet[:4400]).max() < 1e-6
    assert rms(wet[44_100:]) / rms(signal[44_100:]) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("snr_db", [20, 0, -6])
def test_noise_has_the_signal_to_noise_ratio_that_is_asked_for(snr_db: float) -> None:
    signal = sine(440, 2, 44_100)
    added = apply("noise", signal, snr_db).astype(np.float64) - signal
    assert 20 * np.log10(rms(signal) / rms(added)) == pytest.approx(snr_db, abs=1e-3)
    hz, power = welch(added, 44_100, nperseg=1024)
    low, high = power[(hz > 100) & (hz < 5000)].mean(), power[(hz > 15_000) & (hz < 20_000)].mean()
    assert high / low == pytest.approx(1, abs=0.1)


@RATES_HZ
@pytest.mark.parametrize("bit_rate_kbps", [32, 64, 128])
def test_mp3_is_aligned_with_the_signal_to_the_sample(rate_hz: int, bit_rate_kbps: int) -> None:
    signal = noise(3, rate_hz)
    coded = apply("mp3", signal, bit_rate_kbps, rate_hz)
    assert lag(signal, coded) == 0
    assert np.corrcoef(signal, coded)[0, 1] > 0.4
    assert not np.array_equal(signal, coded)


def test_mp3_of_a_low_bit_rate_loses_high_frequencies() -> None:
    signal = noise(3)
    hz, before = welch(signal, 44_100, nperseg=2048)
    change_db = {}
    for bit_rate_kbps in (32, 128):
        _, after = welch(apply("mp3", signal, bit_rate_kbps), 44_100, nperseg=2048)
        change_db[bit_rate_kbps] = 10 * np.log10(after / before)
    band = (hz > 13_000) & (hz < 15_000)
    assert change_db[32][band].max() < -40
    assert change_db[128][band].min() > -6
    assert np.abs(change_db[32][(hz > 100) & (hz < 1000)]).max() < 6


def test_mp3_does_not_clip_what_is_beyond_full_scale() -> None:
    """LAME codes everything 5 % softer."""
    signal = sine(440, 2, 44_100)
    of_signal = apply("mp3", signal, 128)
    assert rms(of_signal) == pytest.approx(0.95 * rms(signal), rel=0.01)
    np.testing.assert_allclose(apply("mp3", 8 * signal, 128), 8 * of_signal, atol=0.01)


@EVERY
def test_silence_stays_silence(name: str) -> None:
    assert not apply(name, np.zeros(44_100, np.float32), STRENGTHS[name]).any()


@EVERY
def test_a_strided_signal_is_transformed_like_its_copy(name: str) -> None:
    strided = np.stack([noise(1), noise(1)], axis=1)[:, 0]
    expected = apply(name, strided.copy(), STRENGTHS[name])
    np.testing.assert_array_equal(apply(name, strided, STRENGTHS[name]), expected)


def test_results_depend_on_nothing_but_the_seed_and_leave_the_global_state_alone() -> None:
    signal = noise(1)
    first = {name: apply(name, signal, strength) for name, strength in STRENGTHS.items()}
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    states = random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    for name in reversed(STRENGTHS):
        np.testing.assert_array_equal(apply(name, signal, STRENGTHS[name]), first[name])
    assert random.getstate() == states[0]
    np.testing.assert_array_equal(np.random.get_state()[1], states[1])  # noqa: NPY002


@pytest.mark.parametrize("name", ["noise", "reverberation"])
def test_another_seed_is_another_draw(name: str) -> None:
    signal = noise(1)
    draws = [apply(name, signal, STRENGTHS[name], seed=seed) for seed in (0, 1, 2**32 - 1)]
    assert not any(np.allclose(a, b) for a, b in permutations(draws, 2))


@pytest.mark.parametrize(
    ("name", "strength", "message"),
    [
        ("low_pass", 22_050, r"low_pass: found 22050 Hz; expected 0 < Hz < 22050"),
        ("high_pass", 0, r"high_pass: found 0 Hz; expected 0 < Hz"),
        ("mp3", 33, r"mp3: found 33 kbit/s; expected a bit rate of MP3"),
        ("mp3", 32.5, r"mp3: found 32\.5 kbit/s; expected a whole number"),
        ("time_stretch", 0, r"time_stretch: found 0 × speed; expected more than 0"),
        ("reverberation", -1, r"reverberation: found -1 s; expected more than 0"),
    ],
)
def test_an_impossible_strength_is_refused_with_its_key(
    name: str, strength: float, message: str
) -> None:
    with pytest.raises(InputError, match=rf"^keeps\.transformations\.{message}"):
        apply(name, noise(1), strength)


def test_mp3_at_a_rate_that_it_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"^keeps\.transformed_at_hz: found 96000; expected"):
        apply("mp3", noise(1, 96_000), 64, 96_000)

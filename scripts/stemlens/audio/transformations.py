"""Transformations of a signal: what may change about audio while it stays the same music.

Each has one strength and is deterministic: what is drawn at random comes from the seed alone, and
nothing from the global state of `random` or NumPy. The libraries are those below audiomentations
(Signalsmith Stretch, LAME, SciPy); audiomentations itself draws from the global state.
"""

from collections.abc import Callable
from dataclasses import dataclass

import fast_mp3_augment
import numpy as np
from python_stretch.Signalsmith import Stretch

from stemlens.errors import InputError

FILTER_ORDER = 4
"""Of a Butterworth filter that runs forwards and backwards: 48 dB per octave, −6 dB at the cutoff,
no phase shift."""

MP3_QUALITY = 3
"""LAME's trade-off of quality (0) against speed (9)."""


@dataclass(frozen=True)
class Transformation:
    """A kind of change to a mono signal.

    Attributes
    ----------
    name
        As in `stemlens.audio.transformation_units.UNITS`.
    function
        (signal, sample rate in Hz, strength, seed) → signal of any length.
    """

    name: str
    function: Callable[[np.ndarray, int, float, int], np.ndarray]

    def apply(
        self, signal: np.ndarray, sample_rate_hz: int, strength: float, seed: int
    ) -> np.ndarray:
        """Transform a signal, float32 (sample,), which is not changed.

        Parameters
        ----------
        strength
            In the unit of `name`; 1 where there is none.
        seed
            Of what is drawn: noise and the echoes of a room; 0 … 2³² − 1.

        Returns
        -------
        ndarray, float32, of the same length
            What lasts longer is cut at the end, what is shorter ends in silence. Silence stays
            silence. Overshoots of full scale are kept.

        Raises
        ------
        InputError
            If the strength is not possible, as a cutoff above half the sample rate.
        """
        contiguous = np.ascontiguousarray(signal)
        changed = self.function(contiguous, sample_rate_hz, strength, seed)[: len(signal)]
        result = np.zeros_like(signal)
        result[: len(changed)] = changed
        return result


def _pitch_shifted(
    signal: np.ndarray, sample_rate_hz: int, semitones: float, seed: int
) -> np.ndarray:
    stretch = Stretch(seed)
    stretch.preset(1, sample_rate_hz)
    stretch.setTransposeSemitones(semitones)
    return np.asarray(stretch.process(signal[np.newaxis]))[0]


def _stretched(signal: np.ndarray, sample_rate_hz: int, speed: float, seed: int) -> np.ndarray:
    if speed <= 0:
        raise InputError(_impossible("time_stretch", f"{speed:g} × speed", "more than 0"))
    stretch = Stretch(seed)
    stretch.preset(1, sample_rate_hz)
    stretch.setTimeFactor(speed)
    return np.asarray(stretch.process(signal[np.newaxis]))[0]


def _rolled(signal: np.ndarray, sample_rate_hz: int, shift_s: float, _seed: int) -> np.ndarray:
    return np.roll(signal, round(shift_s * sample_rate_hz))


def _amplified(signal: np.ndarray, _rate_hz: int, gain_db: float, _seed: int) -> np.ndarray:
    return signal * np.float32(10 ** (gain_db / 20))


def _low_passed(
    signal: np.ndarray, sample_rate_hz: int, cutoff_hz: float, _seed: int
) -> np.ndarray:
    return _filtered(signal, sample_rate_hz, cutoff_hz, "low_pass")


def _high_passed(
    signal: np.ndarray, sample_rate_hz: int, cutoff_hz: float, _seed: int
) -> np.ndarray:
    return _filtered(signal, sample_rate_hz, cutoff_hz, "high_pass")


def _filtered(signal: np.ndarray, sample_rate_hz: int, cutoff_hz: float, name: str) -> np.ndarray:
    # Only here and below: it takes longer to import than most transformations do.
    from scipy.signal import butter, sosfiltfilt

    half_rate_hz = sample_rate_hz / 2
    if not 0 < cutoff_hz < half_rate_hz:
        raise InputError(_impossible(name, f"{cutoff_hz:g} Hz", f"0 < Hz < {half_rate_hz:g}"))
    kind = name.removesuffix("_pass")
    sections = butter(FILTER_ORDER, cutoff_hz, kind, output="sos", fs=sample_rate_hz)
    return sosfiltfilt(sections, signal)


def _reverberated(signal: np.ndarray, sample_rate_hz: int, rt60_s: float, seed: int) -> np.ndarray:
    """Convolve with the impulse response of a diffuse room, of energy 1.

    It is an impulse, the direct sound, and Gaussian noise of the same energy that decays by 60 dB
    in `rt60_s` (Moorer, About this reverberation business, Computer Music Journal 3(2), 1979).
    """
    from scipy.signal import fftconvolve

    if rt60_s <= 0:
        raise InputError(_impossible("reverberation", f"{rt60_s:g} s", "more than 0"))
    time_s = np.arange(1, round(1.5 * rt60_s * sample_rate_hz)) / sample_rate_hz
    echoes = np.random.default_rng(seed).standard_normal(len(time_s)) * 10 ** (-3 * time_s / rt60_s)
    response = np.concatenate([[1.0], echoes / np.linalg.norm(echoes)]) / np.sqrt(2)
    return fftconvolve(signal.astype(np.float64), response)


def _mp3_coded(
    signal: np.ndarray, sample_rate_hz: int, bit_rate_kbps: float, _seed: int
) -> np.ndarray:
    if bit_rate_kbps != int(bit_rate_kbps):
        raise InputError(_impossible("mp3", f"{bit_rate_kbps:g} kbit/s", "a whole number"))
    try:
        return fast_mp3_augment.compress_roundtrip(
            signal,
            sample_rate=sample_rate_hz,
            bitrate_kbps=int(bit_rate_kbps),
            preserve_delay=False,
            quality=MP3_QUALITY,
        )
    except fast_mp3_augment.UnsupportedBitrate as error:
        expected = "a bit rate of MP3, such as 32, 64 or 128"
        raise InputError(_impossible("mp3", f"{bit_rate_kbps:g} kbit/s", expected)) from error
    except fast_mp3_augment.UnsupportedSampleRate as error:
        raise InputError(
            f"keeps.transformed_at_hz: found {sample_rate_hz}; expected a sample rate of MP3, such"
            " as 44100 or 48000: change it, or leave out keeps.transformations.mp3"
        ) from error


def _with_noise(signal: np.ndarray, _rate_hz: int, snr_db: float, seed: int) -> np.ndarray:
    """Add white Gaussian noise of exactly that level below the signal's mean power."""
    noise = np.random.default_rng(seed).standard_normal(len(signal))
    wanted = np.linalg.norm(signal.astype(np.float64)) * 10 ** (-snr_db / 20)
    return signal + noise * (wanted / np.linalg.norm(noise))


def _inverted(signal: np.ndarray, _rate_hz: int, _strength: float, _seed: int) -> np.ndarray:
    return -signal


def _impossible(name: str, found: str, expected: str) -> str:
    return f"keeps.transformations.{name}: found {found}; expected {expected}: change it"


TRANSFORMATIONS = {
    each.name: each
    for each in (
        Transformation("pitch_shift", _pitch_shifted),
        Transformation("time_shift", _rolled),
        Transformation("time_stretch", _stretched),
        Transformation("gain", _amplified),
        Transformation("low_pass", _low_passed),
        Transformation("high_pass", _high_passed),
        Transformation("reverberation", _reverberated),
        Transformation("mp3", _mp3_coded),
        Transformation("noise", _with_noise),
        Transformation("polarity_inversion", _inverted),
    )
}
"""Name → transformation: all of `stemlens.audio.transformation_units.UNITS` but `LEFT_CHANNEL`."""

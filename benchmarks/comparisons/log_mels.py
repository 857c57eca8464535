"""Log mel spectrograms of all 15 mixes of a segment, beside librosa's of each mix."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.signal
from comparison import OURS, Comparison
from stemlens.audio.mel import log_mels_of_mixes
from stemlens.audio.mel_filters import mel_filters
from stemlens.audio.mel_settings import MelSettings, n_frames
from stemlens.audio.mixes import mix_targets

SETTINGS = MelSettings(
    sample_rate_hz=22050,
    n_fft=2048,
    hop_length=735,
    n_mels=80,
    f_min_hz=0.0,
    f_max_hz=None,
    floor_db=-100.0,
)
N_SAMPLES = 220_500


def prepare(folder: Path) -> None:
    """Four stems of pink-like noise."""
    rng = np.random.default_rng(0)
    stems = 0.1 * scipy.signal.lfilter([1], [1, -0.9], rng.normal(size=(4, N_SAMPLES)))
    np.save(folder / "stems.npy", stems.astype(np.float32))


def stemlens(folder: Path) -> Callable[[], np.ndarray]:
    """All mixes from the transforms of the stems."""
    stems, filters = np.load(folder / "stems.npy"), mel_filters(SETTINGS)
    return lambda: log_mels_of_mixes(stems, filters, SETTINGS)


def librosa(folder: Path) -> Callable[[], np.ndarray]:
    """Mix by mix, as one would write it."""
    import librosa

    stems, mixes = np.load(folder / "stems.npy"), mix_targets(4)
    frames = n_frames(N_SAMPLES, SETTINGS.hop_length)

    def work() -> np.ndarray:
        mels = []
        for targets in mixes:
            power = librosa.feature.melspectrogram(
                y=stems[targets == 1].sum(axis=0),
                sr=SETTINGS.sample_rate_hz,
                n_fft=SETTINGS.n_fft,
                hop_length=SETTINGS.hop_length,
                n_mels=SETTINGS.n_mels,
            )[:, :frames]
            mels.append(librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=None))
        return np.stack(mels)

    return work


def check(folder: Path) -> None:
    """To a thousandth of a dB, where librosa's float32 allows it."""
    np.testing.assert_allclose(stemlens(folder)(), librosa(folder)(), atol=2e-3)


COMPARISON = Comparison(
    "Log mel spectrograms of the 15 mixes of a segment of 10 s",
    {OURS: stemlens, "librosa, mix by mix": librosa},
    prepare,
    check,
    targets={"librosa, mix by mix": 3},
    n_calls=10,
)

import librosa
import numpy as np
import pytest
from corpus_files import noise
from stemlens.audio.activity import active_s

RATE_HZ = 22_050
GATE = {"frame_length": 2048, "hop_length": 512, "threshold_db": -60.0}


@pytest.mark.parametrize("threshold_db", [-60.0, -30.0, -20.5, -19.9])
@pytest.mark.parametrize(("frame_length", "hop_length"), [(2048, 512), (1024, 300)])
def test_frames_are_those_of_librosa(
    threshold_db: float, frame_length: int, hop_length: int
) -> None:
    swell = noise(0, 10, sample_rate_hz=RATE_HZ) * np.linspace(0, 1, 10 * RATE_HZ) ** 4
    rms = librosa.feature.rms(y=swell, frame_length=frame_length, hop_length=hop_length)[0]
    whole_hops = len(swell) // hop_length
    expected_s = (rms[:whole_hops] > 10 ** (threshold_db / 20)).sum() * hop_length / RATE_HZ
    found_s = active_s(
        swell,
        sample_rate_hz=RATE_HZ,
        frame_length=frame_length,
        hop_length=hop_length,
        threshold_db=threshold_db,
    )
    assert found_s == pytest.approx(expected_s)
    assert 0 <= found_s < 10


def test_a_burst_is_active_for_its_length_to_within_a_frame() -> None:
    signal = np.zeros(10 * RATE_HZ)
    signal[2 * RATE_HZ : 5 * RATE_HZ] = 0.5
    assert active_s(signal, sample_rate_hz=RATE_HZ, **GATE) == pytest.approx(3, abs=2048 / RATE_HZ)


def test_silence_is_never_active_and_noise_always() -> None:
    signals = np.stack([np.zeros(10 * RATE_HZ), noise(0, 10, sample_rate_hz=RATE_HZ)])
    silent_s, noisy_s = active_s(signals, sample_rate_hz=RATE_HZ, **GATE)
    assert silent_s == 0
    assert 10 - 512 / RATE_HZ < noisy_s <= 10


@pytest.mark.parametrize(("below_db", "is_active"), [(0.1, True), (0, False), (-0.1, False)])
def test_what_is_active_has_an_rms_level_above_the_threshold(
    below_db: float,
    is_active: bool,  # noqa: FBT001
) -> None:
    gate = {**GATE, "threshold_db": -below_db}
    assert (active_s(np.ones(RATE_HZ), sample_rate_hz=RATE_HZ, **gate) > 0.9) == is_active


def test_several_thresholds_at_once_give_what_each_gives_alone() -> None:
    ramp = noise(0, 3, sample_rate_hz=RATE_HZ) * np.linspace(0, 1, 3 * RATE_HZ)
    signals = np.stack([ramp, 0.1 * ramp])
    thresholds_db = [-50.3, -20, -35.7]
    at_once_s = active_s(signals, sample_rate_hz=RATE_HZ, **{**GATE, "threshold_db": thresholds_db})
    assert at_once_s.shape == (3, 2)
    for threshold_db, found_s in zip(thresholds_db, at_once_s, strict=True):
        gate = {**GATE, "threshold_db": threshold_db}
        np.testing.assert_array_equal(found_s, active_s(signals, sample_rate_hz=RATE_HZ, **gate))
    assert (at_once_s[0] > at_once_s[2]).all()


def test_thresholds_at_once_are_exact_to_the_last_bit() -> None:
    one = {"sample_rate_hz": 1, "frame_length": 1, "hop_length": 1}
    thresholds_db = [level_db / 10 for level_db in range(-1200, 1)]
    # Signals of one frame each, whose mean square lies at the threshold or next to it.
    signals = np.sqrt([[10 ** (level_db / 10)] for level_db in thresholds_db])
    is_active = active_s(signals, **one, threshold_db=thresholds_db) > 0
    expected = [x * x > 10 ** (t / 10) for (x,), t in zip(signals, thresholds_db, strict=True)]
    np.testing.assert_array_equal(np.diag(is_active), expected)


def test_a_signal_shorter_than_a_hop_is_not_active() -> None:
    assert active_s(np.ones(100), sample_rate_hz=RATE_HZ, **GATE) == 0

from dataclasses import replace

import h5py
import numpy as np
import pytest
from corpus_files import needs_real_songs, noise, real_song
from librosa_mel import librosa_log_mel
from stemlens.audio.mel import demand_signal, log_mels_of_mixes
from stemlens.audio.mel_filters import (
    band_centres_hz,
    mel_filters,
    read_band_centres_hz,
    read_filters,
    write_filters,
)
from stemlens.audio.mel_settings import MelSettings, bands_without_bin, n_frames
from stemlens.audio.mixes import chosen_mixes, mix_targets
from stemlens.corpora.stems import read_stems
from stemlens.errors import InputError

RATE_HZ = 22_050
SETTINGS = MelSettings(
    sample_rate_hz=RATE_HZ,
    n_fft=2048,
    hop_length=735,
    n_mels=80,
    f_min_hz=0,
    f_max_hz=RATE_HZ / 2,
    floor_db=-100,
)


OTHER_SETTINGS = MelSettings(
    sample_rate_hz=16_000,
    n_fft=1024,
    hop_length=400,
    n_mels=30,
    f_min_hz=200,
    f_max_hz=6000,
    floor_db=-25,
)


def assert_equals_librosa(stems: np.ndarray, settings: MelSettings = SETTINGS) -> None:
    mels = log_mels_of_mixes(stems, mel_filters(settings), settings)
    targets = mix_targets(len(stems))
    assert mels.shape == (2 ** len(stems) - 1, settings.n_mels, 300)
    for target, mel in zip(targets, mels, strict=True):
        mix = stems[target.astype(bool)].sum(axis=0)
        np.testing.assert_allclose(mel, librosa_log_mel(mix, settings), atol=1e-3)


def noises(n_classes: int, duration_s: float) -> np.ndarray:
    levels = np.logspace(0, -3, n_classes)[:, None]
    stems = [noise(c, duration_s, sample_rate_hz=RATE_HZ) for c in range(n_classes)]
    return (np.stack(stems) * levels).astype(np.float32)


@needs_real_songs
@pytest.mark.parametrize(("split", "name"), [("test", "Punk"), ("train", "Beatles")])
def test_all_mixes_of_real_stems_equal_librosa_on_the_summed_signal(split: str, name: str) -> None:
    stems = read_stems(
        real_song(split, name), ["drums", "bass", "vocals", "other"], sample_rate_hz=RATE_HZ
    )
    assert_equals_librosa(stems[:, 10 * RATE_HZ : 20 * RATE_HZ])


@pytest.mark.parametrize("n_classes", [1, 2, 3, 5])
def test_all_mixes_of_any_number_of_stems_equal_librosa(n_classes: int) -> None:
    assert_equals_librosa(noises(n_classes, duration_s=10))


def test_chosen_mixes_of_ten_stems_equal_librosa() -> None:
    stems = noises(10, duration_s=1)
    targets = chosen_mixes(10, most=20, seed=0)
    mels = log_mels_of_mixes(stems, mel_filters(SETTINGS), SETTINGS, targets)
    for target, mel in zip(targets, mels, strict=True):
        mix = stems[target.astype(bool)].sum(axis=0)
        np.testing.assert_allclose(mel, librosa_log_mel(mix, SETTINGS), atol=1e-3)


def test_every_setting_has_the_meaning_that_it_has_in_librosa() -> None:
    stems = np.stack([noise(c, 7.5, sample_rate_hz=16_000) for c in range(2)])
    stems *= np.linspace(0, 1, stems.shape[1], dtype=np.float32)  # Begins below the floor.
    assert_equals_librosa(stems, OTHER_SETTINGS)


@pytest.mark.parametrize("n_fft", [511, 777, 1023, 2047, 2, 3])
def test_a_transform_of_any_length_equals_librosas(n_fft: int) -> None:
    settings = replace(SETTINGS, n_fft=n_fft, n_mels=min(20, n_fft // 2), floor_db=-200)
    stems = np.stack([noise(c, 10, sample_rate_hz=RATE_HZ) for c in range(2)])
    assert_equals_librosa(stems, settings)


def settings_at_random(seed: int) -> MelSettings:
    rng = np.random.default_rng(seed)
    rate_hz = int(rng.choice([8000, 16_000, 22_050, 44_100, 48_000]))
    return MelSettings(
        sample_rate_hz=rate_hz,
        n_fft=int(rng.choice([64, 127, 256, 512, 777, 1024, 2047, 2048])),
        hop_length=100,
        n_mels=int(rng.integers(1, 300)),
        f_min_hz=float(rng.choice([0, rng.uniform(0, 2000)])),
        f_max_hz=float(rng.choice([rate_hz / 2, rng.uniform(2500, rate_hz / 2)])),
        floor_db=-100,
    )


@pytest.mark.parametrize("seed", range(200))
@pytest.mark.filterwarnings("ignore:Empty filters detected")
def test_bands_without_a_bin_are_those_whose_filter_is_empty_in_librosa(seed: int) -> None:
    settings = settings_at_random(seed)
    # What reaches a bin by rounding alone, as at f_min or half the sample rate, is empty as well.
    empty = np.flatnonzero(mel_filters(settings).max(axis=1) < 1e-12)
    assert bands_without_bin(settings) == empty.tolist()


@pytest.mark.filterwarnings("ignore:Empty filters detected")
def test_256_bands_of_a_transform_of_512_samples_are_not_all_reached() -> None:
    settings = replace(SETTINGS, n_fft=512, n_mels=256)
    noise_mel = log_mels_of_mixes(noise(0, 1)[None], mel_filters(settings), settings)[0]
    constant = np.flatnonzero((noise_mel == settings.floor_db).all(axis=1))
    assert len(constant) > 10
    assert bands_without_bin(settings) == constant.tolist()
    assert bands_without_bin(SETTINGS) == []


def test_a_silent_stem_changes_no_mix() -> None:
    loud = noise(0, 10, sample_rate_hz=RATE_HZ)
    mels = log_mels_of_mixes(np.stack([loud, 0 * loud]), mel_filters(SETTINGS), SETTINGS)
    assert (mels[1] == SETTINGS.floor_db).all()
    np.testing.assert_allclose(mels[2], mels[0], atol=1e-5)


def test_stems_in_antiphase_cancel_to_the_floor() -> None:
    loud = noise(0, 10, sample_rate_hz=RATE_HZ)
    mels = log_mels_of_mixes(np.stack([loud, -loud]), mel_filters(SETTINGS), SETTINGS)
    assert (mels[2] == SETTINGS.floor_db).all()


@pytest.mark.parametrize(("duration_s", "hop_length"), [(10, 735), (6, 441)])
def test_a_segment_has_300_frames(duration_s: int, hop_length: int) -> None:
    assert n_frames(duration_s * RATE_HZ, hop_length) == 300


def test_an_open_upper_end_is_half_the_sample_rate() -> None:
    plain = {
        "n_fft": 2048,
        "hop_length": 735,
        "n_mels": 80,
        "f_min_hz": 0,
        "f_max_hz": None,
        "floor_db": -100,
    }
    assert MelSettings.from_settings(RATE_HZ, plain) == SETTINGS


@pytest.mark.parametrize(("settings", "band"), [(SETTINGS, 40), (OTHER_SETTINGS, 15)])
def test_a_tone_is_loudest_in_the_band_whose_centre_is_nearest(
    settings: MelSettings, band: int
) -> None:
    centres_hz = band_centres_hz(settings)
    assert len(centres_hz) == settings.n_mels
    time_s = np.arange(300 * settings.hop_length) / settings.sample_rate_hz
    tone = np.sin(2 * np.pi * centres_hz[band] * time_s)
    mels = log_mels_of_mixes(tone[None], mel_filters(settings), settings)
    assert (mels[0, :, 10:290].argmax(axis=0) == band).all()


def test_filters_and_centres_are_read_as_they_were_computed(tmp_path) -> None:
    write_filters(tmp_path / "filters.h5", OTHER_SETTINGS)
    np.testing.assert_array_equal(
        read_filters(tmp_path / "filters.h5"), mel_filters(OTHER_SETTINGS)
    )
    np.testing.assert_array_equal(
        read_band_centres_hz(tmp_path / "filters.h5"), band_centres_hz(OTHER_SETTINGS)
    )
    with h5py.File(tmp_path / "filters.h5") as file:
        assert set(file) == {"filters", "centre_hz"}


def test_a_spectrogram_needs_something_above_the_floor() -> None:
    mel = np.full((3, 4), SETTINGS.floor_db, np.float32)
    with pytest.raises(InputError, match=r"^song: nothing .* -100 dB; .*lower mel\.floor_db"):
        demand_signal(mel, SETTINGS, "song")
    mel[1, 2] += 1
    demand_signal(mel, SETTINGS, "song")

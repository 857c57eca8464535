import numpy as np
import pytest
from corpus_files import needs_real_songs, noise, real_song
from librosa_mel import librosa_log_mel
from stemlens.audio.mel import log_mels_of_mixes
from stemlens.audio.mel_filters import mel_filters
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mixes import chosen_mixes, mix_targets
from stemlens.corpora.stems import read_stems
from stemlens.keeps.gained_mixes import gained_mixes

RATE_HZ = 22_050
CLASSES = ["drums", "bass", "vocals", "rest"]
GAINS_DB = [-30, -6, 0, 12]
MEL = MelSettings(RATE_HZ, 2048, 735, 80, 0, RATE_HZ / 2, -100)


def assert_equals_summed_waveforms(stems: np.ndarray) -> None:
    items, amplitudes = gained_mixes(CLASSES, mix_targets(4), GAINS_DB)
    mels = log_mels_of_mixes(stems, mel_filters(MEL), MEL, amplitudes)
    for row in items.index[items["class"] != ""]:
        name, gain_db = items.loc[row, ["class", "gain_db"]]
        scaled = [
            stem * (10 ** (gain_db / 20) if other == name else 1)
            for other, stem in zip(CLASSES, stems, strict=True)
        ]
        expected = librosa_log_mel(np.sum(scaled, axis=0), MEL)
        np.testing.assert_allclose(mels[row], expected, atol=1e-3)


def test_spectrograms_of_gained_mixes_equal_those_of_summed_waveforms():
    stems = [
        noise(c, 3, sample_rate_hz=RATE_HZ) * level for c, level in enumerate([1, 0.3, 0.1, 1])
    ]
    assert_equals_summed_waveforms(np.stack(stems).astype(np.float32))


@needs_real_songs
def test_spectrograms_of_gained_mixes_of_real_stems_equal_those_of_summed_waveforms():
    names = ["drums", "bass", "vocals", "other"]
    stems = read_stems(real_song("test", "Punk"), names, sample_rate_hz=RATE_HZ)
    assert_equals_summed_waveforms(stems[:, 10 * RATE_HZ : 14 * RATE_HZ])


def test_a_gain_of_0_db_is_the_mix_of_all_classes():
    items, amplitudes = gained_mixes(CLASSES, mix_targets(4), [0])
    np.testing.assert_array_equal(amplitudes[items["gain_db"] == 0], np.ones((4, 4)))


def test_references_come_first_with_their_classes_and_without_a_gain():
    items, amplitudes = gained_mixes(["a", "b"], mix_targets(2), [-20.0])
    assert items["mix"].tolist() == ["a", "b", "a+b", "a+b", "a+b"]
    assert items["class"].tolist() == ["", "", "", "a", "b"]
    assert items["gain_db"].isna().tolist() == [True] * 3 + [False] * 2
    np.testing.assert_allclose(amplitudes[3:], [[0.1, 1], [1, 0.1]])


@pytest.mark.parametrize("n_classes", [2, 4, 7, 10])
def test_references_hold_each_class_alone_and_every_mix_without_one_exactly_once(n_classes):
    classes = [f"class{number}" for number in range(n_classes)]
    targets = chosen_mixes(n_classes, most=64, seed=0)
    items, amplitudes = gained_mixes(classes, targets, [-6])
    references = items.loc[items["class"] == "", "mix"].tolist()
    assert len(references) == len(set(references))
    for name in classes:
        assert name in references
        assert "+".join(other for other in classes if other != name) in references
    np.testing.assert_array_equal(amplitudes[: len(targets)], targets)

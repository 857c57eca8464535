import logging

import h5py
import numpy as np
import pandas as pd
import pytest
import soundfile
from join_split import main as join_split
from mel_splits import MEL, random_mels, write_song
from stemlens.audio.excerpts import excerpt_starts_s
from stemlens.audio.mel import log_mels_of_mixes
from stemlens.audio.mel_filters import read_filters, write_filters
from stemlens.audio.mel_store import write_mels
from stemlens.audio.same_audio import find_same_audio
from stemlens.corpora.recording import read_recording
from stemlens.errors import InputError
from stemlens.target_type import SINGLE_LABEL


def written(path, song, mels):
    write_song(path, song, mels.astype(np.float32), rng=np.random.default_rng(0))
    return str(path)


@pytest.fixture
def corpus(tmp_path):
    """Two songs of each split, three segments each."""
    return {
        split: [
            written(tmp_path / split / f"{name}.h5", name, random_mels(3, seed=10 * n + m))
            for m, name in enumerate(names)
        ]
        for n, (split, names) in enumerate({"train": "AB", "test": "CD"}.items())
    }


def copy_of(segment, seed=0):
    """A song of which one segment, its second, is the given one of song A."""
    mels = random_mels(3, seed=50 + seed)
    mels[1] = random_mels(3, seed=0)[segment]
    return mels


def test_songs_that_differ_share_nothing(corpus):
    assert find_same_audio(corpus).empty


def test_songs_that_share_a_segment_are_found_whatever_their_name_and_wherever_it_stands(
    corpus, tmp_path
):
    corpus["test"].append(written(tmp_path / "other.h5", "other", copy_of(2)))
    (pair,) = find_same_audio(corpus).itertuples(index=False)
    assert tuple(pair) == ("train", "A", "test", "other", 20, 10)


@pytest.mark.parametrize(("noise_db", "is_same"), [(1e-4, True), (0.5, True), (3, False)])
def test_rounding_makes_no_other_recording_but_noise_does(corpus, tmp_path, noise_db, is_same):
    mels = random_mels(3, seed=0)
    mels += np.random.default_rng(9).normal(0, noise_db, mels.shape)
    corpus["test"].append(written(tmp_path / "other.h5", "other", mels))
    assert len(find_same_audio(corpus)) == is_same


def test_one_level_throughout_is_not_the_same_audio(corpus, tmp_path):
    """Digital silence lies at the floor in every band."""
    silent = random_mels(2, seed=77)
    silent[0] = MEL.floor_db
    for split in corpus:
        corpus[split].append(written(tmp_path / f"{split}.h5", f"silent {split}", silent[:1]))
    assert find_same_audio(corpus).empty


def test_a_segment_that_comes_twice_in_a_song_is_no_other_song(corpus, tmp_path):
    loop = random_mels(1, seed=77).repeat(3, axis=0)
    corpus["test"].append(written(tmp_path / "loop.h5", "loop", loop))
    assert find_same_audio(corpus).empty


def test_a_song_without_a_segment_is_like_no_other(corpus, tmp_path):
    for name in ("none", "none either"):
        corpus["test"].append(written(tmp_path / f"{name}.h5", name, random_mels(0, seed=0)))
    assert find_same_audio(corpus).empty
    assert find_same_audio({"test": corpus["test"][2:]}).empty


def joined(corpus, tmp_path, split):
    train = str(tmp_path / "train.h5")
    join_split(corpus["train"], train, split="train")
    if split == "test":
        join_split(corpus["test"], str(tmp_path / "test.h5"), split="test", train=train)


@pytest.mark.parametrize(
    ("seed", "same"), [(0, "'A' (train split, from 0 s)"), (10, "'C' (test split, from 0 s)")]
)
def test_a_test_song_that_is_there_before_is_refused_and_both_are_named(
    corpus, tmp_path, seed, same
):
    """In the training split, or in the test split, where it would count twice."""
    corpus["test"].append(written(tmp_path / "other.h5", "other", random_mels(3, seed=seed)))
    with pytest.raises(InputError) as error:
        joined(corpus, tmp_path, "test")
    assert f"{same} and 'other' (test split, from 0 s)" in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "test.h5").exists()


def test_many_such_songs_are_counted_and_all_in_the_log(corpus, tmp_path, caplog):
    for number in range(5):
        path = tmp_path / f"copy{number}.h5"
        corpus["test"].append(written(path, f"copy {number}", copy_of(0, seed=number)))
    with (
        caplog.at_level(logging.WARNING, "stemlens"),
        pytest.raises(InputError, match="and 12 more, see the log"),
    ):
        joined(corpus, tmp_path, "test")
    assert len(caplog.records) == 5 + 10


def test_a_training_song_that_is_there_twice_is_a_warning(corpus, tmp_path, caplog):
    corpus["train"].append(written(tmp_path / "other.h5", "other", random_mels(3, seed=0)))
    with caplog.at_level(logging.WARNING, "stemlens"):
        joined(corpus, tmp_path, "test")
    (record,) = caplog.records
    assert "'A' (train split, from 0 s) and 'other' (train split" in record.getMessage()
    assert (tmp_path / "test.h5").exists()


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_the_same_samples_in_another_container_are_the_same_audio(tmp_path, suffix):
    """A recording of a mood corpus as 16-bit WAV, and again as WAV or FLAC."""
    rng = np.random.default_rng(0)
    write_filters(tmp_path / "filters.h5", MEL)
    filters = read_filters(tmp_path / "filters.h5")
    sounds = {name: rng.uniform(-0.5, 0.5, 5 * 44_100) for name in ("one", "two")}
    files = {"train": ("one", ".wav"), "test": ("one", suffix), "other": ("two", suffix)}
    found = {}
    for split, (name, ending) in files.items():
        path = tmp_path / f"{split}{ending}"
        soundfile.write(path, sounds[name], 44_100, subtype="PCM_16")
        signal = read_recording(path, sample_rate_hz=MEL.sample_rate_hz)
        (start_s,) = excerpt_starts_s(5.0, duration_s=2, n_excerpts=1, position="centre")
        first = round(start_s * MEL.sample_rate_hz)
        excerpt = signal[None, first : first + 2 * MEL.sample_rate_hz]
        mels = log_mels_of_mixes(excerpt, filters, MEL)[None]
        found[split] = [tmp_path / f"{split}.h5"]
        write_mels(
            found[split][0],
            mels,
            np.ones((1, 1, 1), np.uint8),
            segments=pd.DataFrame({"song": [split], "segment": [0], "start_s": [start_s]}),
            classes=["Q1"],
            target_type=SINGLE_LABEL,
            settings=MEL,
        )
        with h5py.File(found[split][0]) as file:
            assert np.ptp(file["mel"][:]) > 0
    (pair,) = find_same_audio(found).itertuples(index=False)
    assert {pair.song_a, pair.song_b} == {"train", "test"}


@pytest.mark.parametrize("shift_db", [0.4, 0.9])
def test_a_copy_that_differs_a_little_everywhere_is_found(corpus, tmp_path, shift_db):
    """As MP3 from WAV, or one sample rate from another: up to 0.5 dB on average."""
    rng = np.random.default_rng(0)
    mels = copy_of(1)
    mels[1] += shift_db * rng.choice([-1, 1], mels[1].shape)
    found = find_same_audio({**corpus, "more": [written(tmp_path / "copy.h5", "copy", mels)]})
    assert {*found["song_a"], *found["song_b"]} == {"A", "copy"}


def test_excerpts_that_are_silent_most_of_the_time_are_not_alike(tmp_path):
    files = []
    for seed in (0, 1):
        mels = random_mels(1, seed=seed)
        mels[..., 5:] = mels.min()
        files.append(written(tmp_path / f"{seed}.h5", f"song {seed}", mels))
    assert find_same_audio({"train": files}).empty

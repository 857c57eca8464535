import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mel_store import (
    read_attributes,
    read_examples,
    read_targets,
    spectrogram_batches,
    write_mels,
    write_split,
)
from stemlens.audio.mixes import mix_targets
from stemlens.audio.segment_table import read_segment_table
from stemlens.errors import InputError
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL

CLASSES = ["drums", "bass"]
SETTINGS = MelSettings(22_050, 2048, 735, 8, 0.0, 11_025.0, -100.0)


def write(
    path: Path,
    mels: np.ndarray,
    targets: np.ndarray,
    segments: pd.DataFrame,
    target_type: str = MULTI_LABEL,
) -> None:
    write_mels(
        path,
        mels,
        targets,
        segments=segments,
        classes=CLASSES,
        target_type=target_type,
        settings=SETTINGS,
    )


def write_song(folder: Path, song: str, n_segments: int) -> tuple[Path, np.ndarray]:
    mels = (
        np.random.default_rng(ord(song[0])).normal(size=(n_segments, 3, 8, 20)).astype(np.float32)
    )
    segments = pd.DataFrame(
        {
            "song": song,
            "segment": np.arange(n_segments) * 2,
            "start_s": np.arange(n_segments) * 20.0,
            "active_s_drums": np.linspace(5, 9, n_segments),
            "active_s_bass": np.linspace(10, 6, n_segments),
        }
    )
    path = folder / "train" / f"{song[:2].strip()}.h5"
    write(path, mels, np.tile(mix_targets(2), (n_segments, 1, 1)), segments)
    return path, mels


@pytest.fixture
def split(tmp_path: Path) -> tuple[Path, np.ndarray]:
    """A split of three songs, the second without a segment."""
    files, mels = zip(
        *[write_song(tmp_path, song, n) for song, n in (("Ä <b>", 2), ("none", 0), ("last", 3))],
        strict=True,
    )
    write_split(tmp_path / "train.h5", files, split="train")
    return tmp_path / "train.h5", np.concatenate(mels)


def test_a_split_holds_every_mix_of_every_song_in_order(split: tuple[Path, np.ndarray]) -> None:
    path, mels = split
    examples = read_examples(path)
    np.testing.assert_array_equal(examples.mels, mels.reshape(15, 8, 20))
    np.testing.assert_array_equal(examples.targets, np.concatenate([mix_targets(2)] * 5))
    np.testing.assert_array_equal(examples.targets, read_targets(path))
    assert examples.target_type == MULTI_LABEL


def test_a_split_refers_to_its_songs_without_a_copy(split: tuple[Path, np.ndarray]) -> None:
    path, _ = split
    with h5py.File(path) as file:
        assert file["mel"].is_virtual
        assert file["mel"].shape == (5, 3, 8, 20)


def test_some_segments_can_be_read_alone(split: tuple[Path, np.ndarray]) -> None:
    path, mels = split
    examples = read_examples(path, np.array([False, True, False, False, True]))
    np.testing.assert_array_equal(examples.mels, mels[[1, 4]].reshape(6, 8, 20))
    np.testing.assert_array_equal(examples.targets, np.concatenate([mix_targets(2)] * 2))


def test_single_mixes_of_chosen_segments_can_be_read(split: tuple[Path, np.ndarray]) -> None:
    path, mels = split
    rows, mixes = [4, 0, 0, 2, 1], [1, 2, 0, 0, 1]
    batches = list(spectrogram_batches(path, rows, mixes, batch_size=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    np.testing.assert_array_equal(np.concatenate(batches), mels[rows, mixes])


def test_the_segment_table_says_where_each_segment_comes_from(
    split: tuple[Path, np.ndarray],
) -> None:
    table = read_segment_table(split[0])
    assert list(table["song"]) == ["Ä <b>", "Ä <b>", "last", "last", "last"]
    assert list(table["segment"]) == [0, 2, 0, 2, 4]
    assert list(table["start_s"]) == [0, 20, 0, 20, 40]
    assert list(table["active_s_bass"]) == [10, 6, 10, 8, 6]


def test_classes_and_settings_are_kept(split: tuple[Path, np.ndarray]) -> None:
    assert read_attributes(split[0]) == (CLASSES, MULTI_LABEL, SETTINGS)


def test_a_split_can_be_moved_with_its_songs(
    split: tuple[Path, np.ndarray], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, mels = split
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "mel"
    shutil.move(path.parent, elsewhere)
    examples = read_examples(elsewhere / "train.h5")
    np.testing.assert_array_equal(examples.mels, mels.reshape(15, 8, 20))


def test_a_song_that_has_gone_missing_is_an_error_not_silence(
    split: tuple[Path, np.ndarray],
) -> None:
    path, _ = split
    (path.parent / "train" / "la.h5").unlink()
    gone = "mel spectrograms of song 'last' are missing"
    with pytest.raises(InputError, match=gone):
        read_examples(path)
    with pytest.raises(InputError, match=gone):
        list(spectrogram_batches(path, [0, 3], [0, 2], batch_size=1))
    (batch,) = spectrogram_batches(path, [0, 1], [0, 2], batch_size=2)
    assert batch.shape == (2, 8, 20)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_finite_number_is_never_stored(tmp_path: Path, value: float) -> None:
    path, mels = write_song(tmp_path, "Ann", 2)
    stored = path.read_bytes()
    mels[1, 2, 3, 4] = value
    segments = pd.DataFrame({"song": ["Ann", "Bea"], "segment": 0, "start_s": 0.0})
    with pytest.raises(InputError, match="mel spectrograms of song 'Bea': 1 of 480 values are NaN"):
        write(path, mels, np.tile(mix_targets(2), (2, 1, 1)), segments)
    assert path.read_bytes() == stored


def test_a_split_without_any_segment_is_an_error_that_names_it(tmp_path: Path) -> None:
    files = [write_song(tmp_path, song, 0)[0] for song in ("a", "bb")]
    with pytest.raises(InputError, match="split test: none of its 2 songs or shards has a seg"):
        write_split(tmp_path / "test.h5", files, split="test")
    assert not (tmp_path / "test.h5").exists()


def test_a_split_without_a_class_is_an_error_that_names_both(tmp_path: Path) -> None:
    files = []
    for number in (0, 1):
        files.append(tmp_path / f"shard-{number}.h5")
        write(
            files[-1],
            np.zeros((number, 1, 8, 20), np.float32),
            np.tile(np.array([[[1, 0]]], np.uint8), (number, 1, 1)),
            pd.DataFrame({"song": ["a"], "segment": 0, "start_s": 0.0})[:number],
            SINGLE_LABEL,
        )
    with pytest.raises(InputError, match=rf"^split test: none .* is of {CLASSES[1]}; .*mood/test/"):
        write_split(tmp_path / "test.h5", files, split="test")
    assert not (tmp_path / "test.h5").exists()


def test_recordings_of_one_class_each_keep_it_through_the_split(tmp_path: Path) -> None:
    """A shard of recordings: segments of one mix, without stems, each with a target of its own."""
    files, targets = [], np.eye(2, dtype=np.uint8)[[0, 1, 1, 0]]
    mels = np.random.default_rng(0).normal(size=(4, 1, 8, 20)).astype(np.float32)
    for shard, rows in (("a", [0, 1, 2]), ("b", [3])):
        songs = [f"{shard}{row}" for row in rows]
        segments = pd.DataFrame({"song": songs, "segment": 0, "start_s": 2.5})
        files.append(tmp_path / "train" / f"{shard}.h5")
        write(files[-1], mels[rows], targets[rows, None], segments, SINGLE_LABEL)
    write_split(tmp_path / "train.h5", files, split="train")
    examples = read_examples(tmp_path / "train.h5", np.array([False, True, True, True]))
    np.testing.assert_array_equal(examples.mels, mels[1:, 0])
    np.testing.assert_array_equal(examples.targets, targets[1:])
    assert examples.target_type == SINGLE_LABEL
    table = read_segment_table(tmp_path / "train.h5")
    assert list(table) == ["song", "segment", "start_s"]
    assert list(table["song"]) == ["a0", "a1", "a2", "b3"]

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpus_files import needs_real_songs, noise, real_song
from stemlens.audio.segment_store import read_segment, write_segments
from stemlens.audio.segments import SegmentSettings, candidate_segments
from stemlens.corpora.stems import read_stems
from stemlens.errors import InputError

RATE_HZ = 22_050
CLASSES = ["drums", "bass", "vocals", "rest"]
STEMS = ["drums", "bass", "vocals", "other"]
FRAMES = {"frame_length": 2048, "hop_length": 512}


def candidates(
    stems: np.ndarray,
    classes: list[str] = CLASSES,
    threshold_db: float = -60,
    *,
    rate_hz: int = RATE_HZ,
    duration_s: float = 10,
    min_active_s: float = 5,
    **frames: int,
) -> pd.DataFrame:
    settings = SegmentSettings(rate_hz, duration_s, min_active_s, **(FRAMES | frames))
    (rows,) = candidate_segments(stems, classes, [threshold_db], settings)
    return pd.DataFrame(rows)


def two_classes(duration_s: float) -> np.ndarray:
    return np.stack([noise(seed, duration_s, sample_rate_hz=RATE_HZ) for seed in (0, 1)])


@needs_real_songs
@pytest.mark.parametrize(
    ("split", "name", "n_kept"),
    [
        ("train", "Beatles", 3),
        ("train", "Britpop", 3),
        ("train", "Grunge", 4),
        ("train", "Rockabilly", 2),
        ("train", "Shadows", 0),
        ("test", "Punk", 2),
        ("test", "Hendrix", 1),
        ("test", "Rock", 1),
        ("test", "Zeppelin", 0),
    ],
)
def test_real_songs_yield_the_expected_segments(split: str, name: str, n_kept: int) -> None:
    stems = read_stems(real_song(split, name), STEMS, sample_rate_hz=RATE_HZ)
    assert candidates(stems)["kept"].sum() == n_kept


@needs_real_songs
def test_a_higher_threshold_drops_a_segment_of_a_real_song() -> None:
    stems = read_stems(real_song("test", "Punk"), STEMS, sample_rate_hz=RATE_HZ)
    assert candidates(stems, threshold_db=-50)["kept"].sum() == 1


def test_segments_do_not_overlap_and_the_tail_is_dropped() -> None:
    table = candidates(two_classes(39.9), ["a", "b"])
    assert list(table["segment"]) == [0, 1, 2]
    assert list(table["start_s"]) == [0, 10, 20]
    assert table["kept"].all()
    assert (table["reason"] == "").all()


def test_a_dropped_segment_says_which_class_plays_for_how_long() -> None:
    stems = two_classes(20)
    stems[1, : 6 * RATE_HZ] = 0
    table = candidates(stems, ["a", "b"])
    assert list(table["kept"]) == [False, True]
    assert table["reason"][0].startswith("b active 4.0")
    assert table["reason"][0].endswith(" s < 5 s")
    assert table["active_s_b"][0] == pytest.approx(4, abs=0.1)


def test_a_reason_names_every_class_that_plays_too_short() -> None:
    rate_hz = 16_384  # A hop of 512 samples is 1/32 s exactly.
    stems = np.zeros((2, 10 * rate_hz))
    stems[0, : 4 * rate_hz] = 0.5
    table = candidates(stems, ["a", "b"], rate_hz=rate_hz)
    # The frames of 2048 samples around 0, 512, … 66 048 reach the first 65 536 samples: 130.
    assert table["active_s_a"][0] == 130 / 32
    assert table["reason"][0] == "a active 4.06 s < 5 s; b active 0.00 s < 5 s"


def test_a_class_that_plays_for_exactly_the_least_time_is_enough() -> None:
    stems = np.full((1, 10 * 16_384), 0.5)
    table = candidates(stems, ["a"], rate_hz=16_384, min_active_s=10)
    assert table["active_s_a"][0] == 10
    assert table["kept"][0]


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("hop_length", [300, 441, 512, 1000])
@pytest.mark.parametrize("min_active_s", [9.9999, 10])
def test_a_class_that_always_plays_is_active_for_the_whole_segment(
    rate_hz: int, hop_length: int, min_active_s: float
) -> None:
    """Whole hops do not fill every segment: 430 hops of 512 samples at 22 050 Hz last 9.985 s."""
    always = noise(0, 20, sample_rate_hz=rate_hz)
    mostly = always.copy()
    mostly[: round(0.3 * rate_hz)] = 0
    table = candidates(
        np.stack([always, mostly]),
        ["always", "mostly"],
        rate_hz=rate_hz,
        min_active_s=min_active_s,
        frame_length=1024,
        hop_length=hop_length,
    )
    assert list(table["kept"]) == [False, True]
    assert table["reason"][0].startswith("mostly active 9.")
    assert (table["active_s_always"] <= 10).all()


def test_a_segment_without_a_frame_has_nothing_that_always_plays() -> None:
    table = candidates(
        np.ones((1, 1000)),
        ["a"],
        rate_hz=1000,
        duration_s=1,
        min_active_s=0.5,
        frame_length=100,
        hop_length=1001,
    )
    assert list(table["kept"]) == [False]


def test_a_song_shorter_than_a_segment_has_one_row_that_is_not_kept() -> None:
    table = candidates(two_classes(7), ["a", "b"])
    assert list(table["kept"]) == [False]
    assert table["reason"][0] == "its stems last 7.00 s together, less than a segment of 10 s"


def test_files_hold_the_samples_of_their_segment_exactly(tmp_path: Path) -> None:
    stems = two_classes(30) * 20  # beyond full scale
    rows = candidates(stems, ["a", "b"]).assign(kept=[True, False, True]).to_dict("records")
    write_segments(tmp_path, stems, ["a", "b"], rows, sample_rate_hz=RATE_HZ, duration_s=10)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["000-a.wav", "000-b.wav", "002-a.wav", "002-b.wav"]
    samples, rate_hz = soundfile.read(tmp_path / "002-b.wav", dtype="float32")
    assert rate_hz == RATE_HZ
    np.testing.assert_array_equal(samples, stems[1, 20 * RATE_HZ :])
    read, rate_hz = read_segment(tmp_path, 2, ["b", "a"])
    np.testing.assert_array_equal(read, stems[::-1, 20 * RATE_HZ :])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_no_finite_numbers_are_named_and_leave_no_file(
    tmp_path: Path, value: float
) -> None:
    stems = two_classes(30)
    rows = candidates(stems, ["a", "b"]).to_dict("records")
    stems[1, 25 * RATE_HZ] = value
    with pytest.raises(InputError, match=r"b from 20 s on: 1 of .* are NaN or infinite"):
        write_segments(
            tmp_path / "song", stems, ["a", "b"], rows, sample_rate_hz=RATE_HZ, duration_s=10
        )
    assert list(tmp_path.iterdir()) == []


def test_a_song_without_a_segment_has_an_empty_folder_even_where_files_stood(
    tmp_path: Path,
) -> None:
    stems = np.zeros((2, 10 * RATE_HZ), np.float32)
    folder = tmp_path / "song"
    folder.mkdir()
    (folder / "000-a.wav").touch()
    rows = candidates(stems, ["a", "b"]).to_dict("records")
    write_segments(folder, stems, ["a", "b"], rows, sample_rate_hz=RATE_HZ, duration_s=10)
    assert list(folder.iterdir()) == []

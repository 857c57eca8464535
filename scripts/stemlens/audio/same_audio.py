"""Songs that are the same recording, whatever they are called and wherever they lie.

What is compared are the spectrograms of their segments, which change little where a file is copied,
renamed, resampled or encoded anew.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from scipy.spatial import KDTree

TOLERANCE_DB = 1.0
"""Mean difference up to which two spectrograms are of the same recording.

Copies at another sample rate or encoded anew differ by less than 0.5 dB, different songs by more
than 5.
"""

SONGS = ["split_a", "song_a", "split_b", "song_b"]


def find_same_audio(files_of_split: Mapping[str, Sequence[str | Path]]) -> pd.DataFrame:
    """Find songs that share a segment.

    Parameters
    ----------
    files_of_split
        Name of a split → its HDF5 files, see `stemlens.audio.mel_store`.

    Returns
    -------
    DataFrame
        A row per pair of songs: ``split_a``, ``song_a``, ``split_b``, ``song_b``, and where the
        first segment that they share begins in each, ``start_s_a`` and ``start_s_b``. A segment
        of one level in all bands and frames, such as digital silence, is like no other.
    """
    segments = pd.DataFrame(
        [
            {"split": split, **segment}
            for split, files in files_of_split.items()
            for file in files
            for segment in _segments_with_sound(file)
        ]
    )
    if segments.empty:
        return pd.DataFrame(columns=[*SONGS, "start_s_a", "start_s_b"])
    # A difference of mean levels is no larger than the mean of differences: nothing is missed.
    levels_db = np.stack(segments.pop("levels_db").to_list())
    furthest = TOLERANCE_DB * levels_db.shape[1]
    close = KDTree(levels_db).query_pairs(furthest, p=1, output_type="ndarray")
    first, second = (
        segments.iloc[close[:, end]].reset_index(drop=True).add_suffix(suffix)
        for end, suffix in enumerate(("_a", "_b"))
    )
    pairs = pd.concat([first, second], axis=1)
    is_one_song = (pairs["split_a"] == pairs["split_b"]) & (pairs["song_a"] == pairs["song_b"])
    pairs = pairs[~is_one_song]
    same = [
        _differ_by_db(_mix_of_all(a, row_a), _mix_of_all(b, row_b)) <= TOLERANCE_DB
        for a, row_a, b, row_b in zip(
            pairs["file_a"], pairs["row_a"], pairs["file_b"], pairs["row_b"], strict=True
        )
    ]
    ordered = pairs[np.array(same, dtype=bool)].sort_values([*SONGS, "start_s_a", "start_s_b"])
    return ordered.drop_duplicates(SONGS)[[*SONGS, "start_s_a", "start_s_b"]]


def _segments_with_sound(path: str | Path) -> list[dict[str, object]]:
    """Song, start, place and mean level by band of each segment whose level varies."""
    with h5py.File(path) as file:
        songs, starts_s = file["song"].asstr()[:], file["start_s"][:]
    segments: list[dict[str, object]] = []
    for row, (song, start_s) in enumerate(zip(songs, starts_s, strict=True)):
        mel = _mix_of_all(path, row)
        if np.ptp(mel) > 0:
            segments.append(
                {
                    "song": song,
                    "start_s": start_s,
                    "file": path,
                    "row": row,
                    "levels_db": mel.mean(axis=1),
                }
            )
    return segments


def _mix_of_all(path: str | Path, row: int) -> np.ndarray:
    """The last mix of a segment, which has all classes, in dB, float64 (band, frame)."""
    with h5py.File(path) as file:
        return file["mel"][row, -1].astype(np.float64)


def _differ_by_db(a: np.ndarray, b: np.ndarray) -> float:
    # What is at the floor in both, such as digital silence, says nothing.
    sounds = (a > a.min()) | (b > b.min())
    return float(np.abs(a - b)[sounds].mean())

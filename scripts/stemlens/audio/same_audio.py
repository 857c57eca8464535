"""Finding copies of a recording under another name.

The spectrograms of segments are compared; they change little when a file is resampled or encoded
again.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from scipy.spatial import KDTree

TOLERANCE_DB = 1.0
"""Mean difference up to which two spectrograms count as the same recording.

Resampled or re-encoded copies differ by less than 0.5 dB, different songs by more than 5 dB.
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
        A row per pair of songs: ``split_a``, ``song_a``, ``split_b``, ``song_b``, and the start of
        the first segment that they share, ``start_s_a`` and ``start_s_b``. Constant segments, such
        as digital silence, are ignored.
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
    # Mean levels differ no more than the mean of differences, so no pair is missed.
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
    """Song, start, place in the files and mean level per band of each segment that varies."""
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
    """The mix of all classes, the last one of a segment, in dB, float64 (band, frame)."""
    with h5py.File(path) as file:
        return file["mel"][row, -1].astype(np.float64)


def _differ_by_db(a: np.ndarray, b: np.ndarray) -> float:
    # Values at the floor in both, such as digital silence, are not compared.
    above_floor = (a > a.min()) | (b > b.min())
    return float(np.abs(a - b)[above_floor].mean())

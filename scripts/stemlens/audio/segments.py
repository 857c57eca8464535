"""Segments: stretches of a song in which every class plays (paper, section Datensatz)."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from stemlens.atomic import replacing_folder
from stemlens.audio.activity import active_s
from stemlens.errors import InputError
from stemlens.finite import demand_finite


def active_column(name: str) -> str:
    """Column of a segment table that holds the active time of a class in s."""
    return f"active_s_{name}"


def candidate_segments(
    stems: np.ndarray,
    classes: Sequence[str],
    *,
    sample_rate_hz: int,
    duration_s: float,
    min_active_s: float,
    activity: dict[str, float],
) -> pd.DataFrame:
    """Cut a song into segments without overlap and say which are kept.

    A segment is kept when each class is active for at least `min_active_s`, or in every frame:
    frames are whole hops, which may end a little before the segment does. The tail that is
    shorter than a segment is dropped; a song shorter than a segment has one row, not kept.

    Parameters
    ----------
    stems : ndarray, shape (class, sample)
        One signal per class.
    classes
        Their names.
    sample_rate_hz
        Sample rate of `stems`.
    duration_s, min_active_s
        Length of a segment and least active time of each class.
    activity
        ``frame_length`` and ``hop_length`` in samples, ``threshold_db`` in dBFS; see `active_s`.

    Returns
    -------
    DataFrame
        A row per candidate: ``segment`` (number in the song), ``start_s``, ``active_s_<class>``,
        ``kept``, ``reason`` (empty where kept).
    """
    (table,) = candidates_by_threshold(
        stems,
        classes,
        [activity["threshold_db"]],
        sample_rate_hz=sample_rate_hz,
        duration_s=duration_s,
        min_active_s=min_active_s,
        frame_length=int(activity["frame_length"]),
        hop_length=int(activity["hop_length"]),
    )
    return table


def candidates_by_threshold(
    stems: np.ndarray,
    classes: Sequence[str],
    thresholds_db: Sequence[float],
    *,
    sample_rate_hz: int,
    duration_s: float,
    min_active_s: float,
    frame_length: int,
    hop_length: int,
) -> list[pd.DataFrame]:
    """Do as `candidate_segments` for several thresholds at once.

    Parameters
    ----------
    stems, classes, sample_rate_hz, duration_s, min_active_s
        As in `candidate_segments`.
    thresholds_db
        In dBFS; see `active_s`.
    frame_length, hop_length
        In samples; see `active_s`.

    Returns
    -------
    list of DataFrame
        For each threshold, what `candidate_segments` returns.
    """
    n_segment_samples = round(duration_s * sample_rate_hz)
    n_segments = stems.shape[1] // n_segment_samples
    starts = [segment * n_segment_samples for segment in range(max(1, n_segments))]
    seconds = [
        active_s(
            stems[:, first : first + n_segment_samples],
            sample_rate_hz=sample_rate_hz,
            frame_length=frame_length,
            hop_length=hop_length,
            threshold_db=thresholds_db,
        )
        for first in starts
    ]
    starts_s = [first / sample_rate_hz for first in starts]
    # As `active_s` computes it, to the last bit.
    every_frame_s = n_segment_samples // hop_length * (hop_length / sample_rate_hz)
    tables = [
        _candidate_table(starts_s, seconds_of_threshold, classes, min_active_s, every_frame_s)
        for seconds_of_threshold in np.stack(seconds, axis=1)
    ]
    if n_segments == 0:
        # Where stems were trimmed, the song itself is longer.
        stems_s = stems.shape[1] / sample_rate_hz
        reason = f"its stems last {stems_s:.2f} s together, less than a segment of {duration_s:g} s"
        tables = [table.assign(kept=False, reason=reason) for table in tables]
    return tables


def _candidate_table(
    starts_s: Sequence[float],
    seconds: np.ndarray,
    classes: Sequence[str],
    min_active_s: float,
    every_frame_s: float,
) -> pd.DataFrame:
    # Without a frame, nothing is active in every frame.
    enough_s = min(min_active_s, every_frame_s or math.inf)
    rows = []
    for segment, (start_s, actives) in enumerate(zip(starts_s, seconds, strict=True)):
        active_of = dict(zip(classes, actives, strict=True))
        reasons = [
            f"{name} active {active:.2f} s < {min_active_s:g} s"
            for name, active in active_of.items()
            if active < enough_s
        ]
        row: dict[str, object] = {"segment": segment, "start_s": start_s}
        row |= {active_column(name): round(float(s), 6) for name, s in active_of.items()}
        rows.append(row | {"kept": not reasons, "reason": "; ".join(reasons)})
    return pd.DataFrame(rows)


def unread_song(classes: Sequence[str], reason: str) -> pd.DataFrame:
    """One row, as from `candidate_segments`, for a song that cannot be read, with the reason.

    Where its segments would lie and which classes play in them is missing.
    """
    unknown = ["segment", "start_s", *map(active_column, classes)]
    return pd.DataFrame([{**dict.fromkeys(unknown, np.nan), "kept": False, "reason": reason}])


def demand_read_songs(songs: pd.DataFrame, is_read: pd.Series) -> None:
    """Refuse a split of which no song could be read.

    Parameters
    ----------
    songs
        ``song``, ``split`` and ``reason``, in any number of rows per song.
    is_read
        Whether the song of each row could be read.

    Raises
    ------
    InputError
        If none of a split could; the first reason is named.
    """
    for split, rows in songs.groupby("split", sort=False):
        if not is_read[rows.index].any():
            raise InputError(
                f"split {split}: none of its songs can be read; expected one at least. The first:"
                f" {rows['song'].iloc[0]}: {rows['reason'].iloc[0]}"
            )


def write_segments(
    folder: str | Path,
    stems: np.ndarray,
    classes: Sequence[str],
    segments: pd.DataFrame,
    *,
    sample_rate_hz: int,
    duration_s: float,
) -> None:
    """Write ``<segment>-<class>.wav`` (mono, 32-bit float) for each segment that is kept.

    Parameters
    ----------
    folder
        Replaced as a whole.
    stems : ndarray, float32, shape (class, sample)
        The song.
    classes
        Names of the classes.
    segments
        As from `candidate_segments`.
    sample_rate_hz
        Sample rate of `stems`.
    duration_s
        Length of a segment.

    Raises
    ------
    InputError
        If a sample is NaN or infinite.
    """
    with replacing_folder(folder) as beside:
        for row in segments[segments["kept"]].itertuples():
            first = round(row.start_s * sample_rate_hz)
            for name, signal in zip(classes, stems, strict=True):
                cut = signal[first : first + round(duration_s * sample_rate_hz)]
                what = f"{folder}: {name} from {row.start_s:g} s on"
                demand_finite(cut, what, remedy="check the song's audio")
                file = beside / segment_file(row.segment, name)
                soundfile.write(file, cut, sample_rate_hz, subtype="FLOAT")


def read_segment(
    folder: str | Path, segment: int, classes: Sequence[str]
) -> tuple[np.ndarray, int]:
    """Read the stems of a segment.

    Returns
    -------
    stems : ndarray, float32, shape (class, sample)
    sample_rate_hz : int
    """
    signals = []
    for name in classes:
        signal, sample_rate_hz = soundfile.read(
            Path(folder) / segment_file(segment, name), dtype="float32"
        )
        signals.append(signal)
    return np.stack(signals), sample_rate_hz


def segment_file(segment: int, name: str) -> str:
    """File name of one class of one segment."""
    return f"{segment:03d}-{name}.wav"

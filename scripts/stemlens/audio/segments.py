"""Segments: stretches of a song in which every class plays (paper, section Datensatz)."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stemlens.audio.activity import active_s
from stemlens.audio.segment_columns import active_column


def candidate_segments(
    stems: np.ndarray,
    classes: Sequence[str],
    *,
    sample_rate_hz: int,
    duration_s: float,
    min_active_s: float,
    activity: dict[str, float],
) -> list[dict[str, Any]]:
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
    list of dict
        A row of a table per candidate: ``segment`` (number in the song), ``start_s``,
        ``active_s_<class>``, ``kept``, ``reason`` (empty where kept).
    """
    (rows,) = candidates_by_threshold(
        stems,
        classes,
        [activity["threshold_db"]],
        sample_rate_hz=sample_rate_hz,
        duration_s=duration_s,
        min_active_s=min_active_s,
        frame_length=int(activity["frame_length"]),
        hop_length=int(activity["hop_length"]),
    )
    return rows


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
) -> list[list[dict[str, Any]]]:
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
    list of list of dict
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
    candidates = [
        _candidate_rows(starts_s, seconds_of_threshold, classes, min_active_s, every_frame_s)
        for seconds_of_threshold in np.stack(seconds, axis=1)
    ]
    if n_segments == 0:
        # Where stems were trimmed, the song itself is longer.
        stems_s = stems.shape[1] / sample_rate_hz
        reason = f"its stems last {stems_s:.2f} s together, less than a segment of {duration_s:g} s"
        return [[{**row, "kept": False, "reason": reason} for row in rows] for rows in candidates]
    return candidates


def _candidate_rows(
    starts_s: Sequence[float],
    seconds: np.ndarray,
    classes: Sequence[str],
    min_active_s: float,
    every_frame_s: float,
) -> list[dict[str, Any]]:
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
        row: dict[str, Any] = {"segment": segment, "start_s": start_s}
        row |= {active_column(name): round(float(s), 6) for name, s in active_of.items()}
        rows.append(row | {"kept": not reasons, "reason": "; ".join(reasons)})
    return rows


def unread_song(classes: Sequence[str], reason: str) -> dict[str, Any]:
    """A row, as from `candidate_segments`, for a song that cannot be read, with the reason.

    Where its segments would lie and which classes play in them is missing.
    """
    unknown = ["segment", "start_s", *map(active_column, classes)]
    return {**dict.fromkeys(unknown), "kept": False, "reason": reason}

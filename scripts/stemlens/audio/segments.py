"""Segments of a song in which every class is active (paper, section Datensatz)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stemlens.audio.activity import active_s
from stemlens.audio.segment_columns import active_column


@dataclass(frozen=True)
class SegmentSettings:
    """How a song is cut into segments.

    Attributes
    ----------
    min_active_s
        Least active time of each class in a segment that is kept.
    frame_length, hop_length
        In samples; see `active_s`.
    """

    sample_rate_hz: int
    duration_s: float
    min_active_s: float
    frame_length: int
    hop_length: int


def candidate_segments(
    stems: np.ndarray,
    classes: Sequence[str],
    thresholds_db: Sequence[float],
    settings: SegmentSettings,
) -> list[list[dict[str, Any]]]:
    """Cut a song into segments without overlap and decide which to keep.

    A segment is kept if each class is active for at least `min_active_s`, or in every frame:
    frames cover complete hops, which may end a little before the segment. A remainder shorter than
    a segment is dropped; a song shorter than a segment has one row, not kept.

    Parameters
    ----------
    stems : ndarray, shape (class, sample)
    thresholds_db
        Activity thresholds in dBFS; see `active_s`.

    Returns
    -------
    list of list of dict
        For each threshold a table with a row per candidate: ``segment`` (number in the song),
        ``start_s``, ``active_s_<class>``, ``kept``, ``reason`` (empty if kept).
    """
    rate_hz, hop_length = settings.sample_rate_hz, settings.hop_length
    n_segment_samples = round(settings.duration_s * rate_hz)
    n_segments = stems.shape[1] // n_segment_samples
    starts = [segment * n_segment_samples for segment in range(max(1, n_segments))]
    seconds = [
        active_s(
            stems[:, first : first + n_segment_samples],
            sample_rate_hz=rate_hz,
            frame_length=settings.frame_length,
            hop_length=hop_length,
            threshold_db=thresholds_db,
        )
        for first in starts
    ]
    starts_s = [first / rate_hz for first in starts]
    # Computed as in `active_s`, to be equal to the last bit. Without a frame, nothing is enough.
    every_frame_s = n_segment_samples // hop_length * (hop_length / rate_hz) or math.inf
    enough_s = min(settings.min_active_s, every_frame_s)
    candidates = [
        _candidate_rows(starts_s, of_threshold, classes, settings.min_active_s, enough_s)
        for of_threshold in np.stack(seconds, axis=1)
    ]
    if n_segments == 0:
        # The song itself may be longer, where stems were trimmed.
        reason = (
            f"its stems last {stems.shape[1] / rate_hz:.2f} s together, less than a segment of"
            f" {settings.duration_s:g} s"
        )
        return [[{**row, "kept": False, "reason": reason} for row in rows] for rows in candidates]
    return candidates


def _candidate_rows(
    starts_s: Sequence[float],
    seconds: np.ndarray,
    classes: Sequence[str],
    min_active_s: float,
    enough_s: float,
) -> list[dict[str, Any]]:
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


def without_stems(rows: Sequence[Mapping[str, Any]], absent: Sequence[str]) -> list[dict[str, Any]]:
    """Give the reason why no segment is kept of a song that has no stem of some classes.

    Parameters
    ----------
    rows
        From `candidate_segments`.
    absent
        Names of these classes; if there are none, rows are as they were.
    """
    reason = {"reason": f"no stem of {' and '.join(absent)}"} if absent else {}
    return [{**row, **reason} for row in rows]


def unread_song(classes: Sequence[str], reason: str) -> dict[str, Any]:
    """Row for a song that cannot be read, as from `candidate_segments`, with the reason.

    Segment, start and active times are missing.
    """
    unknown = ["segment", "start_s", *map(active_column, classes)]
    return {**dict.fromkeys(unknown), "kept": False, "reason": reason}

"""Segments on disk: a WAV file per class of each kept segment."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from stemlens.atomic import replacing_folder
from stemlens.finite import demand_finite


def write_segments(
    folder: str | Path,
    stems: np.ndarray,
    classes: Sequence[str],
    segments: Iterable[Mapping[str, Any]],
    *,
    sample_rate_hz: int,
    duration_s: float,
) -> None:
    """Write ``<segment>-<class>.wav`` (mono, 32-bit float) for each kept segment.

    Parameters
    ----------
    folder
        Replaced as a whole.
    stems : ndarray, float32, shape (class, sample)
    segments
        Rows as from `stemlens.audio.segments.candidate_segments`.

    Raises
    ------
    InputError
        If a sample is NaN or infinite.
    """
    with replacing_folder(folder) as beside:
        for row in segments:
            if not row["kept"]:
                continue
            first = round(row["start_s"] * sample_rate_hz)
            for name, signal in zip(classes, stems, strict=True):
                cut = signal[first : first + round(duration_s * sample_rate_hz)]
                what = f"{folder}: {name} from {row['start_s']:g} s on"
                demand_finite(cut, what, remedy="check the song's audio")
                file = beside / segment_file(row["segment"], name)
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

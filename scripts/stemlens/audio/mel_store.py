"""Mel spectrograms on disk: an HDF5 file per song or shard, and one per split that refers to them.

Datasets of both: ``mel`` float32 (segment, mix, band, frame) in dB; ``target`` uint8
(segment, mix, class); ``segment`` int64 and ``start_s`` float64 (segment); ``song`` (segment),
the song's name; where segments have stems, ``active_s`` float64 (segment, class). An excerpt of
a recording is a segment of one mix. Attributes: ``classes``, ``target_type`` (see
`stemlens.target_type`) and those of `MelSettings`.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike

from stemlens.audio.labelled_mels import LabelledMels
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.segment_columns import active_column
from stemlens.errors import InputError
from stemlens.finite import demand_finite
from stemlens.hdf5_file import new_hdf5
from stemlens.sources import PROVENANCE


def write_mels(
    path: str | Path,
    mels: np.ndarray,
    targets: np.ndarray,
    *,
    segments: Mapping[str, ArrayLike],
    classes: Sequence[str],
    target_type: str,
    settings: MelSettings,
) -> None:
    """Write the spectrograms of one song, or of several.

    Parameters
    ----------
    mels : ndarray, float32, shape (segment, mix, band, frame)
        In dB; may be empty.
    targets : ndarray, uint8, shape (segment, mix, class)
        1 for the classes of the mix.
    segments
        Columns of a table: ``song``, ``segment`` (number in the song) and ``start_s``; where
        segments have stems, also ``active_s_<class>``, as from `candidate_segments`.

    Raises
    ------
    InputError
        If a value is NaN or infinite.
    """
    songs = np.asarray(segments["song"], object)
    for song, of_segment in zip(songs, mels, strict=True):
        demand_finite(
            of_segment, f"mel spectrograms of song {song!r}", remedy="check the song's audio"
        )
    active = [active_column(name) for name in classes]
    with new_hdf5(path) as file:
        chunks = (1, 1, *mels.shape[2:]) if len(mels) else None
        file.create_dataset("mel", data=mels, chunks=chunks)
        file["target"] = targets
        file["song"] = songs.astype(h5py.string_dtype())
        file["segment"] = np.asarray(segments["segment"], np.int64)
        file["start_s"] = np.asarray(segments["start_s"], np.float64)
        if set(active) <= set(segments):
            file["active_s"] = np.column_stack([segments[name] for name in active])
        _write_attributes(file, classes, {"target_type": target_type, **asdict(settings)})


def write_split(path: str | Path, files: Sequence[str | Path], *, split: str) -> None:
    """Join the files of a split without copying their spectrograms (a virtual dataset).

    Parameters
    ----------
    path
        The HDF5 file; it refers to the others relative to its own folder.
    files
        From `write_mels`.

    Raises
    ------
    InputError
        If no song of the split has a segment, or a class is in none of its mixes.
    """
    path = Path(path)
    small: dict[str, list[np.ndarray]] = {}
    sources = []
    for part in files:
        with h5py.File(part) as file:
            shape, attributes = file["mel"].shape, _attributes(file)
            for name in file.keys() - {"mel"}:
                small.setdefault(name, []).append(file[name][:])
        if shape[0]:
            relative = os.path.relpath(part, path.parent)
            sources.append((shape[0], h5py.VirtualSource(relative, "mel", shape=shape)))
            spectrogram_shape = shape[1:]
    if not sources:
        raise InputError(
            f"split {split}: none of its {len(files)} songs or shards has a segment; the reasons"
            f" are in segments/{split}/*.csv or mood/{split}/*.csv: lower segments.min_active_s or"
            " segments.activity.threshold_db if classes are active too briefly, or check the corpus"
        )
    classes = attributes.pop("classes")
    present = np.concatenate(small["target"]).any(axis=(0, 1))
    if not present.all():
        raise InputError(
            f"split {split}: none of its segments is of {', '.join(classes[~present])}; expected"
            f" some of each class: repair the songs that mood/{split}/*.csv lists as left out, or"
            " add others"
        )
    layout = h5py.VirtualLayout((sum(n for n, _ in sources), *spectrogram_shape), np.float32)
    first = 0
    for n_segments, source in sources:
        layout[first : first + n_segments] = source
        first += n_segments
    with new_hdf5(path) as file:
        # NaN, so that a missing song's file is not read as silence.
        file.create_virtual_dataset("mel", layout, fillvalue=np.nan)
        for name, arrays in small.items():
            dtype = h5py.string_dtype() if name == "song" else None
            file.create_dataset(name, data=np.concatenate(arrays), dtype=dtype)
        _write_attributes(file, classes, attributes)


def read_examples(path: str | Path, segments: np.ndarray | None = None) -> LabelledMels:
    """Read every mix of a split, in memory, from the file of `write_split`.

    Parameters
    ----------
    segments : ndarray of bool, shape (segment,), optional
        Which segments to read; all by default.

    Returns
    -------
    LabelledMels
        In order of segments, then mixes.

    Raises
    ------
    InputError
        If the file of a song is missing.
    """
    with h5py.File(path) as file:
        mel, targets = file["mel"], file["target"][:]
        rows = np.arange(len(mel)) if segments is None else np.flatnonzero(segments)
        mels = np.empty((len(rows), *mel.shape[1:]), np.float32)
        for position, row in enumerate(rows):
            mel.read_direct(mels, np.s_[row], np.s_[position])
            _demand_present(mels[position], file, int(row))
        return LabelledMels(
            mels.reshape(-1, *mels.shape[2:]),
            targets[rows].reshape(-1, targets.shape[-1]),
            str(file.attrs["target_type"]),
            list(file.attrs["classes"]),
        )


def spectrogram_batches(
    path: str | Path, rows: Sequence[int], mixes: Sequence[int], *, batch_size: int
) -> Iterator[np.ndarray]:
    """Read some mixes of a split, batch by batch, from the file of `write_split`.

    Parameters
    ----------
    rows, mixes
        Segment and mix of each spectrogram.
    batch_size
        Spectrograms per batch; the last one may have fewer.

    Yields
    ------
    ndarray, float32, shape (spectrogram, band, frame)
        In dB.

    Raises
    ------
    InputError
        As in `read_examples`.
    """
    with h5py.File(path) as file:
        mels = file["mel"]
        batch = []
        for row, mix in zip(rows, mixes, strict=True):
            batch.append(mels[row, mix])
            _demand_present(batch[-1], file, row)
            if len(batch) == batch_size:
                yield np.stack(batch)
                batch = []
        if batch:
            yield np.stack(batch)


def read_mixes(path: str | Path) -> np.ndarray:
    """Read the targets of the mixes of a segment, the same in each, uint8 (mix, class)."""
    with h5py.File(path) as file:
        return file["target"][0]


def read_targets(path: str | Path) -> np.ndarray:
    """Read the targets of every mix of a split, uint8 (segment * mix, class)."""
    with h5py.File(path) as file:
        targets = file["target"][:]
        return targets.reshape(-1, targets.shape[-1])


def read_attributes(path: str | Path) -> tuple[list[str], str, MelSettings]:
    """Read the class names, the target type, and the settings of the spectrograms."""
    with h5py.File(path) as file:
        values = _attributes(file)
        classes, target_type = list(values.pop("classes")), str(values.pop("target_type"))
        return classes, target_type, MelSettings(**{k: v.item() for k, v in values.items()})


def _demand_present(values: np.ndarray, file: h5py.File, row: int) -> None:
    if not np.isfinite(values).all():
        song = file["song"].asstr()[row]
        raise InputError(
            f"{file.filename}: the mel spectrograms of song {song!r} are missing or damaged;"
            " restore the songs' HDF5 files beside it, or delete it and run again"
        )


def _attributes(file: h5py.File) -> dict[str, Any]:
    return {name: value for name, value in file.attrs.items() if name != PROVENANCE}


def _write_attributes(file: h5py.File, classes: Sequence[str], values: dict[str, object]) -> None:
    file.attrs["classes"] = np.array(list(classes), dtype=h5py.string_dtype())
    for name, value in values.items():
        file.attrs[name] = value

"""Stems of the segment of a song that is sent through models, as waveforms on disk.

An HDF5 file per song: ``waveform`` float32 (segment, class, sample), with one segment or none;
``start_s`` float64 (segment); ``target`` uint8 (mix, class), the classes of each mix; attributes
``song``, ``classes`` and ``sample_rate_hz``.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import h5py
import numpy as np

from stemlens.errors import InputError
from stemlens.hdf5_file import new_hdf5


def write_waveforms(
    path: str | Path,
    waveforms: np.ndarray,
    targets: np.ndarray,
    starts_s: Sequence[float],
    *,
    song: str,
    classes: Sequence[str],
    sample_rate_hz: int,
) -> None:
    """Write the segments of a song, float32 (segment, class, sample), and their mixes' targets."""
    with new_hdf5(path) as file:
        file["waveform"] = waveforms
        file["target"] = targets
        file["start_s"] = np.asarray(starts_s, np.float64)
        attributes = {"song": song, "classes": list(classes), "sample_rate_hz": sample_rate_hz}
        file.attrs.update(attributes)


def files_by_song(paths: Sequence[str | Path]) -> dict[str, str | Path]:
    """Name of each song that has a segment → its file, in the order of names."""
    found = {}
    for path in paths:
        with h5py.File(path) as file:
            if len(file["start_s"]):
                found[str(file.attrs["song"])] = path
    return dict(sorted(found.items()))


def waveform_batches(
    file_of_song: Mapping[str, str | Path],
    songs: Sequence[str],
    mixes: Sequence[int],
    *,
    batch_size: int,
) -> Iterator[np.ndarray]:
    """Mix stems, batch by batch.

    Parameters
    ----------
    file_of_song
        From `files_by_song`.
    songs, mixes
        Song and mix (a row of the file's ``target``) of each stimulus.
    batch_size
        Stimuli per batch; the last one may have fewer.

    Yields
    ------
    ndarray, float32, shape (stimulus, sample)

    Raises
    ------
    InputError
        If a song has no file.
    """
    batch = []
    for song, mix in zip(songs, mixes, strict=True):
        if song not in file_of_song:
            raise InputError(
                f"waveforms: none of song {song!r}; expected those of each song with a stimulus:"
                " run the workflow again"
            )
        with h5py.File(file_of_song[song]) as file:
            stems, plays = file["waveform"][0], file["target"][mix]
        batch.append(plays.astype(np.float32) @ stems)
        if len(batch) == batch_size:
            yield np.stack(batch)
            batch = []
    if batch:
        yield np.stack(batch)

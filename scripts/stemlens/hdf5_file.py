"""New HDF5 files, which appear whole and say how they were made."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from stemlens.atomic import replacing
from stemlens.sources import PROVENANCE, provenance_text


@contextmanager
def new_hdf5(path: str | Path, *, sources: Sequence[str | Path] = ()) -> Iterator[h5py.File]:
    """Fill a new HDF5 file, which is there when the block succeeds.

    In a job it has the attribute ``provenance``, see `stemlens.sources.provenance_text`.

    Parameters
    ----------
    sources
        Files that it is made from, to be checked by `stemlens.sources.demand_sources`.

    Raises
    ------
    InputError
        If the disk is full or read-only.
    """
    with replacing(path) as beside, _PatientFile(beside, "w+") as written:
        with h5py.File(written, "w") as file:
            yield file
            text = provenance_text(path, sources)
            if text:
                file.attrs[PROVENANCE] = text
        if written.error:
            raise written.error


class _PatientFile(io.FileIO):
    """A file that notes the first write that fails, and takes whatever comes after it.

    HDF5 crashes, and takes the process with it, where it cannot write what is left of a dataset as
    it closes it.
    """

    error: OSError | None = None

    def write(self, data: Any) -> int:
        left = memoryview(data).cast("B")
        n_bytes = len(left)
        try:
            while left and not self.error:
                left = left[super().write(left) :]
        except OSError as error:
            self.error = error
        return n_bytes

    def truncate(self, size: int | None = None) -> int:
        try:
            return super().truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0

    def readinto(self, buffer: Any) -> int:
        n_bytes = super().readinto(buffer)
        return len(buffer) if self.error else n_bytes

"""New HDF5 files, which appear whole and say how they were made."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
    """
    with replacing(path) as beside, h5py.File(beside, "w") as file:
        yield file
        text = provenance_text(path, sources)
        if text:
            file.attrs[PROVENANCE] = text

"""HDF5 files: new ones, which appear whole and say how they were made, and those of others."""

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from stemlens.atomic import replacing
from stemlens.errors import InputError
from stemlens.sources import PROVENANCE, provenance_text

BUILT_IN_FILTERS = {
    *(h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32),
    *(h5py.h5z.FILTER_SZIP, h5py.h5z.FILTER_NBIT, h5py.h5z.FILTER_SCALEOFFSET),
    h5py.h5z.FILTER_LZF,
}
"""Others are plugins: code that HDF5 looks for on the disk when a file asks for it."""

DEFLATED = 1100
"""By how much HDF5's compression shrinks zeros, nearly: gzip gets to 1032."""
MAX_OBJECTS = 100_000
MAX_NAME_LENGTH = 255
MAX_CHUNK_BYTES = 2**30
SMALL_BYTES = 2**26
"""What a file may declare, however small it is."""


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


@contextmanager
def open_foreign(
    path: str | Path, *, expected: str, kind: str = "HDF5", max_ratio: float = DEFLATED
) -> Iterator[h5py.File]:
    """Open an HDF5 file that was made elsewhere, to read values that lie in it.

    HDF5 lets names, and values, of a file lie in other files; and a small file may declare values
    without end.

    Parameters
    ----------
    expected, kind
        What the file should be, for messages.
    max_ratio
        How many times its own size the values of a file may take in memory, beyond `SMALL_BYTES`.

    Raises
    ------
    InputError
        If it cannot be opened, a name is a link or one of several of an object, values lie in
        another file, are compressed by a plugin or take too much memory, or there are too many
        objects.
    """
    try:
        file = h5py.File(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read as {kind} ({error}); expected {expected}"
        ) from error
    with file:
        _demand_bounded(file, path, max_ratio)
        yield file


def _demand_bounded(file: h5py.File, path: str | Path, max_ratio: float) -> None:
    n_objects = n_bytes = 0
    n_bytes_of_file = Path(path).stat().st_size
    groups: list[h5py.Group] = [file]
    while groups:
        group = groups.pop()
        for name in group:
            n_objects += 1
            if n_objects > MAX_OBJECTS:
                raise InputError(
                    f"{path}: holds more than {MAX_OBJECTS} groups and datasets; expected a"
                    " dataset per layer: write it again without the others"
                )
            item = _own_object(group, name, path)
            if isinstance(item, h5py.Group):
                groups.append(item)
            elif isinstance(item, h5py.Dataset):
                _demand_own_values(item, path)
                n_bytes += math.prod(item.shape or (0,)) * item.id.get_type().get_size()
    if n_bytes > SMALL_BYTES + max_ratio * n_bytes_of_file:
        raise InputError(
            f"{path}: declares values of {n_bytes / 1e9:.3g} GB, in a file of"
            f" {n_bytes_of_file / 1e9:.3g} GB; expected at most {max_ratio:g} times its size:"
            " it is damaged, unfinished or malicious: get it again"
        )


def _own_object(group: h5py.Group, name: str, path: str | Path) -> h5py.HLObject:
    where = f"{path}: {group.name.rstrip('/')}/{name[:MAX_NAME_LENGTH]}"
    if len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InputError(
            f"{where}: is a name of {len(name)} characters; expected at most {MAX_NAME_LENGTH},"
            " all of them printable: rename it"
        )
    link = group.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise InputError(
            f"{where}: is a {type(link).__name__} to {link.path}; expected the object itself:"
            " copy it to there"
        )
    item = group[name]
    if h5py.h5o.get_info(item.id).rc > 1:
        raise InputError(
            f"{where}: is one of several names of one object; expected one name each: copy it"
        )
    return item


def _demand_own_values(dataset: h5py.Dataset, path: str | Path) -> None:
    where = f"{path}: {dataset.name}"
    if dataset.is_virtual or dataset.external:
        raise InputError(
            f"{where}: its values lie in other files; expected them in this one: copy them into it"
        )
    created = dataset.id.get_create_plist()
    filters = {created.get_filter(i)[0] for i in range(created.get_nfilters())}
    if not filters <= BUILT_IN_FILTERS:
        raise InputError(
            f"{where}: is compressed by a plugin, HDF5 filter"
            f" {min(filters - BUILT_IN_FILTERS)}; expected gzip, LZF or none: write it again"
        )
    n_bytes = math.prod(dataset.chunks or (0,)) * dataset.id.get_type().get_size()
    if n_bytes > MAX_CHUNK_BYTES:
        raise InputError(
            f"{where}: has chunks of {n_bytes / 1e9:.3g} GB; expected at most"
            f" {MAX_CHUNK_BYTES / 1e9:.3g} GB: write it again, with a chunk per stimulus"
        )


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

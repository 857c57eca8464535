"""HDF5 files that were made elsewhere: their values lie in them, and end at bounds."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from stemlens.errors import InputError

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
    with refusing_damage(path, expected=expected, kind=kind):
        file = h5py.File(path)
    with file:
        with refusing_damage(path, expected=expected, kind=kind):
            _demand_bounded(file, path, max_ratio)
        yield file


@contextmanager
def refusing_damage(path: str | Path, *, expected: str, kind: str = "HDF5") -> Iterator[None]:
    """Read from a file of others: damage, for which HDF5 has errors of all sorts, is refused.

    Parameters
    ----------
    expected, kind
        As in `open_foreign`.

    Raises
    ------
    InputError
        If something cannot be read.
    """
    try:
        yield
    except (OSError, RuntimeError, LookupError, AttributeError, TypeError, ValueError) as error:
        reason = " ".join(str(error).strip("'\"").split())
        raise InputError(
            f"{path}: cannot be read as {kind} ({reason}); expected {expected}"
        ) from error


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

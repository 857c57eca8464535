"""What files were made from: noted when they are written, checked when they are read.

Snakemake compares dates. A checkpoint or an activation file that was copied from another run looks
to it like any other, and its numbers would mix with those of this run without a word. So a file
names its sources, by their path from its own folder, with the SHA-256 of what they held.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stemlens.errors import InputError
from stemlens.provenance import current_provenance

PROVENANCE = "provenance"
"""Attribute of HDF5 files, and text chunk of PNG files: what `provenance_text` returns."""

CONTENT_SHA256 = "content_sha256"
"""Attribute of large HDF5 files: a digest of their values, which takes no reading of the file."""

CSVW_PROPERTY = "prov:wasGeneratedBy"
"""Property of a table's metadata file with the same text."""

SHOWN_DIGITS = 12


def identity(path: str | Path) -> str:
    """SHA-256 of a file, or of the values of one that states it."""
    if Path(path).suffix == ".h5":
        import h5py

        with h5py.File(path) as file:
            if CONTENT_SHA256 in file.attrs:
                return str(file.attrs[CONTENT_SHA256])
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def provenance_text(
    path: str | Path, sources: Sequence[str | Path] = (), **more: str
) -> str | None:
    """What a file is to say of how it was made, as JSON; None if nothing is known.

    Parameters
    ----------
    path
        The file.
    sources
        Files that it is made from, as ``made_from``: ``file``, relative to the folder of `path`,
        ``sha256``, and ``made``, which is `path` relative to the folder of the source.
    **more
        Further entries, if there are any others.
    """
    known = current_provenance()
    if sources:
        known["made_from"] = [
            {
                "file": _relative(source, path),
                "sha256": identity(source),
                "made": _relative(path, source),
            }
            for source in sources
        ]
    return json.dumps({**known, **more}, separators=(",", ":")) if known else None


def metadata_path(table: str | Path) -> Path:
    """Where the metadata of a table lie, as CSV on the Web has it."""
    return Path(f"{table}-metadata.json")


def read_provenance(path: str | Path) -> dict[str, Any]:
    """What an HDF5 file or a table says of how it was made; empty if it says nothing.

    Raises
    ------
    InputError
        If the metadata file of a table is damaged.
    """
    if Path(path).suffix == ".h5":
        import h5py

        with h5py.File(path) as file:
            return json.loads(file.attrs.get(PROVENANCE, "{}"))
    metadata = metadata_path(path)
    if Path(path).suffix == ".csv" and metadata.exists():
        try:
            return json.loads(json.loads(metadata.read_bytes())[CSVW_PROPERTY]["@value"])
        except (ValueError, LookupError, TypeError) as error:
            raise InputError(
                f"{metadata}: is no description of a table ({type(error).__name__}); expected the"
                f" one written with {Path(path).name}: delete both and run again"
            ) from None
    return {}


def demand_described(table: str | Path) -> None:
    """Check that a table is the one that its metadata file describes, if it has one.

    Raises
    ------
    InputError
        If it is not: rows that are cut off leave a table that looks whole.
    """
    if read_provenance(table).get("sha256") not in (None, identity(table)):
        raise InputError(
            f"{table}: is not the table that {metadata_path(table).name} beside it describes, cut"
            " off, edited or of another run; expected both of one run: delete both and run again"
        )


def demand_sources(path: str | Path) -> None:
    """Check that a file was made from the files that lie there now, and these likewise.

    Sources that are gone, as temporary files are, are not compared; nor is a file that names none.

    Raises
    ------
    InputError
        If a source has other content than the one that the file was made from, or if the file is
        a copy of another one of the run.
    """
    known = read_provenance(path)
    for source in known.get("made_from", []):
        file = _follow(path, source["file"])
        if Path(file).exists():
            _demand_same(path, file, source["sha256"])
            made = _follow(file, source["made"])
            if Path(made).absolute() != Path(os.path.normpath(Path(path).absolute())):
                raise InputError(
                    f"{path}: is a copy of {made}; expected the file that belongs there: delete"
                    f" {path} and run again"
                )
            demand_sources(file)


def _relative(file: str | Path, other: str | Path) -> str:
    """A file's path from the folder of another one."""
    return Path(os.path.relpath(file, Path(other).parent)).as_posix()


def _follow(file: str | Path, relative: str) -> str:
    """Undo `_relative`."""
    return os.path.normpath(Path(file).parent / relative)


def _demand_same(path: str | Path, source: str | Path, expected: str) -> None:
    found = identity(source)
    if found != expected:
        raise InputError(
            f"{path}: was made from another {source} than lies there now (SHA-256"
            f" {expected[:SHOWN_DIGITS]}…, found {found[:SHOWN_DIGITS]}…); expected files of one"
            f" run: delete {path} and run again, or put back the {Path(source).name} it was made"
            " from"
        )

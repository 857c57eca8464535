"""Fetch a corpus that is published as one zip archive."""

import hashlib
import logging
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import requests
from tqdm import tqdm

from stemlens.atomic import is_taken, new_folder
from stemlens.errors import InputError
from stemlens.splits import SPLITS

logger = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 16
TIMEOUT_S = 60


def fetch_archive(url: str, folder: str | Path) -> bool:
    """Download an archive, check it, and unpack it; a corpus that is there is left as it is.

    A download that broke off stays beside the folder, under a name that belongs to both
    (`part_path`); the next call goes on from there where the server allows it, and begins anew
    where that does not give a whole archive.

    Parameters
    ----------
    url
        Address of a zip archive that holds ``train`` and ``test``.
    folder
        Where the corpus shall stand; appears when all is unpacked. Nothing is done where it is
        no empty folder.

    Returns
    -------
    bool
        Whether anything was fetched.

    Raises
    ------
    InputError
        If the address cannot be read, or the archive is damaged, lacks a split or names files
        outside its folder, or the folder cannot be written.
    """
    if is_taken(folder):
        logger.info("%s stands there already: nothing is fetched", folder)
        return False
    # A folder cannot be renamed to where a link stands.
    folder = Path(folder).resolve()
    archive = part_path(url, folder)
    archive.parent.mkdir(parents=True, exist_ok=True)
    resumed = archive.exists()
    _download(url, archive)
    if resumed and not _is_whole(archive):
        logger.info("%s is damaged after resuming: starting anew", archive)
        archive.unlink()
        _download(url, archive)
    try:
        _unpack(archive, folder, url)
    except InputError:
        archive.unlink()
        raise
    except OSError as error:
        raise InputError(
            f"{folder}: the archive cannot be unpacked there ({error.strerror}); expected room for"
            " it and an empty folder, or none: check corpus.root and run again"
        ) from error
    archive.unlink()
    return True


def part_path(url: str, folder: Path) -> Path:
    """Where the part of an archive lies that has been downloaded: of this address alone."""
    digest = hashlib.sha256(f"{url}\n{folder.name}".encode(errors="surrogateescape")).hexdigest()
    return folder.with_name(f".part-stemlens-{digest[:32]}.zip")


def _download(url: str, archive: Path) -> None:
    done = archive.stat().st_size if archive.exists() else 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                return
            response.raise_for_status()
            resumes = response.status_code == requests.codes.partial_content
            done = done if resumes else 0
            length = response.headers.get("Content-Length")
            total = done + int(length) if length else None
            progress = tqdm(
                desc="download", initial=done, total=total, unit="B", unit_scale=True,
                leave=False, disable=None,
            )  # fmt: skip
            with progress, archive.open("ab" if resumes else "wb") as file:
                for block in response.iter_content(BLOCK_BYTES):
                    progress.update(file.write(block))
    except requests.RequestException as error:
        raise InputError(
            f"{url}: cannot be fetched ({error}); check the connection and run again:"
            " it goes on where it stopped"
        ) from error
    if total is not None and archive.stat().st_size < total:
        raise InputError(
            f"{url}: sent {archive.stat().st_size} of {total} bytes; run again:"
            " it goes on where it stopped"
        )


def _is_whole(archive: Path) -> bool:
    try:
        with zipfile.ZipFile(archive) as file:
            return file.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return False


def _unpack(archive: Path, folder: Path, url: str) -> None:
    if not _is_whole(archive):
        raise InputError(
            f"{url}: what it sent is no whole zip archive; check the address"
            " (corpus.fetch_url) and run again"
        )
    with zipfile.ZipFile(archive) as file, new_folder(folder) as beside:
        for member in file.infolist():
            name = PurePosixPath(member.filename.replace("\\", "/"))
            if name.is_absolute() or ".." in name.parts or ":" in "".join(name.parts[:1]):
                raise InputError(
                    f"{url}: the archive names {member.filename!r}, a file outside its folder;"
                    " do not use it"
                )
            # ZipFile writes links as plain files, so no member can lead out of the folder.
            file.extract(member, beside)
        missing = [split for split in SPLITS if not (beside / split).is_dir()]
        if missing:
            raise InputError(
                f"{url}: the archive holds no folder {' and '.join(missing)}; expected train/"
                " and test/: check corpus.fetch_url"
            )

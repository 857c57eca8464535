"""Downloading a corpus that is published as one zip archive."""

import hashlib
import logging
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import requests
from tqdm import tqdm

from stemlens.atomic import is_taken, new_folder
from stemlens.errors import InputError
from stemlens.names import nfc, some

logger = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 16


@dataclass(frozen=True)
class Contents:
    """What of an archive is the corpus.

    Attributes
    ----------
    folder
        The folder in the archive that becomes the corpus folder; its parts may be patterns with
        ``*`` and ``?``. Empty: the whole archive.
    files
        Pattern of the names of files that are unpacked.
    subfolders
        Folders that the corpus must have.
    """

    folder: str = ""
    files: str = "*"
    subfolders: tuple[str, ...] = ()


def fetch_archive(url: str, folder: str | Path, contents: Contents) -> bool:
    """Download, check and unpack an archive, unless the corpus exists already.

    A partial download is kept beside the folder (`part_path`). The next call resumes it where the
    server supports that, and starts again where the result is not a valid archive.

    Parameters
    ----------
    url
        Address of a zip archive.
    folder
        The corpus folder, created once everything is unpacked; if it exists and is not empty,
        nothing is done.

    Returns
    -------
    bool
        Whether the corpus was downloaded.

    Raises
    ------
    InputError
        If the download fails, the archive is damaged, encrypted or compressed in an unusual way,
        lacks `contents` or has members outside its folder, or the folder cannot be written.
    """
    if is_taken(folder):
        logger.info("%s exists already: nothing to download", folder)
        return False
    # A folder cannot be renamed onto a link.
    folder = Path(folder).resolve()
    archive = part_path(url, folder)
    archive.parent.mkdir(parents=True, exist_ok=True)
    resumed = archive.exists()
    # It may have been downloaded as a whole, and unpacked in vain.
    if not _is_whole(archive):
        _download(url, archive)
    if resumed and not _is_whole(archive):
        logger.info("%s is damaged after resuming: downloading it again", archive)
        archive.unlink()
        _download(url, archive)
    if not _is_whole(archive):
        archive.unlink()
        raise InputError(
            f"{url}: the download is not a complete zip archive; check the address"
            " (corpus.fetch_url) and run again"
        )
    try:
        _unpack(archive, folder, contents, url)
    except InputError as error:
        raise InputError(f"{error}; the download is kept, as {archive}") from error
    except OSError as error:
        raise InputError(
            f"{folder}: the archive cannot be unpacked there ({error.strerror}); expected enough"
            " space, and an empty folder or none: check corpus.root and run again"
        ) from error
    archive.unlink()
    return True


def part_path(url: str, folder: Path) -> Path:
    """Path of the partial download of an address."""
    digest = hashlib.sha256(f"{url}\n{folder.name}".encode(errors="surrogateescape")).hexdigest()
    return folder.with_name(f".part-stemlens-{digest[:32]}.zip")


def _download(url: str, archive: Path) -> None:
    done = archive.stat().st_size if archive.exists() else 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=60) as response:
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
            f"{url}: cannot be fetched ({error}); check the connection and run again to resume"
            " the download"
        ) from error
    if total is not None and archive.stat().st_size < total:
        raise InputError(
            f"{url}: sent {archive.stat().st_size} of {total} bytes; run again to resume the"
            " download"
        )


def _is_whole(archive: Path) -> bool:
    try:
        with zipfile.ZipFile(archive) as file:
            return file.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return False
    except RuntimeError:
        # Encrypted, or compressed in a way that zipfile does not know: unpacking it will say so.
        return True


def _unpack(archive: Path, folder: Path, contents: Contents, url: str) -> None:
    with zipfile.ZipFile(archive) as file, new_folder(folder) as beside:
        members = [(_path_of(member, url), member) for member in file.infolist()]
        corpus = _corpus_folder([path for path, _ in members], contents.folder, url)
        for path, member in members:
            # Programs of Windows may end folders with a backslash.
            is_file = not member.filename.endswith(("/", "\\"))
            is_wanted = is_file and fnmatchcase(nfc(path.name), nfc(contents.files))
            if is_wanted and path.is_relative_to(corpus):
                target = beside / path.relative_to(corpus)
                target.parent.mkdir(parents=True, exist_ok=True)
                # Links become plain files, so no member can lead out of the folder.
                try:
                    with file.open(member) as source, target.open("wb") as copy:
                        shutil.copyfileobj(source, copy)
                except RuntimeError as error:
                    raise InputError(
                        f"{url}: {path} cannot be unpacked ({error}); expected an archive without a"
                        " password, compressed by deflate, bzip2 or LZMA: unpack it yourself, to"
                        f" {folder}"
                    ) from error
        _check_unpacked(beside, contents, url)


def _path_of(member: zipfile.ZipInfo, url: str) -> PurePosixPath:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        raise InputError(
            f"{url}: the archive has the member {member.filename!r}, outside its folder;"
            " do not use it"
        )
    return path


def _corpus_folder(paths: Iterable[PurePosixPath], pattern: str, url: str) -> PurePosixPath:
    parts = PurePosixPath(pattern).parts
    folders = {folder for path in paths for folder in path.parents}
    found = sorted(str(folder) for folder in folders if _matches(folder.parts, parts))
    if len(found) != 1:
        raise InputError(
            f"{url}: {some(found)} in the archive match corpus.fetch_folder {pattern!r}; expected"
            " one folder: correct it"
        )
    return PurePosixPath(found[0])


def _matches(parts: Sequence[str], patterns: Sequence[str]) -> bool:
    return len(parts) == len(patterns) and all(
        map(fnmatchcase, map(nfc, parts), map(nfc, patterns))
    )


def _check_unpacked(folder: Path, contents: Contents, url: str) -> None:
    if not any(folder.iterdir()):
        raise InputError(
            f"{url}: the archive has no file {contents.files}; correct corpus.fetch_url or"
            " corpus.fetch_files"
        )
    missing = [name for name in contents.subfolders if not (folder / name).is_dir()]
    if missing:
        raise InputError(
            f"{url}: the archive has no folder {' and '.join(missing)}; expected"
            f" {'/ and '.join(contents.subfolders)}/: check corpus.fetch_url and"
            " corpus.fetch_folder"
        )

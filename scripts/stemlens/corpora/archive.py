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

MAX_RATIO = 100
"""How many times its own size an archive's files may take; those of audio take two or three."""
SMALL_BYTES = 2**26
"""What they may take in any case."""
MAX_MEMBERS = 1_000_000


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


def fetch_archive(
    url: str, folder: str | Path, contents: Contents, *, sha256: str | None = None
) -> bool:
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
    sha256
        Digest of the archive, in hexadecimal; None: any archive will do.

    Returns
    -------
    bool
        Whether the corpus was downloaded.

    Raises
    ------
    InputError
        If the download fails, the archive is damaged or another than `sha256` says, encrypted or compressed in an unusual way,
        lacks `contents`, has members outside its folder, two of one name, or more than `MAX_RATIO`
        and `MAX_MEMBERS` allow, or it does not fit on the disk.
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
    if not _is_whole(archive, url):
        _download(url, archive)
    if resumed and not _is_whole(archive, url):
        logger.info("%s is damaged after resuming: downloading it again", archive)
        archive.unlink()
        _download(url, archive)
    if not _is_whole(archive, url):
        archive.unlink()
        raise InputError(
            f"{url}: the download is not a complete zip archive; check the address"
            " (corpus.fetch_url) and run again"
        )
    _demand_digest(archive, sha256, url)
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
            if url.lower().startswith("https:") and not response.url.startswith("https:"):
                raise InputError(
                    f"{url}: leads to {response.url}; expected an address that is encrypted as"
                    " well: check corpus.fetch_url"
                )
            resumes = response.status_code == requests.codes.partial_content
            done = done if resumes else 0
            length = response.headers.get("Content-Length")
            total = done + int(length) if length else None
            progress = tqdm(
                desc="download", initial=done, total=total, unit="B", unit_scale=True,
                leave=False, disable=None,
            )  # fmt: skip
            room = done + shutil.disk_usage(archive.parent).free
            if total and total > room:
                raise _too_large(url, total, room, archive)
            n_bytes = done
            with progress, archive.open("ab" if resumes else "wb") as file:
                for block in response.iter_content(BLOCK_BYTES):
                    n_bytes += len(block)
                    # An answer that states no length may have no end.
                    if n_bytes > room:
                        raise _too_large(url, n_bytes, room, archive)
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


def _too_large(what: object, n_bytes: int, room: int, archive: Path) -> InputError:
    return InputError(
        f"{what}: takes {n_bytes / 1e9:.3g} GB or more, and {archive.parent} has room for"
        f" {room / 1e9:.3g} GB; expected it to fit: make room, or set corpus.root to another disk"
    )


def _is_whole(archive: Path, url: str) -> bool:
    try:
        with zipfile.ZipFile(archive) as file:
            _demand_bounded(file, archive, url)
            return file.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return False
    except RuntimeError:
        # Encrypted, or compressed in a way that zipfile does not know: unpacking it will say so.
        return True


def _demand_bounded(file: zipfile.ZipFile, archive: Path, url: str) -> None:
    """Check what an archive declares, which bounds what is unpacked from it."""
    members = file.infolist()
    # Members may overlap in the archive, and each is unpacked by itself.
    n_unpacked, n_packed = sum(m.file_size for m in members), archive.stat().st_size
    if n_unpacked > max(SMALL_BYTES, MAX_RATIO * n_packed) or len(members) > MAX_MEMBERS:
        raise InputError(
            f"{url}: an archive of {n_packed / 1e6:.3g} MB declares {len(members)} files of"
            f" {n_unpacked / 1e6:.3g} MB; expected at most {MAX_RATIO} times its size and"
            f" {MAX_MEMBERS} files: do not use it, and delete {archive}"
        )
    room = shutil.disk_usage(archive.parent).free
    if n_unpacked > room:
        raise _too_large(f"{url}, unpacked,", n_unpacked, room, archive)


def _demand_digest(archive: Path, sha256: str | None, url: str) -> None:
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest() if sha256 else None
    if sha256 and found != sha256.lower():
        archive.unlink()
        raise InputError(
            f"{url}: the archive has the SHA-256 {found}; expected {sha256}, as corpus.fetch_sha256"
            " says: it is another one than that, do not use it before you know why"
        )


def _unpack(archive: Path, folder: Path, contents: Contents, url: str) -> None:
    with zipfile.ZipFile(archive) as file, new_folder(folder) as beside:
        members = [(_path_of(member, url), member) for member in file.infolist()]
        corpus = _corpus_folder([path for path, _ in members], contents.folder, url)
        unpacked: dict[str, zipfile.ZipInfo] = {}
        for path, member in members:
            # Programs of Windows may end folders with a backslash.
            is_file = not member.filename.endswith(("/", "\\"))
            is_wanted = is_file and fnmatchcase(nfc(path.name), nfc(contents.files))
            if is_wanted and path.is_relative_to(corpus):
                other = unpacked.setdefault(nfc(str(path)).casefold(), member)
                if other is not member:
                    raise InputError(
                        f"{url}: {other.filename!r} and {member.filename!r} have one name where"
                        " upper and lower case or forms of Unicode are the same; expected distinct"
                        " names: do not use it"
                    )
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

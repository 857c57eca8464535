"""The songs of a stem corpus, found by listing its folders."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stemlens.errors import InputError

SPLITS = ("train", "test")
STEM_FILE_SUFFIX = ".stem.mp4"


@dataclass(frozen=True)
class Song:
    """One song of a corpus.

    Attributes
    ----------
    name
        As the corpus spells it, with all its blanks, quotes and umlauts.
    split
        ``train`` or ``test``.
    slug
        The name in a–z, 0–9 and hyphens, unique within its split: what its files are called.
    path
        The ``.stem.mp4`` file, or the folder that holds one WAV file per stem.
    files
        The audio files that exist among those wanted.
    """

    name: str
    split: str
    slug: str
    path: str
    files: tuple[str, ...]


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Give each name a spelling that is safe in paths, shells and HTML.

    Parameters
    ----------
    names
        Distinct names.

    Returns
    -------
    dict
        Name → slug. Where two names would share a slug, both end in a digest of their name.
    """
    plain = {}
    for name in names:
        ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain[name] = re.sub("[^a-z0-9]+", "-", ascii_name.lower()).strip("-")
    shared = Counter(plain.values())
    unique = {}
    for name, slug in plain.items():
        if shared[slug] > 1 or not slug:
            slug = f"{slug or 'song'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        unique[name] = slug
    return unique


def list_songs(root: str | Path, layout: str, stems: Iterable[str]) -> list[Song]:
    """List a corpus in MUSDB18's layout (one file per song) or MUSDB18-HQ's (one folder).

    Parameters
    ----------
    root
        Folder that holds ``train`` and ``test``.
    layout
        ``musdb18``: ``<split>/<song>.stem.mp4``; ``musdb18hq``: ``<split>/<song>/<stem>.wav``.
    stems
        Names of the stems that are wanted.

    Returns
    -------
    list of Song
        Sorted by split (train, test) and name.

    Raises
    ------
    InputError
        If a folder is missing or holds no song.
    """
    root = Path(root).expanduser()
    songs = []
    for split in SPLITS:
        folder = root / split
        if not folder.is_dir():
            raise InputError(
                f"corpus.root: there is no folder {folder}; expected a corpus folder that holds"
                " train/ and test/: set corpus.root, or the environment variable MUSDB_PATH"
            )
        paths = _song_paths(folder, layout)
        if not paths:
            what = f"*{STEM_FILE_SUFFIX} file" if layout == "musdb18" else "folder of WAV files"
            raise InputError(
                f"corpus.root: {folder} holds no song; expected at least one {what}:"
                " check corpus.layout and corpus.root"
            )
        slug_of = slugs(sorted(paths))
        for name, slug in slug_of.items():
            path = paths[name]
            if layout == "musdb18":
                files = [path]
            else:
                files = [path / f"{stem}.wav" for stem in stems if (path / f"{stem}.wav").exists()]
            songs.append(Song(name, split, slug, str(path), tuple(map(str, files))))
    return songs


def demo_songs(root: str | Path, n_songs: Mapping[str, int], stems: Iterable[str]) -> list[Song]:
    """List the songs of the demo corpus, which need not be rendered yet.

    Parameters
    ----------
    root
        Folder that holds, or will hold, ``train`` and ``test`` in MUSDB18-HQ's layout.
    n_songs
        Split → number of songs.
    stems
        Names of the stems that are wanted.
    """
    songs = []
    for split, n in n_songs.items():
        for name, slug in slugs(f"Demo Song {number:02d}" for number in range(1, n + 1)).items():
            path = f"{root}/{split}/{name}"
            songs.append(Song(name, split, slug, path, tuple(f"{path}/{s}.wav" for s in stems)))
    return songs


def _song_paths(folder: Path, layout: str) -> dict[str, Path]:
    visible = [path for path in folder.iterdir() if not path.name.startswith(".")]
    if layout == "musdb18":
        return {
            path.name.removesuffix(STEM_FILE_SUFFIX): path
            for path in visible
            if path.name.endswith(STEM_FILE_SUFFIX)
        }
    return {path.name: path for path in visible if path.is_dir()}

"""The songs of a stem corpus, found by listing its folders."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stemlens.errors import InputError
from stemlens.given_paths import entries_of, expanded
from stemlens.names import is_hidden, is_utf8, nfc, printable, slugs
from stemlens.splits import SPLITS

STEM_FILE_SUFFIXES = (".stem.mp4", ".stem.m4a")
WAV_SUFFIX = ".wav"
WHAT_SONGS_ARE = {"musdb18": "one *.stem.mp4 file", "musdb18hq": "one folder of WAV files"}


@dataclass(frozen=True)
class Song:
    """One song of a corpus.

    Attributes
    ----------
    name
        As spelled in the corpus, in NFC.
    slug
        The name in a–z, 0–9 and hyphens, unique within its split: names the song's results.
    path
        The stem file, or the folder with one WAV file per stem.
    files
        Existing audio files of the stems in use: name within the corpus, in NFC → path.
    stems
        Class → names of its stems, as `stemlens.corpora.stems.read_classes` takes them; none where
        the class is silent.
    artist
        Empty where the corpus does not state it.
    has_bleed
        Whether instruments are heard in the stems of others, where the corpus says so.
    fold
        From 1 on; 0 where the corpus is not divided into folds.
    """

    name: str
    split: str
    slug: str
    path: str
    files: Mapping[str, str]
    stems: Mapping[str, Sequence[str]] = field(default_factory=dict)
    artist: str = ""
    has_bleed: bool = False
    fold: int = 0


def list_songs(
    root: str | Path, layout: str, stems: Iterable[str], *, skip_missing: bool = False
) -> list[Song]:
    """List a corpus in the layout of MUSDB18 (a file per song) or MUSDB18-HQ (a folder per song).

    Parameters
    ----------
    layout
        ``musdb18``: ``<split>/<song>.stem.mp4`` or ``.stem.m4a``; ``musdb18hq``:
        ``<split>/<song>/<stem>.wav``. Suffixes may be in upper case.
    skip_missing
        Whether to skip songs whose content is missing (see `missing_songs`).

    Returns
    -------
    list of Song
        Sorted by split (train, test) and name.

    Raises
    ------
    InputError
        If a folder is missing or has no songs, the root or a song's name is not UTF-8, two files
        have the name of the same song or stem, or the content of a song is missing.
    """
    root = expanded(root)
    if not is_utf8(str(root)):
        raise InputError(
            f"corpus.root: {printable(str(root))} is not UTF-8; expected a path that every library"
            " can open: rename the folder, or link to it"
        )
    songs = []
    for split in SPLITS:
        folder = root / split
        if not folder.is_dir():
            raise InputError(
                f"corpus.root: there is no folder {folder}; expected a corpus folder with"
                " train/ and test/: set corpus.root, or the environment variable MUSDB_PATH"
                f"{_where_splits_are(root)}"
            )
        missing = _missing_paths(folder, layout)
        if missing and not skip_missing:
            raise InputError(
                f"{folder}/{printable(missing[0].name)}: {_defect(missing[0])}, the first of"
                f" {len(missing)} songs of {split}/ that cannot be read; expected"
                f" {WHAT_SONGS_ARE[layout]}: fetch its content, remove it from the corpus, or set"
                " corpus.broken_songs: skip"
            )
        paths = _distinct(_song_paths(folder, layout), "song")
        if not paths:
            raise InputError(
                f"corpus.root: {folder} holds no songs; expected at least {WHAT_SONGS_ARE[layout]}:"
                " check corpus.layout and corpus.root"
            )
        for name, slug in slugs(sorted(paths)).items():
            path = paths[name]
            files = [path] if layout == "musdb18" else _wanted(wav_files(path), stems)
            known_as = {nfc(str(file.relative_to(root))): str(file) for file in files}
            songs.append(Song(name, split, slug, str(path), known_as))
    return songs


def other_files(root: str | Path, layout: str) -> list[str]:
    """List files and folders of a corpus (see `list_songs`) that are not songs.

    They are printable names within the corpus, in order, without hidden files.
    """
    root = expanded(root)
    others = [path for path in visible(root) if path.name not in SPLITS]
    for split in SPLITS:
        songs = {path for _, path in _song_paths(root / split, layout)}
        songs |= {*_missing_paths(root / split, layout)}
        others += [path for path in visible(root / split) if path not in songs]
    return [printable(str(path.relative_to(root))) for path in others]


def missing_songs(root: str | Path, layout: str) -> list[str]:
    """List the songs of a corpus (see `list_songs`) whose content is missing.

    Each is its name within the corpus and, in brackets, what is wrong: a broken link (such as a
    file that git-annex has not fetched), or not a file where a stem file is expected.
    """
    root = expanded(root)
    paths = [path for split in SPLITS for path in _missing_paths(root / split, layout)]
    return [f"{path.relative_to(root)} ({_defect(path)})" for path in paths]


def wav_files(folder: str | Path) -> dict[str, Path]:
    """Find a song's WAV files: stem in NFC → path.

    Raises
    ------
    InputError
        If two of them have the name of the same stem.
    """
    stems = [
        (path.name[: -len(WAV_SUFFIX)], path)
        for path in visible(Path(folder))
        if path.name.lower().endswith(WAV_SUFFIX) and path.is_file()
    ]
    return _distinct(stems, "stem")


def demo_songs(root: str | Path, n_songs: Mapping[str, int], stems: Iterable[str]) -> list[Song]:
    """List the songs of the demo corpus, `n_songs` per split, rendered or not."""
    songs = []
    for split, n in n_songs.items():
        for name, slug in slugs(f"Demo Song {number:02d}" for number in range(1, n + 1)).items():
            files = [f"{split}/{name}/{stem}{WAV_SUFFIX}" for stem in stems]
            known_as = {file: f"{root}/{file}" for file in files}
            songs.append(Song(name, split, slug, f"{root}/{split}/{name}", known_as))
    return songs


def _where_splits_are(root: Path) -> str:
    """A folder above `root` or within it that has one for each split; in words."""
    others = [root.parent, *(visible(root) if root.is_dir() else [])]
    found = [path for path in others if all((path / split).is_dir() for split in SPLITS)]
    return f" ({found[0]} has both)" if found else ""


def _song_paths(folder: Path, layout: str) -> Iterator[tuple[str, Path]]:
    """Name and path of each song in a folder."""
    for path in visible(folder):
        if layout == "musdb18hq":
            if path.is_dir():
                yield path.name, path
            continue
        for suffix in STEM_FILE_SUFFIXES:
            if path.name.lower().endswith(suffix) and path.is_file():
                yield path.name[: -len(suffix)], path


def _missing_paths(folder: Path, layout: str) -> list[Path]:
    """Entries of a folder that should be songs, but have no content."""
    if layout == "musdb18hq":
        return [path for path in visible(folder) if not path.exists()]
    named = [path for path in visible(folder) if path.name.lower().endswith(STEM_FILE_SUFFIXES)]
    return [path for path in named if not path.is_file()]


def _defect(path: Path) -> str:
    return "not a file" if path.exists() else "a broken link"


def _distinct(paths: Iterable[tuple[str, Path]], what: str) -> dict[str, Path]:
    """Name in NFC → path."""
    found: dict[str, Path] = {}
    for name, path in paths:
        if not is_utf8(name):
            raise InputError(
                f"{path.parent}: the name {printable(path.name)} is not UTF-8; expected names of"
                f" {what}s that tables can hold: rename it"
            )
        other = found.setdefault(nfc(name), path)
        if other != path:
            raise InputError(
                f"{path.parent}: {other.name} and {path.name} both name the {what} {name};"
                " expected one: rename or delete the other"
            )
    return found


def visible(folder: Path) -> list[Path]:
    """List a folder in order, without hidden files."""
    return [path for path in entries_of(folder) if not is_hidden(path.name)]


def described(path: Path) -> str:
    """Name a file for a message, noting a folder or a broken link."""
    if path.is_dir():
        return f"{path.name}/"
    return path.name if path.exists() else f"{path.name} ({_defect(path)})"


def _wanted(files: Mapping[str, Path], stems: Iterable[str]) -> list[Path]:
    # Two classes may share a stem.
    return [files[name] for name in dict.fromkeys(map(nfc, stems)) if name in files]

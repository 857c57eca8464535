"""Songs as folders of audio files, wherever they lie and whatever the files are called."""

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from stemlens.corpora.multitrack import Listing, ListingOptions, Multitrack, Stem
from stemlens.corpora.songs import visible
from stemlens.errors import InputError
from stemlens.given_paths import unlistable
from stemlens.names import is_hidden, nfc, printable, some
from stemlens.splits import SPLITS

AUDIO_SUFFIXES = {
    *(".wav", ".w64", ".rf64", ".flac", ".aif", ".aiff", ".aifc", ".au", ".caf", ".ogg", ".oga"),
    *(".opus", ".mp3", ".m4a", ".mp4", ".aac", ".wma", ".mka", ".webm", ".wv", ".tta"),
}
PLACEHOLDERS = ("split", "artist", "song")


def list_song_folders(root: Path, options: ListingOptions) -> Listing:
    """List songs by where they lie.

    Every audio file in a song's folder or below it is a stem; its label is its path there, without
    the suffix.

    Parameters
    ----------
    options
        ``song_folders``: a path within the corpus whose parts are ``{song}``, ``{artist}``,
        ``{split}`` or patterns with ``*`` and ``?``. Without it, ``{split}/{song}`` where the
        corpus has folders ``train`` and ``test``, else ``{song}``.

    Raises
    ------
    InputError
        If ``song_folders`` is invalid or matches no folder with audio files, a folder of a split
        has another name, or what should be a song looks like several.
    """
    has_splits = all((root / split).is_dir() for split in SPLITS)
    template = options.song_folders or ("{split}/{song}" if has_splits else "{song}")
    parts = template.split("/")
    known = [part[1:-1] for part in parts if re.fullmatch(r"\{[a-z]+\}", part)]
    if "song" not in known or not {*known} <= {*PLACEHOLDERS} or len({*known}) < len(known):
        raise InputError(
            f"corpus.song_folders: found {template!r}; expected a path with {{song}}, such as"
            " {split}/{song} or {artist}/{song}"
        )
    songs, empty = [], []
    for folder, about in _matching(root, parts):
        split = about.get("split", "")
        if split and split not in SPLITS:
            raise InputError(
                f"corpus.root: found the folder {folder.parent} where corpus.song_folders has"
                f" {{split}}; expected {' or '.join(SPLITS)}: rename it, or name others by *"
            )
        stems = tuple(_stems(folder))
        if not options.song_folders:
            _demand_one_song(folder, stems, template)
        if stems:
            artist = about.get("artist", "")
            songs.append(Multitrack(about["song"], str(folder), stems, artist, split))
        else:
            empty.append(str(folder.relative_to(root)))
    if options.song_folders and not songs:
        found = [path.name for path in visible(root) if path.is_dir()]
        raise InputError(
            f"corpus.song_folders: no folder that matches {template!r} in {root} holds audio files;"
            f" found the folders {some(found)} there: correct it"
        )
    notices = []
    if empty:
        notices.append(f"corpus.root: left out, since they hold no audio files: {some(empty)}")
    return Listing(songs, notices)


def _matching(
    folder: Path, parts: Sequence[str], about: dict[str, str] | None = None
) -> Iterator[tuple[Path, dict[str, str]]]:
    """Folders that match a path, and what its placeholders stand for there."""
    part, *others = parts
    for path in filter(Path.is_dir, visible(folder)):
        known = dict(about or {})
        if part[1:-1] in PLACEHOLDERS and part == f"{{{part[1:-1]}}}":
            known[part[1:-1]] = nfc(path.name)
        elif not fnmatchcase(nfc(path.name), nfc(part)):
            continue
        if others:
            yield from _matching(path, others, known)
        else:
            yield path, known


def _demand_one_song(folder: Path, stems: Sequence[Stem], template: str) -> None:
    """Refuse what looks like the songs of an artist or a corpus: folders of files of like names."""
    names_in: dict[str, set[str]] = {}
    for stem in stems:
        inside, _, name = stem.name.rpartition("/")
        names_in.setdefault(inside, set()).add(name)
    folder_of: dict[tuple[str, ...], str] = {}
    for inside, names in sorted(names_in.items()):
        other = folder_of.setdefault(tuple(sorted(names)), inside)
        if other != inside and len(names) > 1:
            raise InputError(
                f"corpus.root: {folder} counts as one song, but its folders {printable(other)} and"
                f" {printable(inside)} hold files of the same names ({some(sorted(names), 3)});"
                " expected a folder per song: set corpus.root to the folder of the songs or"
                f' corpus.song_folders to where they lie, such as "*/{{song}}"; or, if it is one'
                f" song, to {template!r}"
            )


def _refuse(error: OSError) -> None:
    raise unlistable(error)


def _stems(folder: Path) -> Iterator[Stem]:
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        inside = parent[len(str(folder)) :].strip("/")
        for file in sorted(files):
            before, dot, suffix = file.rpartition(".")
            if not is_hidden(file) and dot + suffix.lower() in AUDIO_SUFFIXES:
                label, name = (f"{inside}/{end}" if inside else end for end in (before, file))
                path = Path(f"{folder}/{name}")
                # Reading a pipe would wait for ever, a device never end. Broken links are reported.
                if path.is_file() or not path.exists():
                    yield Stem(nfc(label), name, str(path))

"""A song of a multitrack corpus, whatever form the corpus is published in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from stemlens.errors import InputError
from stemlens.given_paths import is_file
from stemlens.names import is_utf8, nfc, printable

MAX_NAME_LENGTH = 1000
"""Of a song, in characters: figures and pages show it."""


@dataclass(frozen=True)
class Stem:
    """One of the signals that add up to a song.

    Attributes
    ----------
    label
        What the corpus calls it; several stems of a song may have one label.
    name
        As `stemlens.corpora.stems.read_classes` takes it: a file within the song's folder, or a
        stream of its stem file.
    path
        The file that holds it.
    instruments
        What plays in it, where the corpus says so.
    is_mixture
        Whether it is the sum of other stems.
    has_own_label
        Whether classes know it by its label alone, whatever its file is called.
    """

    label: str
    name: str
    path: str
    instruments: tuple[str, ...] = ()
    is_mixture: bool = False
    has_own_label: bool = False


@dataclass(frozen=True)
class Multitrack:
    """A song as published.

    Attributes
    ----------
    name
        In NFC.
    path
        Its folder, or its stem file.
    artist
        Empty where the corpus does not state it.
    split
        ``train`` or ``test``; empty where the corpus does not state it.
    has_bleed
        Whether instruments are heard in the stems of others, where the corpus says so.
    fold
        From 1 on; 0 where the corpus is not divided into folds.
    """

    name: str
    path: str
    stems: tuple[Stem, ...]
    artist: str = ""
    split: str = ""
    has_bleed: bool = False
    fold: int = 0


@dataclass(frozen=True)
class ListingOptions:
    """What a layout may need to know besides the folder of the corpus.

    Attributes
    ----------
    skip_broken
        Whether songs that are incomplete are left out with a notice; otherwise they are errors.
    exact_stems
        Names of stems that are wanted in every song.
    metadata
        Folder of metadata that is published apart from the audio.
    song_folders
        Where songs lie within the corpus, such as ``{artist}/{song}``.
    validation
        Where songs of a published validation split go: ``train``, ``test`` or ``leave_out``.
    n_songs
        Split → number of songs, of a corpus that is rendered.
    """

    skip_broken: bool = False
    exact_stems: tuple[str, ...] = ()
    metadata: str | None = None
    song_folders: str | None = None
    validation: str = "train"
    n_songs: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """The songs of a corpus, and a line for each kind of thing in it that is not used."""

    songs: list[Multitrack]
    notices: list[str]


def read_each(
    places: Iterable[Path], read: Callable[[Path], Multitrack], *, skip_broken: bool
) -> tuple[list[Multitrack], list[str]]:
    """Read each song; of those that are broken, the reasons are returned if they may be skipped."""
    songs, broken = [], []
    for place in places:
        try:
            songs.append(read(place))
        except InputError as error:
            if not skip_broken:
                raise
            broken.append(str(error))
    return songs, broken


def folder_stem(
    folder: str | Path, name: str, label: str, instruments: Iterable[str] = (), *, listed_in: str
) -> Stem:
    """Build the stem of a file within a song's folder.

    Raises
    ------
    InputError
        If the file does not exist; `listed_in` names it.
    """
    path = f"{folder}/{name}"
    if not is_file(path):
        raise InputError(
            f"{folder}: {printable(name)}, listed in {listed_in}, is not there; expected every"
            " listed file: fetch it, or set corpus.broken_songs: skip"
        )
    return Stem(nfc(label), name, path, tuple(map(nfc, instruments)))


def check_names(songs: Iterable[Multitrack]) -> None:
    """Check that tables can hold the names of songs, and tell them apart within a split.

    Raises
    ------
    InputError
        If a name is not UTF-8 or longer than `MAX_NAME_LENGTH`, or two songs of a split have one
        name.
    """
    path_of: dict[tuple[str, str], str] = {}
    for song in songs:
        if len(song.name) > MAX_NAME_LENGTH:
            raise InputError(
                f"{song.path}: the name of a song has {len(song.name)} characters; expected at most"
                f" {MAX_NAME_LENGTH}: rename it"
            )
        if not is_utf8(song.name):
            raise InputError(
                f"{printable(song.path)}: the song's name {printable(song.name)} is not UTF-8;"
                " expected names that tables can hold: rename it"
            )
        other = path_of.setdefault((song.split, song.name), song.path)
        if other != song.path and nfc(other) == nfc(song.path):
            raise InputError(
                f"{song.path}: the name of another song differs only in its form of Unicode;"
                " expected distinct names: rename one"
            )
        if other != song.path:
            raise InputError(
                f"{song.path}: the song is called {song.name}, like {other}; expected distinct"
                " names: rename one"
            )

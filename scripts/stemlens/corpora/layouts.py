"""The layouts of stem corpora, each read by its own module."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stemlens.corpora.medleydb import list_medleydb
from stemlens.corpora.moisesdb import list_moisesdb
from stemlens.corpora.multitrack import Listing, ListingOptions, check_names
from stemlens.corpora.musdb_songs import list_demo, list_musdb18, list_musdb18hq
from stemlens.corpora.slakh2100 import list_slakh2100
from stemlens.corpora.song_folders import list_song_folders
from stemlens.corpora.stem_table import list_stem_table
from stemlens.errors import InputError
from stemlens.given_paths import expanded, is_file, is_folder
from stemlens.names import is_utf8, printable
from stemlens.splits import SPLITS

ERROR, SILENCE = "error", "silence"


@dataclass(frozen=True)
class Layout:
    """A form in which corpora are published.

    Attributes
    ----------
    list_songs
        Lists the songs of a corpus.
    root
        What ``corpus.root`` should be, for messages.
    missing
        What a class without a stem in a song means: ``error`` or ``silence``.
    variable
        Environment variable that names the folder where ``corpus.root`` is not set.
    folders
        Folders that every such corpus has.
    is_made
        Whether the workflow makes the corpus.
    is_table
        Whether ``corpus.root`` is a file; otherwise it is a folder.
    names_are_files
        Whether the name of a stem is that of its stream or file in the song, so that the job which
        reads a song can say what it lacks.
    """

    list_songs: Callable[[Path, ListingOptions], Listing]
    root: str
    missing: str = ERROR
    variable: str = ""
    folders: tuple[str, ...] = ()
    is_made: bool = False
    is_table: bool = False
    names_are_files: bool = False


WITH_SPLITS = "the folder with train/ and test/"
LAYOUTS = {
    "demo": Layout(list_demo, WITH_SPLITS, is_made=True, names_are_files=True),
    "musdb18": Layout(
        list_musdb18, WITH_SPLITS, variable="MUSDB_PATH", folders=SPLITS, names_are_files=True
    ),
    "musdb18hq": Layout(
        list_musdb18hq, WITH_SPLITS, variable="MUSDB_PATH", folders=SPLITS, names_are_files=True
    ),
    "medleydb": Layout(list_medleydb, "the folder of songs", SILENCE, "MEDLEYDB_PATH"),
    "moisesdb": Layout(list_moisesdb, "the folder with moisesdb_v0.1/", SILENCE, "MOISESDB_PATH"),
    "slakh2100": Layout(list_slakh2100, WITH_SPLITS, SILENCE, "SLAKH_PATH"),
    "folders": Layout(list_song_folders, "the folder of songs"),
    "csv": Layout(list_stem_table, "a CSV file", is_table=True),
}


def list_corpus(layout: str, root: str | Path, options: ListingOptions) -> Listing:
    """List the songs of a corpus as published.

    Raises
    ------
    InputError
        If the corpus is not there, differs from its published form, or holds no songs; a name is
        not UTF-8; or two songs of a split have one name.
    """
    about, root = LAYOUTS[layout], expanded(root)
    if not is_utf8(str(root)):
        raise InputError(
            f"corpus.root: {printable(str(root))} is not UTF-8; expected a path that every library"
            " can open: rename the folder, or link to it"
        )
    if not about.is_made and not (is_file if about.is_table else is_folder)(root):
        raise InputError(
            f"corpus.root: there is no {'file' if about.is_table else 'folder'} {root}; expected"
            f" {about.root} (corpus.layout {layout}): set corpus.root"
            f"{about.variable and f' or {about.variable}'}"
        )
    listing = about.list_songs(root, options)
    if not listing.songs:
        raise InputError(
            f"corpus.root: {root} holds no songs of corpus.layout {layout}; expected {about.root}:"
            " check both"
        )
    check_names(listing.songs)
    return listing

"""MoisesDB: ``<provider>/<uuid>/data.json`` and ``<provider>/<uuid>/<stem>/<track>.wav``.

References
----------
Pereira, I., Araújo, F., Korzeniowski, F. and Vogl, R. (2023). MoisesDB: a dataset for source
separation beyond 4-stems. ISMIR.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from stemlens.corpora.multitrack import (
    Listing,
    ListingOptions,
    Multitrack,
    Stem,
    folder_stem,
    read_each,
)
from stemlens.corpora.songs import visible
from stemlens.errors import InputError
from stemlens.names import nfc, some

DESCRIPTION = "data.json"


def list_moisesdb(root: Path, options: ListingOptions) -> Listing:
    """List the songs in a folder, or in folders within it such as ``moisesdb_v0.1``.

    A song is called ``<artist> - <song>``, with its identifier where two would share that. Every
    track is a stem: its label is that of its group (``drums``), its instruments are group and type.

    Raises
    ------
    InputError
        If a description cannot be read, lacks a key, or lists a file that is missing.
    """
    songs, broken = read_each(_song_folders(root), _read, skip_broken=options.skip_broken)
    shared = Counter(song.name for song in songs)
    for number, song in enumerate(songs):
        if shared[song.name] > 1:
            songs[number] = replace(song, name=f"{song.name} ({Path(song.path).name})")
    lines = [f"corpus.root: left out, since they are incomplete: {some(broken)}"] if broken else []
    return Listing(songs, lines)


def _song_folders(root: Path) -> Iterator[Path]:
    for folder in filter(Path.is_dir, visible(root)):
        if (folder / DESCRIPTION).is_file():
            yield folder
            continue
        yield from (path for path in visible(folder) if (path / DESCRIPTION).is_file())


def _read(folder: Path) -> Multitrack:
    file = folder / DESCRIPTION
    try:
        about = json.loads(file.read_text("utf-8"))
    # RecursionError: brackets in brackets.
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{file}: cannot be read as JSON ({error}); expected MoisesDB's description of a song:"
            " copy it again"
        ) from error
    try:
        stems = tuple(_stems(folder, about))
        artist, song = nfc(about["artist"]), nfc(about["song"])
        has_bleed = any(
            track.get("has_bleed") for stem in about["stems"] for track in stem["tracks"]
        )
    except KeyError as error:
        raise InputError(
            f"{file}: the key {error.args[0]} is missing; expected MoisesDB's description of a"
            " song: copy it again"
        ) from error
    except (TypeError, AttributeError) as error:
        raise InputError(
            f"{file}: is not MoisesDB's description of a song ({error}); copy it again"
        ) from error
    name = f"{artist} - {song}"
    return Multitrack(name, str(folder), stems, artist=artist, has_bleed=has_bleed)


def _stems(folder: Path, about: Any) -> Iterator[Stem]:
    for stem in about["stems"]:
        group = stem["stemName"]
        for track in stem["tracks"]:
            name = f"{group}/{track['id']}.{track.get('extension', 'wav')}"
            instruments = dict.fromkeys([group, track["trackType"]])
            yield folder_stem(folder, name, group, instruments, listed_in=DESCRIPTION)

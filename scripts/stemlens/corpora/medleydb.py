"""MedleyDB 1 and 2, and corpora in their form such as MDB Drums.

``<song>/<song>_STEMS/<song>_STEM_01.wav`` and ``<song>/<song>_RAW/<song>_RAW_01_01.wav``, described
by ``<song>_METADATA.yaml``.

References
----------
Bittner, R., Salamon, J., Tierney, M., Mauch, M., Cannam, C. and Bello, J. P. (2014). MedleyDB: a
multitrack dataset for annotation-intensive MIR research. ISMIR.
"""

from collections.abc import Iterator, Mapping
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
from stemlens.given_paths import expanded, is_file
from stemlens.names import nfc, some
from stemlens.yaml_file import read_yaml

METADATA_FOLDER = "Metadata"
"""As in the repository of MedleyDB, which has the metadata of all songs."""


def list_medleydb(root: Path, options: ListingOptions) -> Listing:
    """List the songs in a folder or in folders within it, such as ``Audio`` or ``V1``.

    Where a song has no folder ``_STEMS``, its raw tracks are its stems. The artist is the first
    part of the song's name. Metadata are looked for in ``options.metadata``, in the song's folder
    and in ``<root>/Metadata``.

    Raises
    ------
    InputError
        If a song has no metadata, they lack a key, or a file that they list is missing.
    """
    places = [root / METADATA_FOLDER]
    if options.metadata:
        places.insert(0, expanded(options.metadata))
    songs, broken = read_each(
        _song_folders(root), lambda folder: _read(folder, places), skip_broken=options.skip_broken
    )
    notices = []
    if broken:
        notices.append(f"corpus.root: left out, since they are incomplete: {some(broken)}")
    raw = [song.name for song in songs if song.stems and song.stems[0].label.count("/")]
    if raw and len(raw) < len(songs):
        notices.append(f"corpus.root: no stems, so raw tracks are used: {some(raw)}")
    return Listing(songs, notices)


def _song_folders(root: Path, depth: int = 2) -> Iterator[Path]:
    for folder in filter(Path.is_dir, visible(root)):
        if any((folder / f"{folder.name}_{kind}").is_dir() for kind in ("STEMS", "RAW")):
            yield folder
        elif depth > 1:
            yield from _song_folders(folder, depth - 1)


def _read(folder: Path, places: list[Path]) -> Multitrack:
    file = f"{folder.name}_METADATA.yaml"
    places = [*places[:-1], folder, places[-1]]
    found = [place / file for place in places if is_file(place / file)]
    if not found:
        raise InputError(
            f"{folder}: there is no {file} in {' or '.join(map(str, places))}; expected MedleyDB's"
            " metadata: set corpus.metadata to the folder that holds them"
        )
    about = _mapping(read_yaml(found[0]), str(found[0]))
    stems = tuple(_stems(folder, about, found[0]))
    name = nfc(folder.name)
    return Multitrack(
        name=name,
        path=str(folder),
        stems=stems,
        artist=name.partition("_")[0],
        has_bleed=about.get("has_bleed") in ("yes", True),
    )


def _stems(folder: Path, about: Mapping[str, Any], metadata: Path) -> Iterator[Stem]:
    has_stems = (folder / f"{folder.name}_STEMS").is_dir()
    inside = f"{folder.name}_{'STEMS' if has_stems else 'RAW'}"
    for label, stem in _mapping(_value(about, "stems", metadata), f"{metadata}: stems").items():
        where = f"{metadata}: stems.{label}"
        tracks = {label: stem}
        if not has_stems:
            raw = _mapping(_value(_mapping(stem, where), "raw", where), f"{where}.raw")
            tracks = {f"{label}/{key}": track for key, track in raw.items()}
        for key, track in tracks.items():
            track = _mapping(track, where)
            instruments = _value(track, "instrument", where)
            yield folder_stem(
                folder,
                f"{inside}/{_value(track, 'filename', where)}",
                str(key),
                [instruments] if isinstance(instruments, str) else map(str, instruments),
                listed_in=metadata.name,
            )


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: found {value!r}; expected keys and values: correct it")
    return value


def _value(about: Mapping[str, Any], key: str, where: str | Path) -> Any:
    if not about.get(key):
        raise InputError(f"{where}: the key {key} is missing or empty; expected it: correct it")
    return about[key]

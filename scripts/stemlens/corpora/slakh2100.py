"""Slakh2100: ``<split>/Track00001/metadata.yaml`` and ``<split>/Track00001/stems/S00.flac``.

Its variants have that form too: redux with a folder ``omitted``, BabySlakh without splits and with
WAV files.

References
----------
Manilow, E., Wichern, G., Seetharaman, P. and Le Roux, J. (2019). Cutting music source separation
some Slakh: a dataset to study the impact of training data quality and quantity. WASPAA.
"""

from collections.abc import Iterator, Mapping
from functools import partial
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
from stemlens.given_paths import is_file
from stemlens.names import nfc, some
from stemlens.yaml_file import read_yaml

DESCRIPTION = "metadata.yaml"
VALIDATION = "validation"
OMITTED = "omitted"


def list_slakh2100(root: Path, options: ListingOptions) -> Listing:
    """List the tracks of a folder with the published splits, or of a folder without any.

    Tracks in ``omitted`` repeat others and are left out. A stem is called as its file (``S00``);
    its instruments are its MIDI class (``Guitar``) and program (``Distortion Guitar``). Stems that
    were not rendered are none.

    Raises
    ------
    InputError
        If metadata cannot be read, lack a key, or list a file that is missing.
    """
    split_of = {"train": "train", "test": "test", VALIDATION: options.validation}
    published = {name: root / name for name in split_of if (root / name).is_dir()}
    notices = []
    songs: list[Multitrack] = []
    broken: list[str] = []
    for name, folder in (published or {"": root}).items():
        split = split_of.get(name, "")
        if split == "leave_out":
            continue
        places = [path for path in visible(folder) if (path / DESCRIPTION).is_file()]
        found, reasons = read_each(
            places, partial(_read, split=split), skip_broken=options.skip_broken
        )
        songs += found
        broken += reasons
    if (root / OMITTED).is_dir():
        notices.append(f"corpus.root: left out, since they repeat others: the tracks of {OMITTED}/")
    if broken:
        notices.append(f"corpus.root: left out, since they are incomplete: {some(broken)}")
    return Listing(songs, notices)


def _read(folder: Path, split: str) -> Multitrack:
    about = read_yaml(folder / DESCRIPTION)
    try:
        stems = tuple(_stems(folder, about))
    except (TypeError, AttributeError) as error:
        raise InputError(
            f"{folder / DESCRIPTION}: is not Slakh's metadata of a track ({error}); copy it again"
        ) from error
    return Multitrack(nfc(folder.name), str(folder), stems, split=split)


def _stems(folder: Path, about: Any) -> Iterator[Stem]:
    where = folder / DESCRIPTION
    if not isinstance(about, Mapping) or not isinstance(about.get("stems"), Mapping):
        raise InputError(f"{where}: the key stems is missing; expected Slakh's metadata of a track")
    inside = about.get("audio_dir", "stems")
    for label, stem in about["stems"].items():
        if not stem.get("audio_rendered", True):
            continue
        try:
            instruments = dict.fromkeys([stem["inst_class"], stem["midi_program_name"]])
        except KeyError as error:
            raise InputError(
                f"{where}: stems.{label}: the key {error.args[0]} is missing; expected Slakh's"
                " metadata of a track"
            ) from error
        name = f"{inside}/{label}.flac"
        if not is_file(folder / name) and is_file(folder / f"{inside}/{label}.wav"):
            name = f"{inside}/{label}.wav"
        yield folder_stem(folder, name, label, instruments, listed_in=DESCRIPTION)

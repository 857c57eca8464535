"""Are the songs that a config names in the corpus? Asked before the first job."""

from collections.abc import Iterable, Mapping
from typing import Any

from stemlens.corpora.musdb_facts import validation_songs
from stemlens.corpora.songs import Song
from stemlens.errors import InputError
from stemlens.names import nfc, some


def check_named_songs(config: Mapping[str, Any], songs: Iterable[Song]) -> None:
    """Demand that songs that a config names are there, and one that is not held out.

    Whether they have a segment is known later.

    Parameters
    ----------
    config
        The merged config; ``training.holdout`` and ``figures.songs`` are read.
    songs
        Those of the corpus.

    Raises
    ------
    InputError
        If a song is not in the split that its key is about, or every training song, or none of
        musdb's, is held out.
    """
    names: dict[str, list[str]] = {"train": [], "test": []}
    for song in songs:
        names[song.split].append(song.name)
    holdout = config["training"]["holdout"]
    if holdout == "musdb":
        held_out = {*validation_songs()} & {*names["train"]}
        if not held_out:
            raise InputError(
                "config key training.holdout: found musdb, of whose validation songs this corpus"
                " has none in train/; expected none or a list of training songs, among"
                f" {some(names['train'])}"
            )
    else:
        held_out = set() if holdout == "none" else {*map(nfc, holdout)}
        _demand("training.holdout", held_out, names["train"], "training")
    if held_out == {*names["train"]}:
        raise InputError(
            "config key training.holdout: every training song is held out; leave some to train on"
        )
    _demand("figures.songs", map(nfc, config["figures"]["songs"]), names["test"], "test")


def _demand(key: str, wanted: Iterable[str], known: list[str], split: str) -> None:
    absent = sorted({*wanted} - {*known})
    if absent:
        raise InputError(
            f"config key {key}: found {', '.join(map(repr, absent))}, no {split} song; expected"
            f" names of {split} songs, among {some(known)}"
        )

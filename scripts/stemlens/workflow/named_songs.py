"""Does the corpus have the songs that a config names? Checked before the first job."""

from collections.abc import Iterable, Mapping
from typing import Any

from stemlens.corpora.musdb_facts import validation_songs
from stemlens.corpora.songs import Song
from stemlens.errors import InputError
from stemlens.names import nfc, some


def check_named_songs(config: Mapping[str, Any], songs: Iterable[Song]) -> None:
    """Check ``training.holdout`` and ``figures.songs``.

    Whether these songs have segments is not known yet.

    Raises
    ------
    InputError
        If a named song is not in its split, songs of a figure are of two folds, every training song
        is held out, or the corpus has none of musdb's validation songs where those are to be held
        out.
    """
    names: dict[str, list[str]] = {"train": [], "test": []}
    fold_of = {}
    for song in songs:
        names[song.split].append(song.name)
        if song.split == "test":
            fold_of[song.name] = song.fold
    shown = [nfc(name) for name in config["figures"]["songs"]]
    _check_names("figures.songs", shown, names["test"], "test")
    if len({fold_of[name] for name in shown}) > 1:
        raise InputError(
            f"config key figures.songs: {' and '.join(map(repr, shown))} are of the folds"
            f" {' and '.join(str(fold_of[name]) for name in shown)}, which have different networks;"
            " expected songs of one fold"
        )
    if config["corpus"]["split"]["folds"]:
        return
    holdout = config["training"]["holdout"]
    if holdout == "musdb":
        held_out = {*validation_songs()} & {*names["train"]}
        if not held_out:
            raise InputError(
                "config key training.holdout: found musdb, but none of its validation songs is in"
                " train/; expected none or a list of training songs, among"
                f" {some(names['train'])}"
            )
    else:
        held_out = set() if holdout == "none" else {*map(nfc, holdout)}
        _check_names("training.holdout", held_out, names["train"], "training")
    if held_out == {*names["train"]}:
        raise InputError(
            "config key training.holdout: every training song is held out; leave some to train on"
        )


def _check_names(key: str, names: Iterable[str], known: list[str], split: str) -> None:
    absent = sorted({*names} - {*known})
    if absent:
        raise InputError(
            f"config key {key}: found {', '.join(map(repr, absent))}, not a {split} song; expected"
            f" names of {split} songs, among {some(known)}"
        )

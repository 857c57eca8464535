"""The songs of a run: found before the first job, and checked against what the config asks."""

import os
from collections.abc import Mapping
from typing import Any

from stemlens.corpora.songs import (
    Song,
    absent_songs,
    demo_songs,
    left_out,
    list_songs,
)
from stemlens.corpora.stem_check import check_stems
from stemlens.errors import InputError
from stemlens.names import some
from stemlens.splits import SPLITS
from stemlens.workflow.named_songs import check_named_songs


def corpus_root(corpus: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """Find the folder that holds ``train`` and ``test``.

    Parameters
    ----------
    corpus
        The config's section; its ``root``, or else the environment variable ``MUSDB_PATH``, counts.
    environment
        Environment variables.

    Raises
    ------
    InputError
        If neither is set.
    """
    root = corpus["root"] or environment.get("MUSDB_PATH")
    if not root:
        raise InputError(
            "corpus.root: neither it nor the environment variable MUSDB_PATH is set;"
            " expected the folder that holds train/ and test/: set one of them"
        )
    # Not that of Path, which raises where there is no such user.
    return os.path.expanduser(root)  # noqa: PTH111


def corpus_songs(config: Mapping[str, Any], root: str) -> tuple[list[Song], list[str]]:
    """List the songs, and say what lies beside them and is not read.

    Parameters
    ----------
    config
        The merged config.
    root
        Folder that holds ``train`` and ``test``; that of the demo need not be there yet.

    Returns
    -------
    songs : list of Song
    notices : list of str
        A line each.

    Raises
    ------
    InputError
        If songs or stems are missing, or the config names songs that are not there.
    """
    corpus, notices = config["corpus"], []
    stems = [item["stem"] for item in corpus["classes"]]
    if corpus["layout"] == "demo":
        n_songs = {split: config["demo"][f"n_{split}_songs"] for split in SPLITS}
        songs = demo_songs(root, n_songs, stems)
    else:
        skips = corpus["broken_songs"] == "skip"
        songs = list_songs(root, corpus["layout"], stems, some_may_lack=skips)
        check_stems(songs, corpus["layout"], stems, some_may_lack=skips)
        if absent := absent_songs(root, corpus["layout"]):
            notices.append(f"corpus.root: left out, since they cannot be read: {some(absent)}")
        if others := left_out(root, corpus["layout"]):
            notices.append(f"corpus.root: left out, since they are no songs: {some(others)}")
    check_named_songs(config, songs)
    return songs, notices

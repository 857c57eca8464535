"""The songs of a run: listed and checked against the config before the first job."""

import os
from collections.abc import Mapping
from typing import Any

from stemlens.corpora.songs import Song, demo_songs, list_songs, missing_songs, other_files
from stemlens.corpora.stem_check import check_stems
from stemlens.errors import InputError
from stemlens.names import some
from stemlens.splits import SPLITS


def corpus_root(corpus: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """Return the ``root`` of the config's section ``corpus`` or, if unset, ``MUSDB_PATH``.

    Raises
    ------
    InputError
        If neither is set.
    """
    root = corpus["root"] or environment.get("MUSDB_PATH")
    if not root:
        raise InputError(
            "corpus.root: neither it nor the environment variable MUSDB_PATH is set;"
            " expected the folder with train/ and test/: set one of them"
        )
    # Path.expanduser raises where there is no such user.
    return os.path.expanduser(root)  # noqa: PTH111


def corpus_songs(config: Mapping[str, Any], root: str) -> tuple[list[Song], list[str]]:
    """List the songs.

    Parameters
    ----------
    root
        Folder with ``train`` and ``test``; need not exist for the demo corpus.

    Returns
    -------
    songs : list of Song
    notices : list of str
        A line each on files that are not used.

    Raises
    ------
    InputError
        If songs or stems are missing.
    """
    corpus, notices = config["corpus"], []
    stems = [item["stem"] for item in corpus["classes"]]
    if corpus["layout"] == "demo":
        n_songs = {split: config["demo"][f"n_{split}_songs"] for split in SPLITS}
        songs = demo_songs(root, n_songs, stems)
    else:
        skips = corpus["broken_songs"] == "skip"
        songs = list_songs(root, corpus["layout"], stems, skip_missing=skips)
        check_stems(songs, corpus["layout"], stems, skip_incomplete=skips)
        if missing := missing_songs(root, corpus["layout"]):
            notices.append(f"corpus.root: left out, since they cannot be read: {some(missing)}")
        if others := other_files(root, corpus["layout"]):
            notices.append(f"corpus.root: left out, since they are not songs: {some(others)}")
    return songs, notices

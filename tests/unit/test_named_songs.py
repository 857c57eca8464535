import unicodedata
from typing import Any

import pytest
from stemlens.corpora.songs import Song
from stemlens.errors import InputError
from stemlens.workflow.named_songs import check_named_songs

MUSDBS = "Actions - One Minute Smile"


def corpus(train: list[str], test: list[str]) -> list[Song]:
    names = [("train", name) for name in train] + [("test", name) for name in test]
    return [Song(name, split, name.lower(), f"{split}/{name}", {}) for split, name in names]


def named(holdout: Any, songs: list[str]) -> dict[str, Any]:
    corpus = {"split": {"folds": None}}
    return {"corpus": corpus, "training": {"holdout": holdout}, "figures": {"songs": songs}}


SONGS = corpus(["Ann", "Zoë", MUSDBS], ["Cid", "Dee", "Zoë"])


@pytest.mark.parametrize(
    ("holdout", "songs"),
    [
        ("none", []),
        ("musdb", ["Dee", "Cid"]),
        (["Ann", MUSDBS], []),
        ([unicodedata.normalize("NFD", "Zoë")], [unicodedata.normalize("NFD", "Zoë"), "Cid"]),
    ],
)
def test_songs_of_the_corpus_may_be_named_in_any_form_of_unicode(
    holdout: Any, songs: list[str]
) -> None:
    check_named_songs(named(holdout, songs), SONGS)


@pytest.mark.parametrize(
    ("holdout", "songs", "message"),
    [
        (
            ["Ann", "nobody"],
            [],
            "training.holdout: found 'nobody', not a training song.* among Ann, ",
        ),
        (["Cid"], [], "training.holdout: found 'Cid', not a training song"),
        (["Ann", "Zoë", MUSDBS], [], "training.holdout: every training song is held out"),
        (
            "none",
            ["nobody", "Cid"],
            "figures.songs: found 'nobody', not a test song; .* among Cid, D",
        ),
        ("none", ["Ann", "Cid"], "figures.songs: found 'Ann', not a test song"),
    ],
)
def test_a_song_that_is_not_in_its_split_is_refused_by_name(
    holdout: Any, songs: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=f"^config key {message}"):
        check_named_songs(named(holdout, songs), SONGS)


@pytest.mark.parametrize(
    ("train", "message"),
    [(["Ann"], "found musdb, but none of its"), ([MUSDBS], "every training song")],
)
def test_musdbs_holdout_needs_some_but_not_only_its_songs(train: list[str], message: str) -> None:
    with pytest.raises(InputError, match=rf"^config key training\.holdout: {message}"):
        check_named_songs(named("musdb", []), corpus(train, ["Cid"]))

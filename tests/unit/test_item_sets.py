"""Which items are compared: within folds, whatever network they go through."""

import numpy as np
import pandas as pd
import pytest
from stemlens.activations.stimuli import fold_by_song
from stemlens.errors import InputError
from stemlens.keeps.item_sets import item_sets
from stemlens.keeps.names import CONCEPTS, GAINS, TRANSFORMED
from transformed_sets import item_table

FOLD_OF_SONG = {"Ann": 2, "Zoë": 1, "007": 2, "Bea": 1}
SONGS_OF_FOLD = {1: ["Bea", "Zoë"], 2: ["007", "Ann"]}


def transformed_items() -> pd.DataFrame:
    of_class = (
        item_table(list(FOLD_OF_SONG), [("gain", -6.0)], class_name=name)
        for name in ("drums", "bass")
    )
    return pd.concat(of_class, ignore_index=True)


def gained_items() -> pd.DataFrame:
    rows = [(song, name) for song in FOLD_OF_SONG for name in ("", "", "drums", "bass")]
    return pd.DataFrame(rows, columns=["song", "class"])


@pytest.mark.parametrize(("n_networks", "networks"), [(1, [0, 0]), (2, [0, 1])])
@pytest.mark.parametrize("part", [GAINS, TRANSFORMED])
def test_songs_of_two_folds_are_never_compared_even_by_one_network(
    part: str, n_networks: int, networks: list[int]
) -> None:
    items = gained_items() if part == GAINS else transformed_items()
    sets = list(item_sets(part, items, FOLD_OF_SONG, n_networks))
    n_each = 1 if part == GAINS else 2
    assert [network for network, _ in sets] == list(np.repeat(networks, n_each))
    for (_, one), fold in zip(sets, np.repeat([1, 2], n_each), strict=True):
        assert (one.items["fold"] == fold).all()
        assert sorted(one.items["song"].unique()) == SONGS_OF_FOLD[fold]
    assert sum(len(one.items) for _, one in sets) == len(items)


def test_references_come_first_sorted_by_song() -> None:
    of_one_fold = dict.fromkeys(FOLD_OF_SONG, 1)
    for _, one in item_sets(TRANSFORMED, transformed_items(), of_one_fold, 1):
        assert "fold" not in one.items
        assert len(set(one.items["class"])) == 1
        is_original = one.items["transformation"] == "original"
        assert is_original.tolist() == [True] * 4 + [False] * (len(one.items) - 4)
        assert one.items["song"][:4].tolist() == sorted(FOLD_OF_SONG)
        assert one.n_references == 4


@pytest.mark.parametrize("n_networks", [1, 2])
def test_rendered_songs_go_through_every_network_once(n_networks: int) -> None:
    items = pd.DataFrame({"song": ["concept-0001", "concept-0002"]})
    sets = list(item_sets(CONCEPTS, items, FOLD_OF_SONG, n_networks))
    assert [network for network, _ in sets] == list(range(n_networks))
    for network, one in sets:
        assert one.items["song"].tolist() == items["song"].tolist()
        assert one.n_references == 2
        assert n_networks == 1 or (one.items["fold"] == network + 1).all()


def test_songs_have_the_fold_of_their_stimuli_and_without_folds_all_the_same() -> None:
    stimuli = pd.DataFrame({"song": ["b", "a", "b", "a"], "fold": [2, 1, 2, 1]})
    assert fold_by_song(stimuli) == {"a": 1, "b": 2}
    assert fold_by_song(stimuli[["song"]]) == {"a": 1, "b": 1}


def test_a_fold_without_items_has_no_set_and_none_at_all_is_an_error():
    items = item_table(["a", "b"]).assign(path="", row=0)
    (found,) = item_sets("transformed", items, {"a": 1, "b": 1, "c": 2}, 1)
    assert found[1].items["song"].tolist() == ["a", "b"]
    with pytest.raises(InputError, match=r"keeps\.songs"):
        next(item_sets("transformed", items.iloc[:0], {"a": 1}, 1))

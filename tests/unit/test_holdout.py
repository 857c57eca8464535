import unicodedata

import pandas as pd
import pytest
from stemlens.errors import InputError
from stemlens.training.holdout import demand_unknown, held_out_segments

MUSDBS = "Actions - One Minute Smile"
SONGS = pd.Series(["Ann", "Ann", MUSDBS, "Bea", MUSDBS])


def test_none_holds_nothing_out():
    assert held_out_segments(SONGS, "none").tolist() == [False] * 5


def test_named_songs_are_held_out_with_all_their_segments():
    assert held_out_segments(SONGS, ["Ann"]).tolist() == [True, True, False, False, False]
    assert held_out_segments(SONGS, ["Bea", "Ann"]).tolist() == [True, True, False, True, False]


def test_musdb_holds_out_those_of_its_validation_songs_that_have_a_segment():
    assert held_out_segments(SONGS, "musdb").tolist() == [False, False, True, False, True]


def test_an_unknown_song_is_refused_by_name():
    with pytest.raises(InputError, match=r"training\.holdout: 'Cid' has no segment"):
        held_out_segments(SONGS, ["Ann", "Cid"])


def test_musdb_is_refused_for_another_corpus():
    with pytest.raises(InputError, match=rf"training\.holdout: .*'{MUSDBS}', "):
        held_out_segments(pd.Series(["Ann", "Bea"]), "musdb")


@pytest.mark.parametrize(
    ("songs", "holdout"), [(SONGS, ["Ann", "Bea", MUSDBS]), (pd.Series([MUSDBS]), "musdb")]
)
def test_a_song_must_be_left_to_train_on(songs, holdout):
    with pytest.raises(InputError, match=r"training\.holdout: every"):
        held_out_segments(songs, holdout)


def test_a_name_may_be_spelled_in_one_code_point_or_two():
    songs = pd.Series(["Zoë", "Ann"])
    spelled = unicodedata.normalize("NFD", "Zoë")
    assert spelled != "Zoë"
    assert held_out_segments(songs, [spelled]).tolist() == [True, False]


def test_a_song_that_is_held_out_and_trained_on_under_another_name_is_refused():
    pairs = pd.DataFrame({"song_a": ["Ann", "Cid"], "song_b": ["Bea", "Dan"]})
    demand_unknown({"Ann", "Bea"}, pairs)
    demand_unknown(set(), pairs)
    for held_out in ({"Cid"}, {"Ann", "Bea", "Dan"}):
        with pytest.raises(InputError, match="'Cid' and 'Dan', of which one is held out"):
            demand_unknown(held_out, pairs)

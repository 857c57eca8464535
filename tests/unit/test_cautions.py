import numpy as np
import pandas as pd
import pytest
from stemlens.hypotheses.cautions import cautions


def claims(*, n_seeds=3, n_songs=47, n_comparisons=4, effect=0.1):
    rows = {
        "id": "H1",
        "network": "paper",
        "training": "trained",
        "mse_measure": "",
        "effect": effect,
        "n_seeds": n_seeds,
        "n_songs": n_songs,
        "n_comparisons": n_comparisons,
    }
    return pd.DataFrame([rows] * 3)


def said(table, *, n_replicates=10_000):
    return cautions(table, confidence=0.95, n_replicates=n_replicates)


def test_three_trainings_of_47_songs_need_no_caution():
    assert said(claims()) == []


@pytest.mark.parametrize(("n_seeds", "text"), [(1, "about this one training"), (2, "two train")])
def test_few_trainings_come_first(n_seeds, text):
    (caution,) = said(claims(n_seeds=n_seeds))
    assert text in caution
    assert "experiment.seeds" in caution


def test_too_few_songs_for_an_interval_are_counted():
    (caution,) = said(claims(n_songs=4))
    assert "4 test songs: below 5" in caution


def test_replicates_have_to_reach_as_far_as_the_most_extreme_of_all_claims():
    """Of 20 claims at 95 %: a tail of 0.00125, which 800 replicates just hold."""
    assert said(claims(n_comparisons=20), n_replicates=800) == []
    (caution,) = said(claims(n_comparisons=20), n_replicates=799)
    assert caution.startswith("bootstrap.n_replicates is 799: ")
    assert "at least 800" in caution


def test_where_nothing_is_applicable_there_is_nothing_to_mind():
    assert said(claims(n_seeds=0, n_songs=0, effect=np.nan)) == []

import numpy as np
import pandas as pd
import pytest
from mel_splits import CLASSES
from sklearn.metrics import f1_score
from stemlens.evaluation.comparison import compare_networks, score_networks
from stemlens.statistics.estimate import Estimate

SONGS = ["Zoë", "007", "Ann", "Bea", "Cid", "Dan"]
COSTS = {
    "paper": {"n_parameters": 700, "multiply_adds": 9000},
    "deeper": {"n_parameters": 800, "multiply_adds": 9500},
}


def predictions(seed):
    """Songs with one to three segments of seven mixes each, in any order."""
    rng = np.random.default_rng(seed)
    rows = [
        (song, 10.0 * segment, mix, name, int(rng.integers(0, 2)))
        for number, song in enumerate(SONGS)
        for segment in range(1 + number % 3)
        for mix in range(7)
        for name in CLASSES
    ]
    table = pd.DataFrame(rows, columns=["song", "start_s", "mix", "class", "target"])
    noise = rng.random(len(table))
    return table.assign(probability=0.7 * noise + 0.3 * table["target"])


def sklearn_macro_f1(table):
    rows = table.groupby("class")[["target", "probability"]]
    return np.mean(
        [f1_score(c["target"], c["probability"] > 0.5, zero_division=0) for _, c in rows]
    )


def test_songs_are_drawn_for_all_networks_together():
    """Two networks whose F1 differs by song, yet never from each other."""
    same = predictions(3)
    scores = score_networks({"paper": [same], "deeper": [same]}, n_replicates=200, seed=0)
    assert scores["paper"].replicates.std() > 0.01
    np.testing.assert_array_equal(scores["paper"].replicates, scores["deeper"].replicates)
    compared = compare_networks(scores, COSTS, reference="paper", confidence=0.9)
    assert compared["difference"][1] == 0
    assert np.isnan(compared["difference_ci_low"][1])


@pytest.mark.parametrize(("reference", "other"), [("paper", "deeper"), ("deeper", "paper")])
def test_the_table_sets_cost_score_and_difference_side_by_side(reference, other):
    tables = {"paper": [predictions(7), predictions(8)], "deeper": [predictions(9), predictions(7)]}
    scores = score_networks(tables, n_replicates=300, seed=0)
    table = compare_networks(scores, COSTS, reference=reference, confidence=0.9)
    table = table.set_index("network")
    for name, cost in COSTS.items():
        row, of_seeds = table.loc[name], [sklearn_macro_f1(t) for t in tables[name]]
        assert row[list(cost)].to_dict() == cost
        assert row["macro_f1"] == pytest.approx(np.mean(of_seeds))
        assert row["seed_std"] == pytest.approx(np.std(of_seeds, ddof=1))
        assert (row["n_seeds"], row["n_songs"]) == (2, len(SONGS))
        interval = Estimate(np.array(of_seeds), scores[name].replicates, len(SONGS)).interval(0.9)
        assert row[["ci_low", "ci_high"]].tolist() == pytest.approx(interval)
    columns = ["difference", "difference_ci_low", "difference_ci_high"]
    assert table.loc[reference, columns].isna().all()
    by_seed = scores[other].by_seed - scores[reference].by_seed
    replicates = scores[other].replicates - scores[reference].replicates
    difference = Estimate(by_seed, replicates, len(SONGS))
    expected = [by_seed.mean(), *difference.interval(0.9)]
    assert table.loc[other, columns].tolist() == pytest.approx(expected)

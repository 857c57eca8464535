import numpy as np
import pandas as pd
import pytest
from mel_splits import CLASSES
from sklearn.metrics import f1_score
from stemlens.evaluation.comparison import compare_networks, score_networks
from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.song_scores import macro_f1
from stemlens.statistics.estimate import Estimate
from stemlens.target_type import MULTI_LABEL

SONGS = ["Zoë", "007", "Ann", "Bea", "Cid", "Dan"]
COSTS = {
    "paper": {"n_parameters": 700, "multiply_adds": 9000},
    "deeper": {"n_parameters": 800, "multiply_adds": 9500},
}


def predictions(seed, songs=SONGS, knowledge=0.3):
    """Songs with one to three segments of seven mixes each, in any order."""
    rng = np.random.default_rng(seed)
    rows = [
        (song, 10.0 * segment, mix, name, int(rng.integers(0, 2)))
        for number, song in enumerate(songs)
        for segment in range(1 + number % 3)
        for mix in range(7)
        for name in CLASSES
    ]
    table = pd.DataFrame(rows, columns=["song", "start_s", "mix", "class", "target"])
    noise = rng.random(len(table))
    return table.assign(probability=(1 - knowledge) * noise + knowledge * table["target"])


def sklearn_macro_f1(table):
    rows = table.groupby("class")[["target", "probability"]]
    return np.mean(
        [f1_score(c["target"], c["probability"] > 0.5, zero_division=0) for _, c in rows]
    )


def in_another_order(table):
    """The same examples, each with its rows together."""
    order = np.random.default_rng(0).permutation(len(table) // len(CLASSES))
    rows = np.arange(len(table)).reshape(-1, len(CLASSES))[order]
    return table.iloc[rows.ravel()]


def macro_f1_of(table, weights):
    return macro_f1(Outcomes.from_table(table, MULTI_LABEL), weights)


def drawn_songs(table, counts):
    songs = sorted(table["song"].unique())
    copies = [
        table[table["song"] == s] for s, n in zip(songs, counts, strict=True) for _ in range(n)
    ]
    return pd.concat(copies, ignore_index=True)


def interval_of(by_seed, replicates):
    return Estimate(by_seed, replicates, len(SONGS)).interval(0.9)


def compare(scores, *, reference="paper", confidence=0.9):
    return compare_networks(
        scores,
        COSTS,
        reference=reference,
        confidence=confidence,
    ).set_index("network")


def test_macro_f1_of_the_sample_is_that_of_scikit_learn():
    table = predictions(0)
    mixes = table.pivot_table(index=["song", "start_s", "mix"], columns="class")
    expected = f1_score(
        mixes["target"], mixes["probability"] > 0.5, average="macro", zero_division=0
    )
    assert 0.3 < expected < 0.9
    assert macro_f1_of(table, np.ones((1, len(SONGS)))) == pytest.approx([expected])


def test_a_weight_counts_the_mixes_of_a_song_as_often_as_it_says():
    table = in_another_order(predictions(1))
    counts = np.array([[1, 0, 2, 3, 0, 0], [0, 0, 0, 0, 6, 0], [2, 1, 1, 1, 0, 1]])
    expected = [sklearn_macro_f1(drawn_songs(table, row)) for row in counts]
    assert macro_f1_of(table, counts.astype(float)) == pytest.approx(expected)


def test_a_class_that_is_never_right_has_an_f1_of_0():
    table = predictions(2)
    is_bass = table["class"] == "bass"
    table.loc[is_bass, ["target", "probability"]] = [1, 0.5]
    expected = sklearn_macro_f1(table)
    assert macro_f1_of(table, np.ones((1, len(SONGS)))) == pytest.approx([expected])


def test_a_class_that_is_in_no_mix_and_predicted_for_none_has_no_f1():
    table = predictions(2)
    is_bass = table["class"] == "bass"
    table.loc[is_bass, ["target", "probability"]] = [0, 0.5]
    assert np.isnan(macro_f1_of(table, np.ones((1, len(SONGS))))).all()


def test_songs_are_drawn_for_all_networks_together():
    """Two networks whose F1 differs by song, yet never from each other."""
    same = predictions(3)
    scores = score_networks({"paper": [same], "deeper": [same]}, n_replicates=200, seed=0)
    assert scores["paper"].replicates.std() > 0.01
    np.testing.assert_array_equal(scores["paper"].replicates, scores["deeper"].replicates)
    row = compare(scores).loc["deeper"]
    assert row["difference"] == 0
    assert np.isnan(row["difference_ci_low"])


def test_every_replicate_is_the_score_of_so_many_songs_drawn_with_replacement():
    table = predictions(4, songs=SONGS[:2])
    scores = score_networks({"paper": [table]}, n_replicates=500, seed=0)["paper"]
    possible = [sklearn_macro_f1(drawn_songs(table, c)) for c in ([2, 0], [1, 1], [0, 2])]
    which = np.abs(scores.replicates[:, None] - possible)
    assert which.min(axis=1).max() < 1e-12
    shares = np.bincount(which.argmin(axis=1)) / 500
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.25], atol=0.08)


def test_songs_that_are_all_alike_have_no_interval():
    tables = [predictions(seed, SONGS[:1]) for seed in (5, 6)]
    tables = [pd.concat([t.assign(song=song) for song in SONGS], ignore_index=True) for t in tables]
    row = compare(score_networks({"paper": tables}, n_replicates=400, seed=0)).loc["paper"]
    assert row["seed_std"] > 0.01
    assert np.isnan(row["ci_low"])


def test_the_table_sets_cost_score_and_difference_side_by_side():
    tables = {"paper": [predictions(7), predictions(8)], "deeper": [predictions(9), predictions(7)]}
    scores = score_networks(tables, n_replicates=300, seed=0)
    table = compare(scores)
    assert list(table) == [
        "n_parameters",
        "multiply_adds",
        "macro_f1",
        "ci_low",
        "ci_high",
        "seed_std",
        "n_seeds",
        "n_songs",
        "difference",
        "difference_ci_low",
        "difference_ci_high",
    ]
    for name, cost in COSTS.items():
        row, of_seeds = table.loc[name], [sklearn_macro_f1(t) for t in tables[name]]
        assert row[list(cost)].to_dict() == cost
        assert row["macro_f1"] == pytest.approx(np.mean(of_seeds))
        assert row["seed_std"] == pytest.approx(np.std(of_seeds, ddof=1))
        assert (row["n_seeds"], row["n_songs"]) == (2, len(SONGS))
        interval = interval_of(np.array(of_seeds), scores[name].replicates)
        assert row[["ci_low", "ci_high"]].tolist() == pytest.approx(interval)
    difference = table["macro_f1"]["deeper"] - table["macro_f1"]["paper"]
    assert table["difference"]["deeper"] == pytest.approx(difference)
    replicates = scores["deeper"].replicates - scores["paper"].replicates
    found = table.loc["deeper", ["difference_ci_low", "difference_ci_high"]].tolist()
    by_seed = scores["deeper"].by_seed - scores["paper"].by_seed
    assert found == pytest.approx(interval_of(by_seed, replicates))


def test_the_reference_has_no_difference_to_itself():
    scores = score_networks(
        {"paper": [predictions(0)], "deeper": [predictions(1)]}, n_replicates=50, seed=0
    )
    for reference, other in (("paper", "deeper"), ("deeper", "paper")):
        differences = compare(scores, reference=reference).filter(like="difference")
        assert differences.loc[reference].isna().all()
        assert differences.loc[other].notna().all()


@pytest.mark.parametrize(("n_songs", "has_interval"), [(4, False), (5, True)])
def test_fewer_than_five_songs_have_no_interval(n_songs, has_interval):
    tables = {
        name: [predictions(seed, SONGS[:n_songs])] for seed, name in enumerate(["paper", "deeper"])
    }
    table = compare(score_networks(tables, n_replicates=50, seed=0))
    assert table["macro_f1"].notna().all()
    assert table[["ci_low", "ci_high"]].notna().to_numpy().tolist() == [[has_interval] * 2] * 2
    differences = table.loc["deeper", ["difference_ci_low", "difference_ci_high"]]
    assert differences.notna().tolist() == [has_interval] * 2

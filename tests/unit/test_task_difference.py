import numpy as np
import pandas as pd
import pytest
from stemlens.similarity.task_difference import task_difference
from stemlens.statistics.estimate import Estimate

LAYERS = ["input", "conv1", "output"]
PAIRS = [("bass", "bass"), ("bass", "drums"), ("drums", "drums")]
MEASURES = ["pearson", "cosine"]
N_SONGS, N_REPLICATES = 12, 300


def summary(seed):
    """Random means and replicates in the form of `summarise`."""
    rng = np.random.default_rng(seed)
    rows = [
        (layer, depth, *pair, measure, rng.uniform(-1, 1), N_SONGS)
        for depth, layer in enumerate(LAYERS)
        for pair in PAIRS
        for measure in MEASURES
    ]
    columns = ["layer", "depth", "class_a", "class_b", "measure", "mean", "n_songs"]
    table = pd.DataFrame(rows, columns=columns).assign(note=f"seed {seed}")
    return table, table["mean"].to_numpy() + rng.normal(0, 0.1, (N_REPLICATES, len(table)))


def column(summaries, layer, name, measure):
    """One row: its value for each seed, and the mean over seeds in replicates."""
    table, _ = summaries[0]
    (row,) = np.flatnonzero(
        (table["layer"] == layer)
        & (table["class_a"] == name)
        & (table["class_b"] == name)
        & (table["measure"] == measure)
    )
    by_seed = np.array([table["mean"][row] for table, _ in summaries])
    return by_seed, np.mean([replicates[:, row] for _, replicates in summaries], axis=0)


@pytest.fixture(scope="module")
def compared():
    instrument, mood = [summary(0), summary(1)], [summary(2), summary(3)]
    return instrument, mood, task_difference(instrument, mood, confidence=0.9)


def test_there_is_a_row_per_layer_class_and_measure_for_pairs_of_one_class(compared):
    *_, table = compared
    assert table.index.tolist() == list(range(len(LAYERS) * 2 * len(MEASURES)))
    assert table.columns.tolist() == [
        *("layer", "depth", "class", "measure", "instrument", "mood"),
        *("difference", "ci_low", "ci_high", "change", "change_ci_low", "change_ci_high"),
        *("n_songs", "n_seeds", "note"),
    ]
    depths = dict(zip(table["layer"], table["depth"], strict=True))
    assert depths == {layer: depth for depth, layer in enumerate(LAYERS)}
    assert set(table["class"]) == {"bass", "drums"}
    assert (table["n_songs"] == N_SONGS).all()
    assert (table["n_seeds"] == 2).all()
    assert set(table["note"]) == {"seed 0; seed 1; seed 2; seed 3"}


def test_the_difference_is_paired_over_the_draws(compared):
    instrument, mood, table = compared
    for row in table.itertuples():
        key = (row.layer, table.loc[row.Index, "class"], row.measure)
        (of_instrument, drawn_instrument), (of_mood, drawn_mood) = (
            column(summaries, *key) for summaries in (instrument, mood)
        )
        assert row.instrument == pytest.approx(of_instrument.mean())
        assert row.mood == pytest.approx(of_mood.mean())
        by_seed = of_mood - of_instrument
        assert row.difference == pytest.approx(by_seed.mean())
        expected = Estimate(by_seed, drawn_mood - drawn_instrument, N_SONGS).interval(0.9)
        assert (row.ci_low, row.ci_high) == pytest.approx(expected)


def test_the_change_is_the_mood_networks_rise_minus_the_instrument_networks(compared):
    instrument, mood, table = compared
    for name in ("bass", "drums"):
        rises = []
        for summaries in (mood, instrument):
            (low, low_drawn), (high, high_drawn) = (
                column(summaries, layer, name, "cosine") for layer in ("input", "conv1")
            )
            rises.append((high - low, high_drawn - low_drawn))
        (of_mood, drawn_mood), (of_instrument, drawn_instrument) = rises
        is_row = (table["layer"] == "conv1") & (table["class"] == name)
        row = table[is_row & (table["measure"] == "cosine")].iloc[0]
        by_seed = of_mood - of_instrument
        assert row["change"] == pytest.approx(by_seed.mean())
        expected = Estimate(by_seed, drawn_mood - drawn_instrument, N_SONGS).interval(0.9)
        assert (row["change_ci_low"], row["change_ci_high"]) == pytest.approx(expected)


def test_nothing_changes_into_the_input(compared):
    *_, table = compared
    at_input = table[table["layer"] == "input"]
    assert at_input[["change", "change_ci_low", "change_ci_high"]].isna().all(axis=None)
    others = table[table["layer"] != "input"]
    assert others[["change", "change_ci_low", "change_ci_high"]].notna().all(axis=None)

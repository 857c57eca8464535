"""Means from sums equal means over the pairs, which are there made one by one."""

import numpy as np
import pandas as pd
import pytest
from stemlens.similarity.gram import gram
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.pairs import compare_pairs
from stemlens.similarity.song_sums import MEASURES, SongSums, summarise_sums
from stemlens.statistics.bootstrap import draw_weights

CLASSES = ["drums", "bass"]
SONGS = np.array(list("abcdef"))
N_STIMULI = 40


@pytest.fixture
def stimuli():
    """Several of a class in most songs; song f has no bass."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"class": rng.choice(CLASSES, N_STIMULI), "song": rng.choice(SONGS[:5], N_STIMULI)}
    )
    extra = pd.DataFrame({"class": ["drums", "drums"], "song": ["f", "f"]})
    table = pd.concat([table, extra], ignore_index=True)
    # As in the workflow, where the first class comes first.
    return table.sort_values("class", key=lambda c: c != "drums", ignore_index=True)


@pytest.fixture(params=[np.nan, np.inf])
def layers(stimuli, request):
    """A layer with activations that are zero, constant or not finite, and one of two values."""
    not_finite = request.param
    rng = np.random.default_rng(1)
    layers = {"input": rng.normal(2, 1, (len(stimuli), 30)), "conv1": rng.random((len(stimuli), 7))}
    layers["conv1"][3] = 0
    layers["conv1"][9] = 0.7
    layers["conv1"][5, 2] = not_finite
    layers["conv1"][17] = -np.inf
    layers["output"] = rng.random((len(stimuli), 2))
    return layers


def groups_of(stimuli):
    song = stimuli["song"].map({name: number for number, name in enumerate(SONGS)})
    return (stimuli["class"].map(CLASSES.index) * len(SONGS) + song).to_numpy()


@pytest.mark.parametrize("batch_size", [1, 5, 100])
def test_sums_give_the_means_and_replicates_of_the_pairs(stimuli, layers, batch_size):
    weights = draw_weights(len(SONGS), n_replicates=50, seed=0)
    grams = {layer: gram([values]) for layer, values in layers.items()}
    expected, expected_replicates = summarise(
        compare_pairs(grams, stimuli), CLASSES, SONGS, weights
    )
    shown = expected["measure"].isin(MEASURES).to_numpy()

    groups, sums = groups_of(stimuli), {}
    for layer, values in layers.items():
        sums[layer] = SongSums(len(CLASSES) * len(SONGS), values.shape[1])
        for first in range(0, len(values), batch_size):
            part = slice(first, first + batch_size)
            sums[layer].add(groups[part], values[part])
    table, replicates = summarise_sums(sums, CLASSES, SONGS, weights)

    columns = ["layer", "depth", "class_a", "class_b", "measure", "mean", "n_pairs", "n_songs"]
    columns += ["note"]
    pd.testing.assert_frame_equal(
        table[columns], expected[shown].reset_index(drop=True)[columns], rtol=1e-10
    )
    np.testing.assert_allclose(replicates, expected_replicates[:, shown], rtol=1e-9)


def test_a_class_in_one_song_has_no_mean():
    sums = SongSums(2 * len(SONGS), 3)
    sums.add(np.array([0, 0, len(SONGS) + 1]), np.eye(3))
    table, replicates = summarise_sums({"input": sums}, CLASSES, SONGS, np.ones((1, len(SONGS))))
    same = table["class_a"] == table["class_b"]
    assert table[same]["mean"].isna().all()
    assert (table[same]["note"] == "no two songs to compare").all()
    between = table[~same].set_index("measure")["mean"]
    assert between["cosine"] == 0
    assert between["mse"] == pytest.approx(2 / 3)
    assert np.isnan(replicates[0][same]).all()

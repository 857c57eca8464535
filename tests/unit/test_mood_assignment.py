import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy
from stemlens.moods.assignment import assign, entropies
from stemlens.statistics.bootstrap import draw_weights

MOODS = ["Q1", "Q2", "Q3", "Q4"]
SONGS = np.array(["Ann", "Bea", "Cid", "Dan", "Eva", "Zoë"])
CLASSES = ["bass", "drums"]


def stimuli():
    return pd.DataFrame({"class": np.repeat(CLASSES, len(SONGS)), "song": np.tile(SONGS, 2)})


def entropy_of(moods, weights=None):
    weights = np.ones((1, len(SONGS))) if weights is None else weights
    return entropies(stimuli().assign(mood=moods), MOODS, CLASSES, SONGS, weights)


def test_a_stimulus_is_assigned_to_its_largest_output_be_it_probability_or_logit():
    logits = np.random.default_rng(0).normal(size=(12, 4))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = [MOODS[n] for n in np.argmax(logits, axis=1)]
    for outputs in (logits, probabilities):
        assigned = assign(outputs, stimuli(), MOODS)
        assert list(assigned["mood"]) == expected
        assert list(assigned["song"]) == list(stimuli()["song"])


@pytest.mark.parametrize("seed", range(3))
def test_entropy_is_that_of_the_counts_in_sample_and_replicates(seed):
    rng = np.random.default_rng(seed)
    moods = rng.choice(MOODS, 12)
    weights = draw_weights(len(SONGS), n_replicates=20, seed=seed)
    table, replicates = entropy_of(moods, weights)
    assert list(table["class_a"]) == list(table["class_b"]) == CLASSES
    for column, of_class in enumerate((moods[:6], moods[6:])):
        counts = [np.sum(of_class == mood) for mood in MOODS]
        assert table["mean"][column] == pytest.approx(entropy(counts, base=2))
        for replicate, drawn in zip(replicates[:, column], weights, strict=True):
            copies = np.repeat(of_class, drawn.astype(int))
            counts = [np.sum(copies == mood) for mood in MOODS]
            assert replicate == pytest.approx(entropy(counts, base=2), abs=1e-12)


def test_one_mood_has_no_entropy_and_equal_ones_have_two_bits():
    table, _ = entropy_of(["Q3"] * 6 + ["Q1", "Q2", "Q3", "Q4", "Q1", "Q2"])
    assert table["mean"][0] == 0
    assert not np.signbit(table["mean"][0])
    four = stimuli()[:4].assign(mood=MOODS)
    table, _ = entropies(four, MOODS, ["bass"], SONGS, np.ones((1, 6)))
    assert table["mean"][0] == pytest.approx(2)
    assert table["n_songs"][0] == 4


def test_a_draw_without_a_stimulus_of_a_class_has_no_entropy():
    one_song = stimuli()[:1].assign(mood="Q2")
    weights = np.array([[0, 6, 0, 0, 0, 0], [6, 0, 0, 0, 0, 0]], dtype=float)
    _, replicates = entropies(one_song, MOODS, ["bass"], SONGS, weights)
    assert np.isnan(replicates[0, 0])
    assert replicates[1, 0] == 0

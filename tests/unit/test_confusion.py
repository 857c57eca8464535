import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix
from stemlens.evaluation.confusion import confusion
from stemlens.evaluation.outcomes import Outcomes, prediction_table
from stemlens.target_type import SINGLE_LABEL

MOODS = ["Q1", "Q2", "Q3", "Q4"]


def predictions(true, probabilities):
    segments = pd.DataFrame({"song": [f"song {n}" for n in range(len(true))], "start_s": 1.0})
    targets = np.eye(4, dtype=np.uint8)[true]
    table = prediction_table(segments, targets, probabilities, MOODS)
    return Outcomes.from_table(table, SINGLE_LABEL)


@pytest.mark.parametrize("seed", range(3))
def test_counts_and_shares_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    true, probabilities = rng.integers(0, 4, 50), rng.dirichlet(np.ones(4), 50)
    table = confusion(predictions(true, probabilities))
    predicted = probabilities.argmax(axis=1)
    counts = confusion_matrix(true, predicted, labels=range(4))
    assert list(table["class"][:5]) == ["Q1", "Q1", "Q1", "Q1", "Q2"]
    assert list(table["predicted"][:5]) == ["Q1", "Q2", "Q3", "Q4", "Q1"]
    np.testing.assert_array_equal(table["n"].to_numpy().reshape(4, 4), counts)
    shares = confusion_matrix(true, predicted, labels=range(4), normalize="true")
    np.testing.assert_allclose(table["share"].to_numpy().reshape(4, 4), shares)


def test_a_mood_without_a_song_has_no_shares():
    table = confusion(predictions(np.array([0, 1]), np.eye(4)[[0, 3]]))
    missing = table[table["class"] == "Q3"]
    assert list(missing["n"]) == [0, 0, 0, 0]
    assert missing["share"].isna().all()
    assert list(table[table["class"] == "Q2"]["share"]) == [0, 0, 0, 1]

import numpy as np
import pandas as pd
import pytest
from stemlens.errors import InputError
from stemlens.evaluation.comparison import macro_f1
from stemlens.evaluation.confusion import confusion
from stemlens.evaluation.performance import scores
from stemlens.evaluation.song_scores import song_scores
from stemlens.moods.assignment import assign
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL, predicted_classes

CLASSES = ["drums", "bass"]
NAN = r"predictions: 1 of 4 values are NaN or infinite"


@pytest.fixture(params=[np.nan, np.inf])
def with_nan(request):
    return np.array([[0.9, 0.2], [request.param, 0.6]])


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
def test_a_probability_that_is_nan_names_nothing(with_nan, target_type):
    """Unchecked, NaN > 0.5 would read as not named, and argmax would take it for the largest."""
    with pytest.raises(InputError, match=NAN):
        predicted_classes(with_nan, target_type)
    with pytest.raises(InputError, match=NAN):
        scores(np.eye(2, dtype=np.uint8), with_nan, np.arange(2), CLASSES, target_type)
    with pytest.raises(InputError, match=NAN):
        targets, songs, drawn = np.eye(2, dtype=np.uint8), np.arange(2), np.ones((1, 2))
        song_scores(targets, with_nan, songs, drawn, target_type=target_type)


@pytest.mark.parametrize("use", [confusion, lambda table: macro_f1(table, np.ones((1, 1)))])
def test_a_prediction_that_is_missing_in_a_table_is_no_prediction(with_nan, use):
    table = pd.DataFrame(
        {
            "song": "Ann",
            "class": CLASSES * 2,
            "target": [1, 0, 0, 1],
            "probability": with_nan.ravel(),
        }
    )
    with pytest.raises(InputError, match=NAN):
        use(table)


def test_an_output_that_is_nan_is_assigned_to_no_mood(with_nan):
    stimuli = pd.DataFrame({"class": CLASSES, "song": "Ann"})
    with pytest.raises(InputError, match=NAN):
        assign(with_nan, stimuli, ["Q1", "Q2"])


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0])
def test_of_tiny_probabilities_the_largest_is_named(size):
    """The outputs of one class may also be logits, of any size and sign."""
    values = size * np.array([[0.1, 0.3, 0.2], [-1.0, -3.0, -2.0], [0.5, 0.5, 0.5]])
    named = predicted_classes(values, SINGLE_LABEL)
    assert named.tolist() == [[False, True, False], [True, False, False], [True, False, False]]

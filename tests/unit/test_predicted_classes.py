import numpy as np
import pandas as pd
import pytest
from stemlens.errors import InputError
from stemlens.evaluation.confusion import confusion
from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.performance import scores
from stemlens.evaluation.predicted_classes import predicted_classes
from stemlens.evaluation.song_scores import macro_f1, song_scores
from stemlens.moods.assignment import assign
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL

CLASSES = ["drums", "bass"]
NAN = r"predictions: 1 of 4 values are NaN or infinite"


@pytest.fixture(params=[np.nan, np.inf])
def with_nan(request):
    return np.array([[0.9, 0.2], [request.param, 0.6]])


def outcomes_of(probabilities, target_type):
    return Outcomes(
        np.array(["Ann", "Bea"]), CLASSES, np.eye(2, dtype=np.uint8), probabilities, target_type
    )


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
def test_a_probability_that_is_nan_predicts_nothing(with_nan, target_type):
    """Unchecked, NaN > 0.5 would read as not predicted, and argmax would take NaN."""
    with pytest.raises(InputError, match=NAN):
        predicted_classes(with_nan, target_type)
    with pytest.raises(InputError, match=NAN):
        scores(outcomes_of(with_nan, target_type))
    with pytest.raises(InputError, match=NAN):
        song_scores(outcomes_of(with_nan, target_type), np.ones((1, 2)))


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
@pytest.mark.parametrize("use", [confusion, lambda outcomes: macro_f1(outcomes, np.ones((1, 1)))])
def test_a_prediction_that_is_missing_in_a_table_is_no_prediction(with_nan, use, target_type):
    table = pd.DataFrame(
        {
            "song": "Ann",
            "class": CLASSES * 2,
            "target": [1, 0, 0, 1],
            "probability": with_nan.ravel(),
        }
    )
    with pytest.raises(InputError, match=NAN):
        use(Outcomes.from_table(table, target_type))


def test_an_output_that_is_nan_is_assigned_to_no_mood(with_nan):
    stimuli = pd.DataFrame({"class": CLASSES, "song": "Ann"})
    with pytest.raises(InputError, match=NAN):
        assign(with_nan, stimuli, ["Q1", "Q2"])


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0])
def test_of_tiny_probabilities_the_largest_is_predicted(size):
    """The outputs of one class may also be logits, of any size and sign."""
    values = size * np.array([[0.1, 0.3, 0.2], [-1.0, -3.0, -2.0], [0.5, 0.5, 0.5]])
    predicted = predicted_classes(values, SINGLE_LABEL)
    assert predicted.tolist() == [[False, True, False], [True, False, False], [True, False, False]]

from functools import partial

import numpy as np
import pytest
import torch
from mel_splits import CLASSES, random_mixes, random_network
from scipy.special import expit, softmax
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score
from stemlens.audio.mixes import mix_targets
from stemlens.errors import InputError
from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.performance import class_prior_probabilities, scores
from stemlens.evaluation.prediction import predict
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL


@pytest.fixture
def scored():
    """Multi-label targets and probabilities that know a little about them."""
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 2, (60, len(CLASSES))).astype(np.uint8)
    return targets, 0.7 * rng.random(targets.shape) + 0.3 * targets


def table_of(targets, probabilities, classes=CLASSES, target_type=MULTI_LABEL):
    """Scores of examples of one song each."""
    outcomes = Outcomes(np.arange(len(targets)), classes, targets, probabilities, target_type)
    return scores(outcomes).set_index(["class", "metric"])


@pytest.mark.parametrize(
    ("metric", "score", "thresholded"),
    [
        ("f1", f1_score, True),
        ("average_precision", average_precision_score, False),
        ("roc_auc", roc_auc_score, False),
    ],
)
def test_scores_equal_those_of_scikit_learn(scored, metric, score, thresholded):
    targets, probabilities = scored
    values = table_of(targets, probabilities)["value"]
    predicted = probabilities > 0.5 if thresholded else probabilities
    expected = dict(zip(CLASSES, score(targets, predicted, average=None), strict=True))
    expected |= {name: score(targets, predicted, average=name) for name in ("macro", "micro")}
    for name, value in expected.items():
        assert values[name, metric] == pytest.approx(value)
    assert values["samples", "subset_accuracy"] == accuracy_score(targets, probabilities > 0.5)


@pytest.mark.parametrize("always", [0, 1])
def test_a_class_that_never_changes_has_no_ranking_score(scored, always):
    targets, probabilities = scored
    targets[:, 1] = always
    table = table_of(targets, probabilities)
    values = table["value"]
    reason = "a class is in all examples or in none"
    assert table["note"]["bass", "roc_auc"] == table["note"]["macro", "roc_auc"] == reason
    assert (table["note"][values.notna()] == "").all()
    for metric in ("average_precision", "roc_auc"):
        assert np.isnan(values["bass", metric])
        assert np.isnan(values["macro", metric])
        assert np.isfinite(values["drums", metric])
        assert np.isfinite(values["micro", metric])
    expected = f1_score(targets[:, 1], probabilities[:, 1] > 0.5, zero_division=0)
    assert values["bass", "f1"] == pytest.approx(expected)


def test_the_class_prior_scores_what_counting_says():
    """Each of 4 classes plays in 8 of the 15 mixes, so that all of them are predicted."""
    classes = ["drums", "bass", "vocals", "rest"]
    probabilities = class_prior_probabilities(np.tile(mix_targets(4), (3, 1)), 15)
    assert probabilities == pytest.approx(np.full((15, 4), 8 / 15))
    values = table_of(mix_targets(4), probabilities, classes)["value"]
    for name in [*classes, "macro", "micro"]:
        assert values[name, "f1"] == pytest.approx(2 * (8 / 15) / (1 + 8 / 15))
        assert values[name, "average_precision"] == pytest.approx(8 / 15)
        assert values[name, "roc_auc"] == pytest.approx(0.5)
    assert values["samples", "subset_accuracy"] == pytest.approx(1 / 15)


def test_the_class_prior_is_that_of_scikit_learn(scored):
    train_targets, _ = scored
    prior = DummyClassifier(strategy="prior").fit(np.zeros((60, 1)), train_targets)
    expected = [of_class[:, 1] for of_class in prior.predict_proba(np.zeros((2, 1)))]
    found = class_prior_probabilities(train_targets, 2)
    np.testing.assert_allclose(found, np.transpose(expected))


@pytest.mark.parametrize("seed", range(3))
def test_where_an_example_has_one_class_the_most_probable_one_counts(seed):
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 3, 60)
    targets = np.eye(3, dtype=np.uint8)[true]
    probabilities = rng.dirichlet([1, 1, 1], 60) + 0.3 * targets
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    predicted = probabilities.argmax(axis=1)
    values = table_of(targets, probabilities, target_type=SINGLE_LABEL)["value"]
    assert 0.4 < values["samples", "accuracy"] < 1
    assert values["samples", "accuracy"] == accuracy_score(true, predicted)
    # With one class per example, every false positive is another's false negative.
    assert values["micro", "f1"] == pytest.approx(values["samples", "accuracy"])
    assert values["macro", "f1"] == pytest.approx(f1_score(true, predicted, average="macro"))
    ranking = roc_auc_score(true, probabilities, multi_class="ovr", average="macro")
    assert values["macro", "roc_auc"] == pytest.approx(ranking)
    assert ("samples", "subset_accuracy") not in values


def test_of_the_class_prior_the_most_frequent_class_is_predicted():
    train_targets = np.eye(3, dtype=np.uint8)[[0, 1, 1, 1, 2]]
    test_targets = np.eye(3, dtype=np.uint8)[[0, 1, 1, 2]]
    probabilities = class_prior_probabilities(train_targets, 4)
    values = table_of(test_targets, probabilities, target_type=SINGLE_LABEL)["value"]
    assert values["samples", "accuracy"] == 0.5
    assert values["bass", "f1"] == pytest.approx(2 * 0.5 / 1.5)
    assert values["macro", "f1"] == pytest.approx(values["bass", "f1"] / 3)


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
def test_predictions_that_are_nan_are_refused(target_type):
    network, mels = random_network(target_type=target_type), random_mixes(2, seed=0).mels
    with torch.no_grad():
        network.output.bias[1] = torch.nan
    with pytest.raises(InputError, match=r"^predictions: \d+ of 42 values are NaN"):
        predict(network, mels, batch_size=5)


@pytest.mark.parametrize("batch_size", [1, 5, 14, 100])
@pytest.mark.parametrize(
    ("target_type", "expected"),
    [(MULTI_LABEL, expit), (SINGLE_LABEL, partial(softmax, axis=1))],
    ids=["sigmoid", "softmax"],
)
def test_predictions_are_the_outputs_of_the_network_for_any_batch_size(
    target_type, expected, batch_size
):
    network, mels = random_network(target_type=target_type), random_mixes(2, seed=0).mels
    probabilities = expected(network(torch.from_numpy(mels)).detach().double().numpy())
    found = predict(network, mels, batch_size=batch_size)
    np.testing.assert_allclose(found, probabilities, rtol=1e-5)
    read = network.activations(torch.from_numpy(mels))["output"].detach().numpy()
    np.testing.assert_allclose(read, probabilities, rtol=1e-4)

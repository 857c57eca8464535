import numpy as np
import pytest
import torch
from mel_splits import CLASSES, random_mixes, random_network
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


def table_of(targets, probabilities, classes=CLASSES, target_type=MULTI_LABEL, songs=None):
    """Scores of examples of one song each, or of the songs given."""
    songs = np.arange(len(targets)) if songs is None else songs
    table = scores(Outcomes(songs, classes, targets, probabilities, target_type))
    return table.set_index(["class", "metric"])


def values_of(*arguments, **keywords):
    return table_of(*arguments, **keywords)["value"]


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
    values = values_of(targets, probabilities)
    predicted = probabilities > 0.5 if thresholded else probabilities
    expected = dict(zip(CLASSES, score(targets, predicted, average=None), strict=True))
    expected |= {name: score(targets, predicted, average=name) for name in ("macro", "micro")}
    for name, value in expected.items():
        assert values[name, metric] == pytest.approx(value)


def test_subset_accuracy_is_the_share_of_mixes_with_every_class_right(scored):
    targets, probabilities = scored
    values = values_of(targets, probabilities)
    assert 0 < values["samples", "subset_accuracy"] < 1
    assert values["samples", "subset_accuracy"] == accuracy_score(targets, probabilities > 0.5)


def test_at_even_odds_no_class_is_predicted():
    targets = np.array([[1, 1], [0, 1]])
    values = values_of(targets, np.full((2, 2), 0.5), ["drums", "bass"])
    assert values["drums", "f1"] == 0
    assert values["samples", "subset_accuracy"] == 0


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
    values = values_of(mix_targets(4), probabilities, classes)
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


@pytest.mark.parametrize("always", [0, 1])
def test_the_prior_of_a_class_that_never_changes_is_0_or_1(always):
    train_targets = np.array([[1, always], [0, always], [1, always], [1, always]])
    assert class_prior_probabilities(train_targets, 2).tolist() == [[0.75, always]] * 2


@pytest.mark.parametrize("batch_size", [1, 5, 14, 100])
def test_predictions_are_the_sigmoid_of_the_logits_for_any_batch_size(batch_size):
    network, mels = random_network(), random_mixes(2, seed=0).mels
    logits = network(torch.from_numpy(mels)).detach().double().numpy()
    predicted = predict(network, mels, batch_size=batch_size)
    np.testing.assert_allclose(predicted, 1 / (1 + np.exp(-logits)), rtol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_where_an_example_has_one_class_the_most_probable_one_counts(seed):
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 3, 60)
    targets = np.eye(3, dtype=np.uint8)[true]
    probabilities = rng.dirichlet([1, 1, 1], 60) + 0.3 * targets
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    predicted = probabilities.argmax(axis=1)
    values = values_of(targets, probabilities, target_type=SINGLE_LABEL)
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
    values = values_of(test_targets, probabilities, target_type=SINGLE_LABEL)
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


def test_predictions_of_a_network_for_one_class_are_a_softmax():
    network, mels = random_network(target_type=SINGLE_LABEL), random_mixes(2, seed=0).mels
    logits = network(torch.from_numpy(mels)).detach().double().numpy()
    exponentials = np.exp(logits)
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(predict(network, mels, batch_size=5), expected, rtol=1e-5)
    read = network.activations(torch.from_numpy(mels))["output"].detach().numpy()
    np.testing.assert_allclose(read, expected, rtol=1e-4)


def labelled_songs(seed=0):
    """Excerpts of songs of one class each, some songs with many: targets, probabilities, songs."""
    rng = np.random.default_rng(seed)
    songs = np.repeat(np.arange(12), rng.integers(1, 9, 12))
    targets = np.eye(3, dtype=np.uint8)[rng.integers(0, 3, 12)][songs]
    probabilities = rng.dirichlet([1, 1, 1], len(songs)) + 0.3 * targets
    return targets, probabilities / probabilities.sum(axis=1, keepdims=True), songs


@pytest.mark.parametrize("seed", range(3))
def test_a_song_of_one_class_counts_once_however_many_excerpts_it_has(seed):
    targets, probabilities, songs = labelled_songs(seed)
    values = values_of(targets, probabilities, target_type=SINGLE_LABEL, songs=songs)
    true, predicted = targets.argmax(axis=1), probabilities.argmax(axis=1)
    by_song = [np.mean((true == predicted)[songs == song]) for song in range(12)]
    assert values["samples", "accuracy"] == pytest.approx(np.mean(by_song))
    assert values["samples", "accuracy"] != pytest.approx(np.mean(true == predicted), abs=1e-4)
    weights = 1 / np.bincount(songs)[songs]
    expected = f1_score(true, predicted, average="macro", sample_weight=weights)
    assert values["macro", "f1"] == pytest.approx(expected)
    assert values["micro", "f1"] == pytest.approx(values["samples", "accuracy"])


def test_a_mix_counts_by_itself_however_many_its_song_has(scored):
    targets, probabilities = scored
    one_each = values_of(targets, probabilities)
    assert values_of(targets, probabilities, songs=np.arange(60) // 50).equals(one_each)


def test_a_class_that_is_in_no_example_and_predicted_for_none_has_no_f1():
    targets = np.array([[1, 0], [0, 0], [1, 0]])
    values = values_of(targets, np.array([[0.9, 0.1]] * 3), ["drums", "bass"])
    assert values["drums", "f1"] == pytest.approx(0.8)
    assert np.isnan(values["bass", "f1"])
    assert np.isnan(values["macro", "f1"])

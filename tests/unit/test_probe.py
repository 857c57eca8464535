import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold
from stemlens.audio.mixes import mix_targets
from stemlens.errors import InputError
from stemlens.representations.probe import probe_layer, probe_notes
from stemlens.representations.probe_accuracy import balanced_accuracy
from stemlens.representations.probe_mixes import probe_mixes
from stemlens.similarity.gram import gram
from stemlens.statistics.bootstrap import draw_weights

N_CLASSES = 4


def mixes_of_songs(n_songs):
    """All mixes of every song, in no order: targets and songs."""
    order = np.random.default_rng(0).permutation(n_songs * (2**N_CLASSES - 1))
    targets = np.tile(mix_targets(N_CLASSES), (n_songs, 1))[order]
    songs = np.repeat([f"song {n}" for n in range(n_songs)], 2**N_CLASSES - 1)[order]
    return targets, songs


def activations_of(targets, *, signal, n_features=300, seed=0):
    """Noise, and a direction per class that plays."""
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(targets.shape[1], n_features))
    return rng.normal(size=(len(targets), n_features)) + signal * targets @ directions


def probed(vectors, targets, songs, *, n_folds=5, c=1.0):
    return probe_layer(gram([vectors]).products, targets, songs, n_folds=n_folds, c=c)


def plain_accuracy(predictions, targets, songs):
    (accuracies,) = balanced_accuracy(
        predictions, targets, songs, np.ones((1, len(np.unique(songs))))
    )
    return accuracies


def test_probe_mixes_are_the_mixes_of_several_classes_of_each_segment_by_song():
    classes = ["drums", "bass", "vocals"]
    segments = [("Zoë", 20.0, 5), ("007", 0.0, 2)]
    stimuli = pd.DataFrame(
        [(name, *segment, 2**c - 1) for c, name in enumerate(classes) for segment in segments],
        columns=["class", "song", "start_s", "row", "mix"],
    )
    mixes = probe_mixes(stimuli, classes, mix_targets(3))
    playing = {2: "drums+bass", 4: "drums+vocals", 5: "bass+vocals", 6: "drums+bass+vocals"}
    expected = [
        (song, start_s, row, name, mix)
        for song, start_s, row in reversed(segments)
        for mix, name in playing.items()
    ]
    columns = ["song", "start_s", "row", "class", "mix"]
    assert list(mixes[columns].itertuples(index=False, name=None)) == expected


@pytest.mark.parametrize("c", [0.01, 1.0, 100.0])
def test_predictions_equal_those_of_a_fit_on_the_features_themselves(c):
    targets, songs = mixes_of_songs(8)
    vectors = activations_of(targets, signal=0.08)
    vectors[:, :20] *= 6
    vectors += 2
    centred = vectors - vectors.mean(axis=0)
    features = centred / np.sqrt((centred**2).sum(axis=1).mean())
    expected, scores = np.empty(targets.shape), np.empty(targets.shape)
    for train, test in GroupKFold(5).split(features, groups=songs):
        for column in range(N_CLASSES):
            classifier = LogisticRegression(
                C=c, class_weight="balanced", solver="lbfgs", tol=1e-8, max_iter=10_000
            )
            classifier.fit(features[train], targets[train, column])
            expected[test, column] = classifier.predict(features[test])
            scores[test, column] = classifier.decision_function(features[test])
    assert np.abs(scores).min() > 1e-5  # No prediction hangs on how a processor rounds.
    assert 0.55 < (expected == targets).mean() < 0.9
    assert np.array_equal(probed(vectors, targets, songs, c=c), expected)


def test_rotation_scale_and_offset_of_the_activations_do_not_matter():
    targets, songs = mixes_of_songs(6)
    vectors = activations_of(targets, signal=0.15, n_features=50)
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(50, 50)))[0]
    predictions = probed(vectors, targets, songs)
    for changed in (vectors @ rotation, 1e-4 * vectors, 1e4 * vectors, vectors + 100):
        assert np.array_equal(probed(changed, targets, songs), predictions)


def test_a_linear_signal_is_found_and_a_class_without_one_is_guessed():
    targets, songs = mixes_of_songs(30)
    vectors = activations_of(targets * [1, 0, 1, 0], signal=0.5)
    predictions = probed(vectors, targets, songs)
    assert set(np.unique(predictions)) == {0, 1}
    accuracies = plain_accuracy(predictions, targets, songs)
    assert accuracies[[0, 2]].min() > 0.95
    np.testing.assert_allclose(accuracies[[1, 3]], 0.5, atol=0.1)


def test_knowing_a_song_helps_with_no_other_song():
    rng = np.random.default_rng(0)
    songs = np.repeat(np.arange(60), 5)
    targets = rng.integers(0, 2, (60, 8))[songs]
    vectors = rng.normal(size=(60, 200))[songs] + 0.01 * rng.normal(size=(300, 200))
    accuracies = plain_accuracy(probed(vectors, targets, songs, c=100), targets, songs)
    assert abs(accuracies.mean() - 0.5) < 0.1
    assert accuracies.max() < 0.75


def test_every_song_is_a_fold_where_there_are_fewer_songs_than_folds():
    targets, songs = mixes_of_songs(3)
    vectors = activations_of(targets, signal=0.2)
    one_each, two_folds = (probed(vectors, targets, songs, n_folds=n) for n in (3, 2))
    assert np.array_equal(probed(vectors, targets, songs, n_folds=5), one_each)
    assert not np.array_equal(one_each, two_folds)


def test_one_song_is_refused():
    targets, songs = mixes_of_songs(1)
    with pytest.raises(InputError, match=r"only 1 song has mixes \(song 0\), expected at least 2"):
        probed(activations_of(targets, signal=1), targets, songs)


@pytest.mark.parametrize("usual", [0, 1])
def test_nothing_is_predicted_by_a_probe_that_saw_one_answer_only(usual):
    targets, songs = mixes_of_songs(4)
    targets[:, 2] = np.where(songs == "song 1", targets[:, 2], usual)
    predictions = probed(activations_of(targets, signal=0.5), targets, songs)
    undefined = np.zeros(targets.shape, dtype=bool)
    undefined[songs == "song 1", 2] = True
    assert np.array_equal(np.isnan(predictions), undefined)
    accuracies = plain_accuracy(predictions, targets, songs)
    assert np.isnan(accuracies).tolist() == [False, False, True, False]


@pytest.mark.parametrize("value", [0, 0.1, -1e4])
@pytest.mark.parametrize("noise", [0, 6e-8])
def test_nothing_is_predicted_from_activations_that_are_all_the_same(value, noise):
    targets, songs = mixes_of_songs(3)
    rounding = 1 + noise * np.random.default_rng(0).uniform(-1, 1, (len(targets), 999))
    predictions = probed(value * rounding, targets, songs)
    assert np.isnan(predictions).all()
    assert np.isnan(plain_accuracy(predictions, targets, songs)).all()


@pytest.fixture
def scored():
    """Predictions that are right more often for some classes and songs than for others."""
    rng = np.random.default_rng(0)
    targets, songs = mixes_of_songs(7)
    right = rng.random(targets.shape) < [0.9, 0.6, 0.7, 0.5]
    right |= (songs == "song 3")[:, None]
    return np.where(right, targets, 1 - targets).astype(np.float64), targets, songs


def test_the_accuracy_equals_that_of_scikit_learn_on_the_resampled_mixes(scored):
    predictions, targets, songs = scored
    predictions[:5] = np.nan
    weights = np.vstack([np.ones(7), draw_weights(7, n_replicates=20, seed=0)])
    accuracies = balanced_accuracy(predictions, targets, songs, weights)
    assert accuracies.shape == (21, N_CLASSES)
    numbers = np.unique(songs, return_inverse=True)[1]
    for accuracy, drawn in zip(accuracies, weights.astype(int), strict=True):
        counts = drawn[numbers]
        counts[:5] = 0
        expected = [
            balanced_accuracy_score(
                np.repeat(targets[:, column], counts), np.repeat(predictions[:, column], counts)
            )
            for column in range(N_CLASSES)
        ]
        np.testing.assert_allclose(accuracy, expected, rtol=1e-12)


@pytest.mark.parametrize("always", [0, 1])
def test_a_class_that_never_changes_in_the_drawn_songs_has_no_accuracy(scored, always):
    predictions, targets, songs = scored
    targets[songs != "song 0", 1] = always
    weights = np.array([[1.0] * 7, [0.0] + [1.0] * 6])
    undefined = np.isnan(balanced_accuracy(predictions, targets, songs, weights))
    assert undefined.tolist() == [[False] * 4, [False, True, False, False]]


def test_of_two_classes_no_mix_is_without_one_and_the_note_says_so():
    targets = np.tile(mix_targets(2)[mix_targets(2).sum(axis=1) >= 2], (6, 1))
    songs = np.arange(6)
    vectors = np.random.default_rng(0).normal(size=(6, 20))
    assert np.isnan(probed(vectors, targets, songs)).all()
    reason = "the class plays in every mix of two or more classes: no mix is without it"
    assert probe_notes(gram([vectors]).products, targets) == [reason] * 2


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nothing_is_predicted_where_an_activation_is_not_finite_and_the_note_says_so(value):
    targets, songs = mixes_of_songs(4)
    vectors = activations_of(targets, signal=0.5)
    products = gram([vectors]).products
    assert probe_notes(products, targets) == [""] * N_CLASSES
    vectors[5, 7] = value
    assert np.isnan(probed(vectors, targets, songs)).all()
    products = gram([vectors]).products
    assert probe_notes(products, targets) == ["an activation is not a finite number"] * N_CLASSES


def test_the_note_says_what_is_the_same_in_all_mixes():
    targets, _ = mixes_of_songs(4)
    vectors = activations_of(targets, signal=0.5)
    targets[:, 2] = 0
    notes = probe_notes(gram([vectors]).products, targets)
    assert notes == ["", "", "the class plays in no mix", ""]
    alike = probe_notes(gram([np.ones((len(targets), 9))]).products, targets)
    assert set(alike) == {"the activations of all mixes are the same"}

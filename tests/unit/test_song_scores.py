import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score
from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.performance import scores
from stemlens.evaluation.song_scores import macro_f1, song_scores
from stemlens.statistics.bootstrap import draw_weights
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL

N_SONGS, CLASSES = 9, ["drums", "bass", "vocals"]
TITLES = np.array(["Zoë", "007", "Ann", "Bea", "Cid", "Dan", "Eva", "Gil", "Ida"])
METRICS = {"f1": f1_score, "average_precision": average_precision_score, "roc_auc": roc_auc_score}


def predictions(target_type, seed=0):
    """Songs with one to eight examples in no order; probabilities with ties."""
    rng = np.random.default_rng(seed)
    songs = rng.permutation(np.repeat(np.arange(N_SONGS), rng.integers(1, 9, N_SONGS)))
    if target_type == SINGLE_LABEL:
        targets = np.eye(3, dtype=np.uint8)[np.arange(N_SONGS) % 3][songs]
    else:
        targets = rng.integers(0, 2, (len(songs), 3)).astype(np.uint8)
    probabilities = (0.7 * rng.random(targets.shape) + 0.3 * targets).round(1)
    return Outcomes(TITLES[songs], CLASSES, targets, probabilities.astype(np.float32), target_type)


def column_of(target_type):
    """Where each class and metric stands among the scores."""
    table = scores(predictions(target_type))
    return {key: n for n, key in enumerate(zip(table["class"], table["metric"], strict=True))}


def predicted_in(probabilities, target_type):
    if target_type == SINGLE_LABEL:
        return np.eye(3)[probabilities.argmax(axis=1)]
    return probabilities > 0.5


def weights_of(songs, target_type, drawn):
    """How much each example counts in a draw."""
    drawn_of = dict(zip(np.unique(songs), drawn, strict=True))
    n_of = {song: np.sum(songs == song) for song in songs}
    share = np.array([n_of[song] if target_type == SINGLE_LABEL else 1 for song in songs])
    return np.array([drawn_of[song] for song in songs]) / share


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
@pytest.mark.parametrize("seed", range(3))
def test_in_every_draw_the_scores_equal_those_of_scikit_learn_with_the_songs_weights(
    target_type, seed
):
    outcomes = predictions(target_type, seed)
    targets, probabilities = outcomes.targets, outcomes.probabilities
    weights = draw_weights(N_SONGS, n_replicates=120, seed=seed)
    found = song_scores(outcomes, weights)
    is_predicted, place = predicted_in(probabilities, target_type), column_of(target_type)
    np.testing.assert_array_equal(macro_f1(outcomes, weights), found[:, place["macro", "f1"]])
    n_compared = 0
    for row, drawn in zip(found, weights, strict=True):
        sample_weight = weights_of(outcomes.songs, target_type, drawn)
        kept = sample_weight > 0
        if (targets[kept].min(axis=0) == targets[kept].max(axis=0)).any():
            continue
        for metric, score in METRICS.items():
            predicted = (is_predicted if metric == "f1" else probabilities)[kept]
            keywords = {"sample_weight": sample_weight[kept]}
            by_class = score(targets[kept], predicted, average=None, **keywords)
            np.testing.assert_allclose(row[[place[c, metric] for c in CLASSES]], by_class)
            for average in ("macro", "micro"):
                expected = score(targets[kept], predicted, average=average, **keywords)
                assert row[place[average, metric]] == pytest.approx(expected)
        right = accuracy_score(targets[kept], is_predicted[kept], sample_weight=sample_weight[kept])
        assert row[-1] == pytest.approx(right)
        n_compared += 1
    assert n_compared > 80


@pytest.mark.parametrize(("targets", "expected"), [([1, 1], 0), ([0, 0], np.nan)])
def test_a_class_that_is_never_predicted_has_an_f1_of_0_or_none_if_it_is_in_no_example(
    targets, expected
):
    """Even odds predict nothing."""
    of_class = np.array(targets)[:, None], np.full((2, 1), 0.5)
    outcomes = Outcomes(np.array(["a", "b"]), CLASSES[:1], *of_class, MULTI_LABEL)
    np.testing.assert_equal(macro_f1(outcomes, np.ones((1, 2))), [expected])
    np.testing.assert_equal(scores(outcomes).set_index("class")["value"]["macro"].iloc[0], expected)


def test_a_draw_without_a_class_leaves_its_scores_undefined_and_those_of_no_other_class():
    """Drums are in the first song alone; a song is drawn that no one takes for drums."""
    songs = np.array(["a", "a", "b", "b"])
    targets = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=np.uint8)
    probabilities = np.array([[0.9, 0.2], [0.8, 0.9], [0.1, 0.7], [0.2, 0.4]])
    outcomes = Outcomes(songs, CLASSES[:2], targets, probabilities, MULTI_LABEL)
    (found,) = song_scores(outcomes, np.array([[0.0, 2.0]]))
    f1, average_precision, roc_auc = found[:12].reshape(3, 4)
    for drums, bass, macro, micro in (f1, average_precision, roc_auc):
        assert np.isnan([drums, macro]).all()
        assert (bass, micro) == (1, 1)
    assert found[-1] == 1


def test_a_class_in_every_example_drawn_has_no_ranking_score_in_that_draw():
    songs = np.array(["a", "b", "b"])
    targets, probabilities = np.array([[0], [1], [1]]), np.array([[0.3], [0.9], [0.8]])
    outcomes = Outcomes(songs, CLASSES[:1], targets, probabilities, MULTI_LABEL)
    (found,) = song_scores(outcomes, np.array([[0.0, 2.0]]))
    f1, average_precision, roc_auc = found[:9].reshape(3, 3)
    assert (f1 == 1).all()
    assert np.isnan(average_precision).all()
    assert np.isnan(roc_auc).all()

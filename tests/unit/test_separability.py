import itertools
import math

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_samples, silhouette_score
from stemlens.representations.separability import (
    distance_ratio,
    distances,
    note_on_separability,
    silhouette,
)
from stemlens.similarity.gram import gram
from stemlens.statistics.bootstrap import draw_weights

STATISTICS = [silhouette, distance_ratio]


def layer(n_songs, n_classes=4, *, shift=1.0, seed=0):
    """One stimulus per class and song, in no order: vectors, classes and songs."""
    rng = np.random.default_rng(seed)
    classes = np.repeat(np.arange(n_classes), n_songs)
    songs = np.tile(np.arange(n_songs), n_classes)
    vectors = rng.normal(size=(len(classes), 20))
    vectors += shift * rng.normal(size=(n_classes, 20))[classes]
    vectors += rng.normal(size=(n_songs, 20))[songs]
    order = rng.permutation(len(classes))
    names = np.array(["drums", "bass", "vocals", "rest"])
    titles = rng.permutation([f"song {n}" for n in range(n_songs)])
    return vectors[order], names[classes[order]], titles[songs[order]]


def plain(statistic, vectors, classes, songs):
    ones = np.ones((1, len(np.unique(songs))))
    (value,) = statistic(distances(gram([vectors])), classes, songs, ones)
    return value


def resampled(vectors, classes, songs, counts):
    """Each stimulus as often as its song was drawn."""
    copies = np.repeat(np.arange(len(songs)), [int(counts[song]) for song in songs])
    drawn = [(vectors[i], classes[i], songs[i]) for i in copies]
    for name in set(classes):
        if len({song for _, other, song in drawn if other == name}) < 2:
            return None
    return drawn


def silhouette_by_loops(stimuli):
    values = []
    for vector, name, song in stimuli:
        from_class = {}
        for other_vector, other_name, other_song in stimuli:
            if song != other_song:
                distance = math.dist(vector, other_vector)
                from_class.setdefault(other_name, []).append(distance)
        means = {other: np.mean(values) for other, values in from_class.items()}
        a = means.pop(name)
        b = min(means.values())
        values.append((b - a) / max(a, b))
    return np.mean(values)


def distance_ratio_by_loops(stimuli):
    within, between = [], []
    for (u, name_u, song_u), (v, name_v, song_v) in itertools.combinations(stimuli, 2):
        if song_u != song_v:
            (within if name_u == name_v else between).append(math.dist(u, v))
    return np.mean(between) / np.mean(within)


BY_LOOPS = {silhouette: silhouette_by_loops, distance_ratio: distance_ratio_by_loops}


@pytest.mark.parametrize(("offset", "tolerance"), [(0, 1e-12), (100, 1e-9)])
def test_distances_equal_those_of_scipy(offset, tolerance):
    vectors = layer(7)[0] + offset
    np.testing.assert_allclose(distances(gram([vectors])), cdist(vectors, vectors), atol=tolerance)


@pytest.mark.parametrize("n_features", [1, 3, 4001])
def test_identical_stimuli_have_distance_0_to_the_last_digit(n_features):
    rng = np.random.default_rng(0)
    vectors = np.tile(rng.normal(7, 1, n_features), (30, 1))
    vectors[::2] = rng.normal(7, 1, n_features)
    same = np.arange(30)[:, None] % 2 == np.arange(30) % 2
    found = distances(gram(np.array_split(vectors, min(n_features, 5), axis=1)))
    assert np.array_equal(found == 0, same)


@pytest.mark.parametrize("n_songs", [2, 3, 20])
@pytest.mark.parametrize("shift", [0, 1, 10])
def test_the_silhouette_equals_that_of_scikit_learn_among_stimuli_of_other_songs(n_songs, shift):
    vectors, classes, songs = layer(n_songs, shift=shift)
    values = []
    for stimulus, song in enumerate(songs):
        kept = songs != song
        kept[stimulus] = True
        samples = silhouette_samples(vectors[kept], classes[kept])
        values.append(samples[kept[:stimulus].sum()])
    expected = np.mean(values)
    assert plain(silhouette, vectors, classes, songs) == pytest.approx(expected, abs=1e-12)


def test_what_the_stems_of_a_song_share_draws_no_class_nearer():
    """Songs far apart, classes alike: neither own nor other class is nearer."""
    _, classes, songs = layer(8)
    song = np.unique(songs, return_inverse=True)[1]
    rng = np.random.default_rng(0)
    vectors = 100 * np.eye(8)[song] + 0.01 * rng.normal(size=(len(classes), 8))
    assert abs(plain(silhouette, vectors, classes, songs)) < 1e-4


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_stimulus_that_is_not_finite_has_no_distance_and_its_layer_no_statistic(statistic, value):
    vectors, classes, songs = layer(6)
    vectors[3, 7] = value
    found = distances(gram([vectors]))
    is_there = np.arange(len(classes)) == 3
    assert np.array_equal(np.isnan(found), np.logical_or.outer(is_there, is_there))
    weights = draw_weights(6, n_replicates=20, seed=0)
    assert np.isnan(statistic(found, classes, songs, weights)).all()


@pytest.mark.parametrize("scale", [1e-40, 1e-30, 1e30, 1e37])
@pytest.mark.parametrize("statistic", STATISTICS)
def test_activations_of_any_size_are_told_apart(statistic, scale):
    vectors, classes, songs = layer(6)
    expected = plain(statistic, vectors, classes, songs)
    scaled = (scale * vectors).astype(np.float32)
    assert plain(statistic, scaled, classes, songs) == pytest.approx(expected, rel=1e-4)


def test_a_stimulus_amid_copies_of_itself_has_silhouette_0_as_in_scikit_learn():
    _, classes, songs = layer(3)
    vectors = (classes == "drums")[:, None] * np.ones((1, 5))
    expected = silhouette_score(vectors, classes)
    assert expected == 0.25
    assert plain(silhouette, vectors, classes, songs) == expected


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("incomplete", [False, True])
def test_weights_equal_loops_over_the_resampled_stimuli(statistic, incomplete):
    vectors, classes, songs = layer(5, n_classes=3)
    if incomplete:
        # Not every class in every song, and a class twice in one song.
        songs = np.where(classes == "bass", np.roll(songs, 1), songs)
        vectors, classes, songs = vectors[2:], classes[2:], songs[2:]
    names = np.unique(songs)
    weights = draw_weights(len(names), n_replicates=60, seed=1)
    weights[0] = np.arange(len(names)) == 2
    values = statistic(distances(gram([vectors])), classes, songs, weights)
    assert values.shape == (60,)
    for value, counts in zip(values, weights, strict=True):
        stimuli = resampled(vectors, classes, songs, dict(zip(names, counts, strict=True)))
        expected = BY_LOOPS[statistic](stimuli) if stimuli else math.nan
        assert value == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert 1 <= np.isnan(values).sum() < 40


@pytest.mark.parametrize("statistic", STATISTICS)
def test_one_song_or_one_class_leaves_nothing_to_compare(statistic):
    vectors, classes, songs = layer(4)
    for one in (songs == songs[0], classes == "bass"):
        assert math.isnan(plain(statistic, vectors[one], classes[one], songs[one]))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_replicate_without_a_second_song_of_a_class_is_undefined_and_no_other(statistic):
    vectors, classes, songs = layer(4)
    kept = (classes != "bass") | (songs < "song 2")
    weights = np.array([[1, 1, 1, 1], [2, 2, 0, 0], [2, 0, 1, 1], [0, 0, 2, 2], [4, 0, 0, 0]])
    values = statistic(
        distances(gram([vectors[kept]])), classes[kept], songs[kept], weights.astype(np.float64)
    )
    assert np.isnan(values).tolist() == [False, False, True, True, True]


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_note_says_why_there_is_no_statistic_and_nothing_where_there_is_one(statistic):
    def note(vectors, classes, songs):
        found = distances(gram([vectors]))
        said = note_on_separability(statistic.__name__, found, classes, songs)
        assert bool(said) == math.isnan(plain(statistic, vectors, classes, songs))
        return said

    vectors, classes, songs = layer(4)
    assert note(vectors, classes, songs) == ""
    one = classes == "bass"
    assert note(vectors[one], classes[one], songs[one]) == "no other class to compare with"
    kept = (classes != "bass") | (songs == "song 2")
    few = note(vectors[kept], classes[kept], songs[kept])
    assert few == "a class has fewer than two songs"
    alike = note(np.ones((len(classes), 5)), classes, songs)
    is_ratio = statistic is distance_ratio
    assert alike == ("all stimuli of each class are equal" if is_ratio else "")
    vectors[3] = math.inf
    assert note(vectors, classes, songs) == "an activation is not a finite number"


@pytest.mark.parametrize(("differ", "expected"), [(0, 0), (1, 1)])
def test_classes_that_are_each_a_point_are_separated_wholly_unless_it_is_the_same(differ, expected):
    _, classes, songs = layer(5)
    points = 0.1 + differ * np.random.default_rng(0).normal(7, 1, (4, 300))
    vectors = points[np.unique(classes, return_inverse=True)[1]]
    assert plain(silhouette, vectors, classes, songs) == expected
    assert math.isnan(plain(distance_ratio, vectors, classes, songs))

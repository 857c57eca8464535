import itertools
import math

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_score
from stemlens.representations.separability import distance_ratio, distances, silhouette
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
            if (name, song) != (other_name, other_song):
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
def test_the_silhouette_of_songs_drawn_once_equals_that_of_scikit_learn(n_songs, shift):
    vectors, classes, songs = layer(n_songs, shift=shift)
    expected = silhouette_score(vectors, classes)
    assert plain(silhouette, vectors, classes, songs) == pytest.approx(expected, abs=1e-12)


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
def test_only_the_proportions_of_the_weights_matter(statistic):
    vectors, classes, songs = layer(6)
    weights = draw_weights(6, n_replicates=50, seed=0)
    between = distances(gram([vectors]))
    np.testing.assert_allclose(
        statistic(between, classes, songs, 0.3 * weights),
        statistic(between, classes, songs, weights),
        rtol=1e-12,
    )


def test_two_songs_by_hand():
    vectors = np.array([[0], [2], [10], [12]])
    classes, songs = np.array(list("AABB")), np.array(list("stst"))
    expected = (9 / 11 + 7 / 9) / 2
    assert plain(silhouette, vectors, classes, songs) == pytest.approx(expected)
    assert plain(distance_ratio, vectors, classes, songs) == pytest.approx(((12 + 8) / 2) / 2)


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


@pytest.mark.parametrize("value", [0, 0.1, 1e4])
def test_layers_that_answer_everything_alike_separate_nothing(value):
    _, classes, songs = layer(5)
    vectors = np.full((len(classes), 300), value)
    assert plain(silhouette, vectors, classes, songs) == 0
    assert math.isnan(plain(distance_ratio, vectors, classes, songs))


def test_classes_that_are_each_a_point_are_separated_wholly():
    _, classes, songs = layer(5)
    points = np.random.default_rng(0).normal(7, 1, (4, 300))
    vectors = points[np.unique(classes, return_inverse=True)[1]]
    assert plain(silhouette, vectors, classes, songs) == 1
    assert math.isnan(plain(distance_ratio, vectors, classes, songs))

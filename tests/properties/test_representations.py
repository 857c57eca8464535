"""What holds of CKA, of coordinates, of separability and of probes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import balanced_accuracy_score, silhouette_score
from stemlens.notes import FEW_SONGS
from stemlens.representations.cka import cka_without_each_song, debiased_cka, jackknife_error
from stemlens.representations.coordinates import Coordinates
from stemlens.representations.ladder import UNDEFINED_WITHOUT_A_SONG, cka_with_reference
from stemlens.representations.probe import probe_layer
from stemlens.representations.probe_accuracy import balanced_accuracy
from stemlens.representations.separability import distance_ratio, distances, silhouette
from stemlens.similarity.gram import gram
from vectors import SCALES, SEEDS, odd_vectors, rotation, sound_vectors

SETS = sound_vectors(n=(6, 12), n_features=(3, 20))
OF_CLASSES = [silhouette, distance_ratio]


def products(vectors):
    return gram([vectors]).products


def related(vectors, seed):
    """Other activations of the same stimuli that have something in common with them."""
    rng = np.random.default_rng(seed)
    vectors = vectors.astype(np.float64)
    common = (vectors - vectors.mean(axis=0)) @ rng.normal(size=(vectors.shape[1], 6))
    return common / common.std() + rng.normal(size=common.shape)


@given(SETS, SEEDS, SCALES)
def test_cka_is_symmetric_and_knows_neither_rotation_nor_shift_nor_scale(vectors, seed, scale):
    other = related(vectors, seed)
    expected = debiased_cka(products(vectors), products(other))
    assert -1 <= expected <= 1
    assert debiased_cka(products(other), products(vectors)) == pytest.approx(expected, abs=1e-14)
    rotated = vectors.astype(np.float64) @ rotation(vectors.shape[1], seed)
    shifted = scale * (rotated + np.random.default_rng(seed).normal(size=vectors.shape[1]))
    assert debiased_cka(products(shifted), products(other)) == pytest.approx(expected, abs=1e-8)
    in_single = (np.float32(scale) * vectors).astype(np.float32)
    assert debiased_cka(products(in_single), products(other)) == pytest.approx(expected, abs=1e-4)


@given(SETS, SEEDS)
def test_the_order_of_stimuli_changes_no_cka_unless_it_is_that_of_one_set(vectors, seed):
    a, b = products(vectors), products(related(vectors, seed))
    order = np.random.default_rng(seed).permutation(len(a))
    both = np.ix_(order, order)
    assert debiased_cka(a[both], b[both]) == pytest.approx(debiased_cka(a, b), abs=1e-9)
    assert debiased_cka(a, a) == pytest.approx(1, abs=1e-12)
    moved = np.ix_(np.roll(np.arange(len(a)), 1), np.roll(np.arange(len(a)), 1))
    assert debiased_cka(a, a[moved]) < 0.999


@given(SETS)
def test_each_feature_scaled_by_its_own_factor_changes_cka(vectors):
    factors = 10.0 ** np.arange(vectors.shape[1])
    assert debiased_cka(products(vectors), products(factors * vectors)) < 0.9999


@given(odd_vectors(n=8), odd_vectors(n=8, n_features=3))
def test_of_any_finite_values_cka_is_within_its_range_or_undefined(vectors, other):
    a, b = products(vectors), products(other)
    found = debiased_cka(a, b)
    assert np.isnan(found) or -1 <= found <= 1
    assert debiased_cka(b, a) == pytest.approx(found, abs=1e-12, nan_ok=True)
    of_itself = debiased_cka(a, a)
    assert np.isnan(of_itself) or of_itself == pytest.approx(1)


@given(SETS, SEEDS)
def test_folds_may_each_have_their_own_rotation_shift_and_scale(vectors, seed):
    folds = np.arange(len(vectors)) % 2 if len(vectors) >= 8 else np.zeros(len(vectors))
    other = products(related(vectors, seed))
    expected = debiased_cka(products(vectors), other, folds)
    moved = vectors.astype(np.float64)
    moved[folds == 0] = 7 * moved[folds == 0] @ rotation(vectors.shape[1], seed) + 3
    found = debiased_cka(products(moved), other, folds)
    assert found == pytest.approx(expected, abs=1e-8)
    one = np.full(len(vectors), 5)
    assert debiased_cka(other, other, one) == debiased_cka(other, other)


def two_of_each(vectors):
    return np.arange(len(vectors)) // 2


@given(sound_vectors(n=(12, 12)), SEEDS)
def test_without_a_song_cka_is_that_of_the_others(vectors, seed):
    a, b = products(vectors), products(related(vectors, seed))
    songs = two_of_each(vectors)
    found = cka_without_each_song([a, b], [b], songs)
    assert found.shape == (len(vectors) // 2, 2, 1)
    for song, of_song in enumerate(found):
        rest = np.ix_(songs != song, songs != song)
        assert of_song[0, 0] == pytest.approx(debiased_cka(a[rest], b[rest]), abs=1e-12)
        assert of_song[1, 0] == pytest.approx(1)


@given(sound_vectors(n=(16, 16)), SEEDS)
def test_a_layer_that_tells_but_one_song_apart_has_a_cka_and_no_interval(vectors, seed):
    """What is left without that song is rounding, of which any number could come."""
    flat = np.tile(vectors[0], (16, 1))
    flat[:2] += np.random.default_rng(seed).normal(size=(2, vectors.shape[1])).astype(np.float32)
    songs = two_of_each(vectors)
    without = cka_without_each_song([products(vectors)], [products(flat)], songs)[:, 0, 0]
    assert np.isnan(without).tolist() == [True] + 7 * [False]
    assert np.isnan(jackknife_error(0.5, without))
    (row,) = ladder_rows(vectors, flat, songs)
    assert np.isfinite(row["value"])
    assert np.isnan([row["ci_low"], row["ci_high"]]).all()
    assert row["note"] == UNDEFINED_WITHOUT_A_SONG


def ladder_rows(reference, vectors, songs):
    grams = [{"layer": gram([each])} for each in (reference, vectors)]
    models = {("instrument", "paper", "trained"): [grams[1]]}
    return cka_with_reference(grams[0], models, songs, confidence=0.9).to_dict("records")


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_few_songs_have_no_interval_of_cka_and_the_note_says_so(n):
    vectors = np.random.default_rng(0).normal(size=(n, 9))
    (row,) = ladder_rows(vectors, vectors**2, np.arange(n))
    assert np.isnan(row["value"]) == (n < 4)
    assert np.isnan([row["ci_low"], row["ci_high"]]).all()
    few_stimuli = "fewer than four stimuli; " if n < 4 else ""
    assert row["note"] == few_stimuli + FEW_SONGS


@given(SETS, SEEDS, SCALES)
def test_coordinates_keep_distances_up_to_one_unit(vectors, seed, scale):
    scaled = scale * vectors.astype(np.float64)
    found = Coordinates(products(scaled))
    expected = pdist(scaled)
    expected *= np.sqrt(len(vectors) / ((scaled - scaled.mean(axis=0)) ** 2).sum())
    np.testing.assert_allclose(pdist(found.of_references), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.project(products(scaled)), found.of_references, atol=1e-4)
    moved = scaled @ rotation(vectors.shape[1], seed) + scale
    np.testing.assert_allclose(
        pdist(Coordinates(products(moved)).of_references), expected, rtol=1e-4, atol=1e-5
    )


@given(odd_vectors())
def test_coordinates_of_any_finite_values_are_finite(vectors):
    found = Coordinates(products(vectors)).of_references
    assert np.isfinite(found).all()
    assert found.shape[1] == 0 or (found**2).sum() == pytest.approx(len(vectors))


@st.composite
def classified(draw, n_songs=6):
    """Stimuli of two or three classes, one of each class and song."""
    n_classes, rng = draw(st.integers(2, 3)), np.random.default_rng(draw(SEEDS))
    classes = np.tile(list("abc")[:n_classes], n_songs)
    songs = np.repeat(np.arange(n_songs), n_classes)
    own = {name: rng.normal(size=8) for name in "abc"}
    vectors = draw(st.floats(0, 3)) * np.stack([own[name] for name in classes])
    return vectors + rng.normal(size=vectors.shape), classes, songs


@given(odd_vectors(n=8))
def test_distances_are_symmetric_and_0_between_equals(vectors):
    found = distances(gram([vectors]))
    np.testing.assert_array_equal(found, found.T)
    assert (np.diagonal(found) == 0).all()
    exact = squareform(pdist(vectors.astype(np.float64)))
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    assert (np.abs(found - exact) <= 2e-6 * np.hypot(norms, norms[:, None])).all()


@pytest.mark.parametrize("statistic", OF_CLASSES)
@given(classified(), SEEDS, SCALES)
def test_separability_knows_neither_rotation_nor_shift_nor_scale_nor_order(
    statistic, stimuli, seed, scale
):
    vectors, classes, songs = stimuli
    everyone = np.ones((1, 6))
    expected = statistic(distances(gram([vectors])), classes, songs, everyone)
    moved = (scale * (vectors @ rotation(8, seed) + 2)).astype(np.float32)
    order = np.random.default_rng(seed).permutation(len(songs))
    found = statistic(distances(gram([moved[order]])), classes[order], songs[order], everyone)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    renamed = np.array(list("zyx"))[np.unique(classes, return_inverse=True)[1]]
    again = statistic(distances(gram([vectors])), renamed, songs, everyone)
    np.testing.assert_allclose(again, expected, rtol=1e-12)
    if statistic is silhouette:
        assert -1 <= expected[0] <= 1
    else:
        assert expected[0] > 0


@pytest.mark.parametrize("statistic", OF_CLASSES)
@given(classified(), st.integers(0, 5), st.integers(2, 3))
def test_a_weight_is_a_number_of_copies_of_a_song(statistic, stimuli, song, n_copies):
    vectors, classes, songs = stimuli
    weights = np.ones((1, 6))
    weights[0, song] = n_copies
    weighted = statistic(distances(gram([vectors])), classes, songs, weights)
    copied = np.repeat(np.arange(len(songs)), np.where(songs == song, n_copies, 1))
    of_copies = distances(gram([vectors[copied]]))
    found = statistic(of_copies, classes[copied], songs[copied], np.ones((1, 6)))
    np.testing.assert_allclose(found, weighted, rtol=1e-9)


@given(classified())
def test_where_no_song_has_two_stimuli_the_silhouette_is_scikit_learns(stimuli):
    vectors, classes, _ = stimuli
    songs = np.arange(len(vectors))
    found = silhouette(distances(gram([vectors])), classes, songs, np.ones((1, len(songs))))
    assert found[0] == pytest.approx(silhouette_score(vectors, classes), abs=1e-9)


@pytest.mark.parametrize("statistic", OF_CLASSES)
@given(classified(), st.sampled_from([np.nan, np.inf]))
def test_a_value_that_is_not_finite_leaves_separability_undefined(statistic, stimuli, value):
    vectors, classes, songs = stimuli
    vectors[3, 2] = value
    with np.errstate(invalid="ignore"):
        found = statistic(distances(gram([vectors])), classes, songs, np.ones((1, 6)))
    assert np.isnan(found).all()


@given(st.integers(2, 30), SEEDS)
def test_the_accuracy_of_a_probe_is_scikit_learns_and_the_same_for_complements(n, seed):
    rng = np.random.default_rng(seed)
    targets, predictions = rng.integers(0, 2, (2, n, 3)).astype(float)
    songs, everyone = np.arange(n), np.ones((1, n))
    (found,) = balanced_accuracy(predictions, targets, songs, everyone)
    for value, true, predicted in zip(found, targets.T, predictions.T, strict=True):
        assert np.isnan(value) == (true.min() == true.max())
        if not np.isnan(value):
            assert value == pytest.approx(balanced_accuracy_score(true, predicted))
    turned = balanced_accuracy(1 - predictions, 1 - targets, songs, everyone)
    np.testing.assert_allclose(turned[0], found)
    copied = balanced_accuracy(
        np.repeat(predictions, 2, axis=0),
        np.repeat(targets, 2, axis=0),
        np.repeat(songs, 2),
        everyone,
    )
    np.testing.assert_allclose(copied[0], found)


@given(SEEDS, SCALES)
def test_a_probe_predicts_the_same_of_what_is_rotated_shifted_scaled_or_in_another_order(
    seed, scale
):
    rng = np.random.default_rng(seed)
    songs, targets = np.arange(24) // 4, rng.integers(0, 2, (24, 1))
    vectors = rng.normal(size=(24, 5)) + 4 * targets
    expected = probe_layer(products(vectors), targets, songs, n_folds=3, c=1.0)
    moved = scale * (vectors @ rotation(5, seed) + 3)
    order = rng.permutation(24)
    found = probe_layer(products(moved[order]), targets[order], songs[order], n_folds=3, c=1.0)
    np.testing.assert_array_equal(found, expected[order])

"""What holds of each measure of similarity, and what does not."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stemlens.similarity.cross_gram import cross_gram
from stemlens.similarity.gram import PRODUCT_ROUNDING, gram
from stemlens.similarity.measures import MEASURES, MIN_FEATURES, Pairs
from vectors import SCALES, SEEDS, odd_vectors, rotation, sound_vectors

ALL = sorted(MEASURES)
OF_TWO = ["pearson", "cosine", "mse", "mse_peak"]
"""Those that depend on the two vectors alone."""
RELATIVE_ERROR = 1e-9


def compared(measure, *layers):
    """Every vector with every other, in each layer: (layer, vector, vector)."""
    n = len(layers[0])
    a, b = (index.ravel() for index in np.indices((n, n)))
    grams = {str(number): gram([vectors]) for number, vectors in enumerate(layers)}
    pairs = Pairs(grams, a, b, np.ones(len(a), bool))
    return np.stack([MEASURES[measure].compare(pairs, name).reshape(n, n) for name in grams])


def alike(found, expected, tolerance=RELATIVE_ERROR):
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def differ(found, expected):
    assert np.nanmax(np.abs(found - expected) / np.nanmax(np.abs(expected))) > 1e-3


@pytest.mark.parametrize("measure", ALL)
@given(odd_vectors(), odd_vectors(n_features=9))
def test_of_any_finite_values_it_is_symmetric_and_within_its_range_or_undefined(
    measure, layer, other_layer
):
    found = compared(measure, layer, other_layer)
    np.testing.assert_array_equal(found, found.transpose(0, 2, 1))
    defined = found[~np.isnan(found)]
    assert (defined >= MEASURES[measure].lowest).all()
    assert (defined <= MEASURES[measure].highest).all()
    assert np.isfinite(defined).all()


@pytest.mark.parametrize("measure", ALL)
@given(sound_vectors(), SEEDS)
def test_the_order_of_features_does_not_matter(measure, vectors, seed):
    order = np.random.default_rng(seed).permutation(vectors.shape[1])
    alike(compared(measure, vectors[:, order]), compared(measure, vectors))


@pytest.mark.parametrize("measure", ALL)
@given(sound_vectors(), SEEDS)
def test_the_order_of_vectors_does_not_matter(measure, vectors, seed):
    order = np.random.default_rng(seed).permutation(len(vectors))
    found = compared(measure, vectors[order], np.sin(vectors[order]))
    expected = compared(measure, vectors, np.sin(vectors))
    alike(found, expected[:, order[:, None], order])


@pytest.mark.parametrize("measure", ALL)
@given(sound_vectors(), SCALES)
def test_one_factor_of_all_vectors_matters_to_the_mean_squared_error_alone(measure, vectors, scale):
    scaled = (scale * vectors.astype(np.float64)).astype(np.float32)
    unit = scale**2 if measure == "mse" else 1
    alike(compared(measure, scaled) / unit, compared(measure, vectors), 1e-4)


@pytest.mark.parametrize("measure", ["pearson", "cosine"])
@given(sound_vectors(), SEEDS)
def test_a_factor_of_each_vector_changes_the_sign_of_a_similarity_at_most(measure, vectors, seed):
    rng = np.random.default_rng(seed)
    factors = rng.uniform(0.1, 9, len(vectors)) * rng.choice([-1, 1], len(vectors))
    found = compared(measure, factors[:, None] * vectors)
    alike(found, np.sign(np.outer(factors, factors)) * compared(measure, vectors))


@pytest.mark.parametrize("measure", ["mse", "mse_peak"])
@given(sound_vectors(n=(2, 2)))
def test_a_factor_of_one_vector_changes_an_error(measure, vectors):
    differ(compared(measure, vectors * [[1], [3]]), compared(measure, vectors))


@pytest.mark.parametrize("measure", ["pearson", "mse"])
@given(sound_vectors(), st.floats(-30, 30))
def test_a_shift_of_all_values_changes_neither_correlation_nor_squared_error(
    measure, vectors, shift
):
    vectors = vectors.astype(np.float64)
    alike(compared(measure, vectors + shift), compared(measure, vectors), 1e-8)


@pytest.mark.parametrize("measure", ["cosine", "mse_peak"])
@given(sound_vectors(n=(3, 3)), st.sampled_from([-100.0, 100.0]))
def test_a_shift_of_all_values_changes_cosine_and_what_is_relative_to_the_peak(
    measure, vectors, shift
):
    vectors = vectors - vectors.mean()
    differ(compared(measure, vectors + shift), compared(measure, vectors))


@pytest.mark.parametrize("measure", ["cosine", "mse"])
@given(sound_vectors(), SEEDS)
def test_a_rotation_changes_neither_cosine_nor_squared_error(measure, vectors, seed):
    rotated = vectors @ rotation(vectors.shape[1], seed)
    alike(compared(measure, rotated), compared(measure, vectors), 1e-7)


@pytest.mark.parametrize("measure", ["pearson", "mse_peak"])
def test_a_rotation_changes_correlation_and_what_is_relative_to_the_peak(measure):
    vectors = np.random.default_rng(0).normal(3, 1, (4, 8))
    differ(compared(measure, vectors @ rotation(8, 0)), compared(measure, vectors))


@pytest.mark.parametrize("measure", ALL)
@given(sound_vectors())
def test_of_float64_it_is_what_it_is_of_the_same_values_in_float32(measure, vectors):
    found = compared(measure, vectors.astype(np.float64))
    np.testing.assert_array_equal(found, compared(measure, vectors))


@pytest.mark.parametrize("measure", OF_TWO)
@given(sound_vectors(n=(1, 1)), SCALES)
def test_a_vector_is_to_its_copy_as_alike_as_can_be(measure, vectors, scale):
    found = compared(measure, np.repeat(np.float32(scale) * vectors, 2, axis=0))
    alike(found, 0 if "mse" in measure else 1, 1e-12)


@pytest.mark.parametrize("measure", OF_TWO)
@pytest.mark.parametrize("change", ["1 ulp", "1e-7"])
@given(sound_vectors(n=(1, 1)), SCALES)
def test_neighbours_are_as_alike_as_equals(measure, change, vectors, scale):
    vector = np.float32(scale) * vectors[0]
    near = vector * np.float32(1 + 1e-7) if change == "1e-7" else np.nextafter(vector, np.inf)
    found = compared(measure, np.stack([vector, near.astype(np.float32)]))
    if "mse" in measure:
        assert (found == 0).all()
    else:
        alike(found, 1, 1e-11)


@given(sound_vectors(n=(1, 1)), st.floats(-9, 0), SEEDS)
def test_the_squared_error_is_exact_to_rounding_however_near_the_two_are(vectors, exponent, seed):
    """In extended precision: 0 only below the square of a relative difference of about 1e-6."""
    vector = vectors[0].astype(np.float64)
    noise = np.random.default_rng(seed).normal(size=vector.shape)
    near = vector * (1 + 10**exponent * noise)
    exact = float(((vector.astype(np.longdouble) - near) ** 2).mean())
    both = (vector @ vector + near @ near) / len(vector)
    found = compared("mse", np.stack([vector, near]))[0, 0, 1]
    assert abs(found - exact) <= 1.001 * PRODUCT_ROUNDING * both
    if exact > 1.001 * PRODUCT_ROUNDING * both:
        assert found == pytest.approx(exact, rel=1e-14 * both / exact + 1e-9)


@given(sound_vectors(), st.sampled_from([0, 1e2, 1e4]))
def test_correlation_and_cosine_are_exact_to_what_an_offset_leaves(vectors, offset):
    vectors = (vectors + np.float32(offset)).astype(np.longdouble)
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    for measure, exact in (("pearson", centred), ("cosine", vectors)):
        unit = exact / np.sqrt((exact**2).sum(axis=1, keepdims=True))
        share = float(((vectors**2).sum(axis=1) / (exact**2).sum(axis=1)).max())
        found = compared(measure, vectors.astype(np.float64))[0]
        np.testing.assert_allclose(found, (unit @ unit.T).astype(float), atol=1e-14 * share)


@pytest.mark.parametrize("measure", OF_TWO)
@given(sound_vectors(n=(5, 5)), st.sampled_from([np.nan, np.inf, -np.inf]), SEEDS)
def test_what_is_not_finite_leaves_its_pairs_undefined_and_no_other(measure, vectors, value, seed):
    row, column = np.random.default_rng(seed).integers(vectors.shape)
    sound = np.isfinite(compared(measure, vectors)[0])
    vectors[row, column] = value
    is_bad = np.arange(5) == row
    defined = np.isfinite(compared(measure, vectors)[0])
    np.testing.assert_array_equal(defined, sound & ~np.logical_or.outer(is_bad, is_bad))


@pytest.mark.parametrize("measure", ["pearson", "cosine"])
@given(sound_vectors(n=(3, 3)), st.sampled_from([0.0, 1e-30, 0.1, 1e30]))
def test_a_constant_has_no_correlation_and_zero_no_direction(measure, vectors, value):
    vectors[1] = value
    is_undefined = measure == "pearson" or value == 0
    found = np.isnan(compared(measure, vectors)[0])
    expected = np.logical_or.outer(np.arange(3) == 1, np.arange(3) == 1) & is_undefined
    np.testing.assert_array_equal(found, expected)
    vectors[:] = value
    alike(compared(measure, vectors), np.nan if is_undefined else 1, 1e-12)


@pytest.mark.parametrize("measure", OF_TWO)
@pytest.mark.parametrize("n_features", [1, 2])
def test_of_one_or_two_values_there_is_all_but_a_correlation(measure, n_features):
    found = compared(measure, np.array([[2.0, -3.0], [0.5, 4.0]])[:, :n_features])
    assert np.isfinite(found).all() == (n_features >= MEASURES[measure].min_features)
    assert MEASURES["pearson"].min_features == MIN_FEATURES == 3


@given(sound_vectors(), st.floats(0.1, 10), SEEDS)
def test_a_pair_divided_by_its_largest_error_is_the_same_however_large_the_layers(
    vectors, factor, seed
):
    vectors, other = (
        vectors.astype(float),
        np.random.default_rng(seed).normal(size=(len(vectors), 4)),
    )
    found = compared("mse_pair_max_over_layers", vectors, other)
    off_diagonal = ~np.eye(len(vectors), dtype=bool)
    np.testing.assert_allclose(found.max(axis=0)[off_diagonal], 1)
    assert np.isnan(found[:, ~off_diagonal]).all()
    both = compared("mse_pair_max_over_layers", factor * vectors, factor * other)
    alike(both, found)
    alike(compared("mse_pair_max_over_layers", other, vectors), found[::-1])


@given(sound_vectors(n=(3, 6)), SCALES)
def test_in_a_layer_the_largest_error_of_a_class_is_1(vectors, scale):
    found = compared("mse_layer_max", np.float32(scale) * vectors)
    assert np.nanmax(found) == 1
    errors = compared("mse", vectors)
    assume(errors.max() > 0)
    alike(found, errors / errors.max(), 1e-4)


@pytest.mark.parametrize("measure", OF_TWO)
@given(sound_vectors(), st.integers(1, 59))
def test_a_part_of_the_products_and_any_blocks_give_the_same(measure, vectors, cut):
    expected = compared(measure, vectors)[0]
    cuts = [cut] if cut < vectors.shape[1] else []
    found = cross_gram(np.split(vectors, cuts, axis=1), 2)
    alike(found.compared(measure), expected[:, :2])
    assert found.references.products.shape == (2, 2)


@pytest.mark.parametrize("measure", ["pearson", "cosine", "mse_peak"])
@pytest.mark.parametrize("exponent", [-140, -100, 100, 140])
def test_float64_has_room_for_140_powers_of_ten(measure, exponent):
    vectors = np.random.default_rng(0).normal(1, 1, (4, 9))
    alike(compared(measure, 10.0**exponent * vectors), compared(measure, vectors))

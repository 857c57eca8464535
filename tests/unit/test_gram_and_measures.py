import numpy as np
import pandas as pd
import pytest
from scipy.spatial import distance
from stemlens.errors import InputError
from stemlens.similarity.gram import gram
from stemlens.similarity.gram_store import write_grams
from stemlens.similarity.measures import Pairs, cosine, mse, mse_peak, pearson


def measured(measure, vectors):
    """Every pair of the vectors, as a matrix."""
    n = len(vectors)
    a, b = (index.ravel() for index in np.indices((n, n)))
    pairs = Pairs({"conv1": gram([vectors])}, a, b, is_same_class=np.full(len(a), True))
    return measure(pairs, "conv1").reshape(n, n)


def vectors_with_offset(offset, n_features=4000, seed=0):
    """Six float32 vectors around the offset, some of them alike."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=n_features)
    own = rng.normal(size=(6, n_features))
    return (offset + shared + np.arange(6)[:, None] * own).astype(np.float32)


@pytest.mark.parametrize(
    ("offset", "tolerance"), [(0, 1e-12), (10, 1e-12), (-300, 1e-9), (1e4, 1e-6)]
)
def test_measures_equal_those_of_numpy_and_scipy(offset, tolerance):
    vectors = vectors_with_offset(offset)
    exact = vectors.astype(np.float64)
    squared_error = ((exact[:, None] - exact) ** 2).mean(axis=2)
    peaks = np.abs(exact).max(axis=1)
    expected = {
        pearson: np.corrcoef(exact),
        cosine: 1 - distance.cdist(exact, exact, "cosine"),
        mse: squared_error,
        mse_peak: squared_error / np.maximum.outer(peaks, peaks) ** 2,
    }
    for measure, matrix in expected.items():
        np.testing.assert_allclose(
            measured(measure, vectors), matrix, rtol=tolerance, atol=tolerance
        )


@pytest.mark.parametrize("cuts", [[1], [999], [10, 20, 500], list(range(1, 1000, 7))])
def test_any_split_into_blocks_gives_the_same(cuts):
    vectors = vectors_with_offset(-40, n_features=1000)
    whole, split = gram([vectors]), gram(np.split(vectors, cuts, axis=1))
    assert split.n_features == whole.n_features == 1000
    np.testing.assert_allclose(split.products, whole.products, rtol=1e-13)
    np.testing.assert_allclose(split.sums, whole.sums, rtol=1e-13)
    assert np.array_equal(split.peaks, whole.peaks)
    assert np.array_equal(split.constant, whole.constant)


def test_a_vector_that_is_constant_within_blocks_alone_is_not_constant():
    blocks = [np.array([[1, 1], [2, 2]]), np.array([[1, 1], [3, 3]])]
    assert gram(blocks).constant.tolist() == [True, False]


def undefined_pairs(undefined):
    return np.logical_or.outer(undefined, undefined)


@pytest.mark.parametrize("constant", [0.1, -2.7, 1e4])
def test_a_constant_vector_correlates_with_nothing(constant):
    vectors = vectors_with_offset(0)
    vectors[2] = constant
    is_constant = np.arange(6) == 2
    assert np.array_equal(np.isnan(measured(pearson, vectors)), undefined_pairs(is_constant))
    for measure in (cosine, mse, mse_peak):
        assert np.isfinite(measured(measure, vectors)).all()


def test_a_zero_vector_has_no_direction():
    vectors = vectors_with_offset(0)
    vectors[[2, 3]] = 0
    is_zero = np.isin(np.arange(6), [2, 3])
    assert np.array_equal(np.isnan(measured(cosine, vectors)), undefined_pairs(is_zero))
    both = np.logical_and.outer(is_zero, is_zero)
    assert np.array_equal(np.isnan(measured(mse_peak, vectors)), both)
    assert (measured(mse, vectors)[both] == 0).all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_features", [1, 3, 4001])
def test_identical_vectors_are_as_similar_as_can_be(seed, n_features):
    rng = np.random.default_rng(seed)
    vectors = np.tile(rng.normal(7, 1, n_features).astype(np.float32), (5, 1))
    if n_features > 1:
        correlations = measured(pearson, vectors)
        np.testing.assert_allclose(correlations, 1, rtol=1e-9)
        assert correlations.max() <= 1
    cosines, errors = measured(cosine, vectors), measured(mse, vectors)
    np.testing.assert_allclose(cosines, 1, rtol=1e-12)
    np.testing.assert_allclose(errors, 0, atol=1e-12)
    assert cosines.max() <= 1
    assert errors.min() >= 0


@pytest.mark.parametrize("measure", [pearson, cosine])
@pytest.mark.parametrize("seed", range(10))
def test_multiples_are_similar_or_opposite_and_never_more_than_that(measure, seed):
    vector = np.random.default_rng(seed).normal(size=500)
    similarities = measured(measure, np.outer([1, 0.3, -3], vector))
    expected = [[1, 1, -1], [1, 1, -1], [-1, -1, 1]]
    np.testing.assert_allclose(similarities, expected, rtol=1e-12)
    assert np.abs(similarities).max() <= 1


def test_what_differs_by_rounding_alone_does_not_differ():
    """A network returns the same activations up to rounding when its batch has another size."""
    rng = np.random.default_rng(0)
    vector = rng.normal(3, 1, 500).astype(np.float32)
    twin = np.nextafter(vector, np.float32(9))
    assert not np.array_equal(vector, twin)
    vectors = np.stack([vector, twin, vector + np.float32(1e-3)])
    errors = measured(mse, vectors)
    assert errors[0, 1] == 0
    assert errors[0, 2] == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize(("difference", "is_equal"), [(1.3e-6, True), (1.6e-6, False)])
def test_vectors_are_equal_if_their_squared_distance_is_a_1e12th_of_their_squares(
    difference, is_equal
):
    vector = np.random.default_rng(0).normal(size=500)
    errors = measured(mse, np.stack([vector, (1 + difference) * vector]))
    assert (errors[0, 1] == 0) == is_equal


def test_a_vector_that_is_constant_up_to_rounding_correlates_with_nothing():
    rng = np.random.default_rng(0)
    constant = np.full(500, 0.7, np.float32)
    constant[::2] = np.nextafter(constant[::2], np.float32(1))
    vectors = np.stack([constant, constant[::-1], rng.normal(size=500).astype(np.float32)])
    assert np.isnan(measured(pearson, vectors)[:2]).all()


def test_a_block_of_many_values_is_added_up_in_parts():
    vectors = np.random.default_rng(0).normal(2, 1, (1100, 1500)).astype(np.float32)
    of_all, values = gram([vectors]), vectors.astype(np.float64)
    np.testing.assert_allclose(of_all.products, values @ values.T, rtol=1e-12)
    np.testing.assert_allclose(of_all.sums, values.sum(axis=1), rtol=1e-12)
    assert np.array_equal(of_all.peaks, np.abs(values).max(axis=1))
    assert of_all.n_features == 1500


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("measure", [pearson, cosine, mse, mse_peak])
def test_a_vector_that_is_not_finite_matches_nothing_not_even_itself(measure, everywhere, value):
    vectors = vectors_with_offset(1)
    vectors[2, slice(None) if everywhere else 17] = value
    vectors[4] = vectors[2]
    not_finite = np.isin(np.arange(6), [2, 4])
    assert np.array_equal(np.isnan(measured(measure, vectors)), undefined_pairs(not_finite))


@pytest.mark.parametrize("scale", [1e-42, 1e-38, 1e-20, 1e20, 1e38])
@pytest.mark.parametrize("measure", [pearson, cosine, mse_peak])
def test_measures_without_a_unit_are_the_same_at_any_size(measure, scale):
    """Down to where float32 has three digits left, up to where its square would overflow."""
    vectors = np.random.default_rng(0).uniform(-3, 3, (6, 500)).astype(np.float32)
    scaled = (scale * vectors.astype(np.float64)).astype(np.float32)
    tolerance = 1e-2 if scale < 1e-38 else 1e-6
    np.testing.assert_allclose(
        measured(measure, scaled), measured(measure, vectors), rtol=tolerance, atol=tolerance
    )


@pytest.mark.parametrize("scale", [1e-40, 1e-20, 1e20, 1e38])
def test_the_error_neither_vanishes_nor_overflows(scale):
    vectors = (scale * np.random.default_rng(0).uniform(-3, 3, (6, 500))).astype(np.float32)
    exact = vectors.astype(np.float64)
    expected = distance.cdist(exact, exact, "sqeuclidean") / 500
    np.testing.assert_allclose(measured(mse, vectors), expected, rtol=1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_products_that_are_no_finite_numbers_are_never_stored(tmp_path, value):
    vectors = vectors_with_offset(0)
    sound = gram([vectors])
    vectors[2, 7] = value
    stimuli = pd.DataFrame({"class": "bass", "song": list("abcdef")})
    with np.errstate(invalid="ignore"):
        grams = {"input": sound, "conv1": gram([vectors])}
    with pytest.raises(InputError, match=r"scalar products of conv1: \d+ of 36 values are NaN"):
        write_grams(tmp_path / "grams.h5", grams, stimuli)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("n_features", [1, 2, 3])
def test_of_two_features_every_correlation_would_be_1_or_minus_1_and_there_is_none(n_features):
    vectors = np.random.default_rng(0).normal(size=(6, n_features))
    expected = np.corrcoef(vectors) if n_features == 3 else np.full((6, 6), np.nan)
    np.testing.assert_allclose(measured(pearson, vectors), expected, rtol=1e-9)
    assert np.isfinite(measured(cosine, vectors)).all()

"""A part of a Gram matrix against the whole, SciPy and NumPy."""

import numpy as np
import pytest
from scipy.spatial import distance
from stemlens.similarity.cross_gram import cross_gram
from stemlens.similarity.gram import gram


def vectors(n=9, n_features=500, offset=-20.0, seed=0):
    return np.random.default_rng(seed).normal(offset, 1, (n, n_features)).astype(np.float32)


def test_its_columns_are_those_of_the_gram_matrix():
    x = vectors()
    whole, part = gram([x]), cross_gram([x], 4)
    np.testing.assert_allclose(part.products, whole.products[:, :4], rtol=1e-13)
    np.testing.assert_allclose(part.squares, whole.squares, rtol=1e-13)
    np.testing.assert_allclose(part.sums, whole.sums, rtol=1e-13)
    assert np.array_equal(part.peaks, whole.peaks)
    assert np.array_equal(part.constant, whole.constant)
    assert part.n_features == whole.n_features == 500


def test_the_references_have_a_gram_matrix_of_their_own():
    x = vectors()
    own, references = gram([x[:4]]), cross_gram([x], 4).references
    np.testing.assert_allclose(references.products, own.products, rtol=1e-13)
    np.testing.assert_allclose(references.sums, own.sums, rtol=1e-13)
    assert np.array_equal(references.peaks, own.peaks)
    assert references.n_features == own.n_features


@pytest.mark.parametrize(("offset", "tolerance"), [(0, 1e-12), (-20, 1e-11), (1e3, 1e-7)])
def test_every_vector_is_compared_with_every_reference_as_scipy_and_numpy_do(offset, tolerance):
    x = vectors(offset=offset)
    found, exact = cross_gram([x], 4), x.astype(np.float64)
    expected = {
        "pearson": np.corrcoef(exact)[:, :4],
        "cosine": 1 - distance.cdist(exact, exact[:4], "cosine"),
        "mse": distance.cdist(exact, exact[:4], "sqeuclidean") / 500,
    }
    for measure, values in expected.items():
        np.testing.assert_allclose(
            found.compared(measure), values, rtol=tolerance, atol=tolerance, err_msg=measure
        )


@pytest.mark.parametrize("cuts", [[1], [499], [10, 20, 300], list(range(1, 500, 7))])
def test_any_split_into_blocks_gives_the_same(cuts):
    x = vectors()
    whole, split = cross_gram([x], 3), cross_gram(np.split(x, cuts, axis=1), 3)
    for name in ("products", "norms", "sums", "peaks", "constant"):
        np.testing.assert_allclose(getattr(split, name), getattr(whole, name), rtol=1e-13)
    assert split.n_features == 500


def test_a_constant_and_a_zero_vector_are_undefined_where_they_must_be():
    x = vectors(n=5)
    x[3], x[4] = 2.5, 0
    found = cross_gram([x], 2)
    assert np.isnan(found.compared("pearson")).all(axis=1).tolist() == [False] * 3 + [True] * 2
    assert np.isnan(found.compared("cosine")).all(axis=1).tolist() == [False] * 4 + [True]
    assert np.isfinite(found.compared("mse")).all()


def test_a_vector_that_is_not_finite_has_no_squares():
    x = vectors(n=3)
    x[2, 5] = np.inf
    with np.errstate(invalid="ignore"):
        found = cross_gram([x], 1)
    assert np.isnan(found.squares).tolist() == [False, False, True]

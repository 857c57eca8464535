import numpy as np
import pytest
from sklearn.decomposition import PCA, KernelPCA
from stemlens.representations.coordinates import Coordinates


@pytest.fixture
def vectors():
    """30 references and 12 further vectors with an offset, fewer than they have features."""
    rng = np.random.default_rng(0)
    return 3 + rng.normal(size=(42, 80)) * np.linspace(0.2, 2, 80)


def of_first(vectors, n=30):
    references = vectors[:n]
    return Coordinates(references @ references.T), vectors @ references.T


def test_projecting_the_references_again_gives_their_coordinates(vectors):
    coordinates, products = of_first(vectors)
    projected = coordinates.project(products[:30])
    np.testing.assert_allclose(projected, coordinates.of_references, rtol=0, atol=1e-12)


def test_the_origin_is_the_mean_of_the_references_and_their_mean_squared_norm_is_one(vectors):
    coordinates = of_first(vectors)[0].of_references
    assert coordinates.shape == (30, 29)
    np.testing.assert_allclose(coordinates.mean(axis=0), 0, atol=1e-12)
    assert (coordinates**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-12)


def test_coordinates_equal_those_of_kernel_pca_up_to_sign_and_one_scale(vectors):
    coordinates, products = of_first(vectors)
    kernel_pca = KernelPCA(kernel="precomputed", n_components=29).fit(products[:30])
    found, expected = coordinates.project(products), kernel_pca.transform(products)
    found = found[:, ::-1] / np.sign(found[0, ::-1])
    expected = expected / np.sign(expected[0])
    ratios = found / expected
    np.testing.assert_allclose(ratios, ratios[0, 0], rtol=1e-6)


def test_distances_are_those_of_the_features_in_the_space_of_the_references(vectors):
    coordinates, products = of_first(vectors)
    features = PCA(n_components=29).fit(vectors[:30]).transform(vectors)
    unit = np.sqrt((features[:30] ** 2).sum(axis=1).mean())
    found = coordinates.project(products)
    for one, other in ((0, 35), (3, 4), (40, 41)):
        expected = np.linalg.norm(features[one] - features[other]) / unit
        assert np.linalg.norm(found[one] - found[other]) == pytest.approx(expected, rel=1e-9)


def test_dimensions_in_which_the_references_do_not_differ_are_left_out(vectors):
    flat = vectors.copy()
    flat[:30, 3:] = 5
    coordinates, products = of_first(flat)
    assert coordinates.of_references.shape == (30, 3)
    assert coordinates.project(products).shape == (42, 3)


def test_references_that_are_all_the_same_have_no_dimensions():
    coordinates, products = of_first(np.full((5, 9), 0.3), n=4)
    assert coordinates.of_references.shape == (4, 0)
    assert coordinates.project(products).shape == (5, 0)


def test_a_vector_that_is_not_finite_leaves_the_others_as_they_are(vectors):
    coordinates, products = of_first(vectors)
    expected = coordinates.project(products)
    products[35, 2] = np.nan
    found = coordinates.project(products)
    assert np.isnan(found[35]).all()
    assert np.array_equal(np.delete(found, 35, axis=0), np.delete(expected, 35, axis=0))

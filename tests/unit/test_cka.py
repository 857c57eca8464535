import itertools
import math

import numpy as np
import pytest
from stemlens.representations.cka import debiased_cka, note_on_cka
from stemlens.similarity.gram import gram


def cka_of(a, b):
    return debiased_cka(gram([a]).products, gram([b]).products)


def hsic_by_tuples(k, m):
    """The U-statistic of HSIC: its kernel, averaged over all 4-tuples of distinct stimuli."""
    return np.mean(
        [
            k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q])
            for i, j, q, r in itertools.permutations(range(len(k)), 4)
        ]
    )


def biased_cka(a, b):
    a, b = (vectors - vectors.mean(axis=0) for vectors in (a, b))
    k, m = a @ a.T, b @ b.T
    return (k * m).sum() / np.linalg.norm(k) / np.linalg.norm(m)


@pytest.fixture
def related():
    """Two sets of activations that share a part."""
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(12, 4))
    return tuple(shared @ rng.normal(size=(4, n)) + rng.normal(size=(12, n)) for n in (30, 50))


@pytest.mark.parametrize("n", [4, 5, 6, 7])
@pytest.mark.parametrize("offset", [0, 3])
def test_it_is_the_ratio_of_u_statistics_over_all_4_tuples(related, n, offset):
    a, b = (vectors[:n] + offset for vectors in related)
    k, m = a @ a.T, b @ b.T
    expected = hsic_by_tuples(k, m) / math.sqrt(hsic_by_tuples(k, k) * hsic_by_tuples(m, m))
    assert 0.01 < abs(expected) < 0.99
    assert cka_of(a, b) == pytest.approx(expected, abs=1e-10)


def test_rotation_and_scale_and_order_of_the_two_do_not_matter(related):
    a, b = related
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(30, 30)))[0]
    expected = cka_of(a, b)
    assert 0.1 < expected < 0.95
    assert cka_of(a @ rotation, b) == pytest.approx(expected, abs=1e-12)
    assert cka_of(1e-6 * a, 1e6 * b) == pytest.approx(expected, abs=1e-12)
    assert cka_of(b, a) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("offset", "tolerance"), [(1, 1e-12), (-100, 1e-9), (1e4, 1e-5)])
def test_a_common_offset_does_not_matter(related, offset, tolerance):
    a, b = related
    shift = offset * np.random.default_rng(1).uniform(0.5, 1, a.shape[1])
    assert cka_of(a + shift, b) == pytest.approx(cka_of(a, b), abs=tolerance)


@pytest.mark.parametrize("seed", range(3))
def test_independent_activations_of_many_features_are_not_similar(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, 40, 5000))
    assert biased_cka(a, b) > 0.98
    assert abs(cka_of(a, b)) < 0.1


def test_a_set_is_perfectly_similar_to_itself_and_never_more_than_that(related):
    for vectors in related:
        assert cka_of(vectors, vectors) == pytest.approx(1, abs=1e-14)
        assert cka_of(vectors, vectors) <= 1


RNG = np.random.default_rng(2)
ALIKE = np.tile(RNG.normal(7, 1, 4001), (12, 1))
WITHOUT_STRUCTURE = {
    "zeros": np.zeros((12, 5)),
    "constant": np.full((12, 999), 0.1),
    "alike": ALIKE,
    "alike up to the rounding of float32": ALIKE * (1 + 6e-8 * RNG.uniform(-1, 1, ALIKE.shape)),
    "alike but for one": np.vstack([ALIKE[1:], RNG.normal(7, 1, 4001)]),
    "equally far apart": 0.1 * np.eye(12),
}


@pytest.mark.parametrize("name", WITHOUT_STRUCTURE)
def test_a_set_without_structure_has_no_similarity(related, name):
    vectors = WITHOUT_STRUCTURE[name]
    assert math.isnan(cka_of(vectors, related[0]))
    assert math.isnan(cka_of(related[0], vectors))
    assert math.isnan(cka_of(vectors, vectors))


@pytest.mark.parametrize("n", range(1, 4))
def test_fewer_than_four_stimuli_have_no_similarity(related, n):
    a, b = related
    assert math.isnan(cka_of(a[:n], b[:n]))
    assert math.isfinite(cka_of(a[:4], b[:4]))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_activations_that_are_not_finite_are_like_nothing_not_even_themselves(related, value):
    a, b = related
    a[3, 5] = value
    for pair in ((a, b), (b, a), (a, a)):
        assert math.isnan(cka_of(*pair))
        products = [gram([vectors]).products for vectors in pair]
        assert note_on_cka(*products) == "an activation is not a finite number"


def test_the_note_says_why_there_is_no_similarity_and_nothing_where_there_is_one(related):
    a, b = (gram([vectors]).products for vectors in related)
    assert note_on_cka(a, b) == ""
    assert note_on_cka(a[:3, :3], b[:3, :3]) == "fewer than four stimuli"
    alike = gram([np.ones((12, 9))]).products
    assert note_on_cka(a, alike) == (
        "in one layer all stimuli, or all but one, are equal, or all are equally far apart"
    )


@pytest.mark.parametrize("scale", [1e-42, 1e-20, 1e20, 1e37])
def test_activations_of_any_size_have_the_same_similarity(related, scale):
    a, b = related
    scaled = (scale * a).astype(np.float32)
    assert cka_of(scaled, b) == pytest.approx(cka_of(a, b), abs=1e-2 if scale < 1e-38 else 1e-6)

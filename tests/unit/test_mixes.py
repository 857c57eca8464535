"""The mixes that a run makes: all, or a choice in which classes and their pairs are balanced."""

from itertools import combinations

import numpy as np
import pytest
from stemlens.audio.mixes import chosen_mixes, mix_targets, pair_weights, solo_mix, stem_pairs

CHOSEN = [
    (n, most, seed) for n in (5, 7, 8, 9, 10) for most in (15, 30, 64, 100) for seed in (0, 7)
]
CHOSEN = [case for case in CHOSEN if 2 ** case[0] - 1 > case[1]]


def others(targets: np.ndarray) -> np.ndarray:
    """Those that are neither of one class nor of all."""
    sizes = targets.sum(axis=1)
    return targets[(sizes > 1) & (sizes < targets.shape[1])].astype(int)


def test_all_mixes_are_all_non_empty_combinations() -> None:
    targets = mix_targets(4)
    assert targets.shape == (15, 4)
    assert len({tuple(row) for row in targets}) == 15
    assert targets.any(axis=1).all()
    for c in range(4):
        np.testing.assert_array_equal(targets[solo_mix(targets, c)], np.eye(4)[c])


@pytest.mark.parametrize("n_classes", range(2, 7))
def test_up_to_64_mixes_are_all_there_in_the_order_of_their_binary_numbers(n_classes: int) -> None:
    chosen = chosen_mixes(n_classes, most=64, seed=3)
    numbers = chosen.astype(int) @ 2 ** np.arange(n_classes)
    np.testing.assert_array_equal(numbers, np.arange(1, 2**n_classes))
    assert chosen.dtype == np.uint8
    assert [solo_mix(chosen, c) for c in range(n_classes)] == [2**c - 1 for c in range(n_classes)]


@pytest.mark.parametrize(("n_classes", "most", "seed"), CHOSEN)
def test_a_choice_has_each_class_alone_all_together_and_complementary_pairs_of_others(
    n_classes: int, most: int, seed: int
) -> None:
    chosen = chosen_mixes(n_classes, most=most, seed=seed)
    n_candidates = 2**n_classes - 2 - 2 * n_classes
    assert len(chosen) == n_classes + 1 + min((most - n_classes - 1) // 2 * 2, n_candidates)
    rows = [tuple(row) for row in chosen.tolist()]
    assert len(set(rows)) == len(rows)
    for c in range(n_classes):
        np.testing.assert_array_equal(chosen[solo_mix(chosen, c)], np.eye(n_classes)[c])
    assert chosen[-1].all()
    assert {tuple(row) for row in (1 - others(chosen)).tolist()} <= set(rows)
    assert (others(chosen).sum(axis=0) * 2 == len(others(chosen))).all()
    assert (others(chosen).sum(axis=1) >= 2).all()


@pytest.mark.parametrize("n_classes", [7, 8, 9, 10])
def test_two_classes_play_together_in_about_a_quarter_and_more_evenly_than_by_chance(
    n_classes: int,
) -> None:
    def spread(mixes: np.ndarray) -> float:
        """Largest distance of two classes' number of common mixes from a quarter of all."""
        common = [(mixes[:, a] * mixes[:, b]).sum() for a, b in combinations(range(n_classes), 2)]
        return float(np.abs(np.array(common) - len(mixes) / 4).max())

    rng = np.random.default_rng(0)
    every = others(mix_targets(n_classes))
    for seed in range(3):
        chosen = others(chosen_mixes(n_classes, most=64, seed=seed))
        assert spread(chosen) <= 2
        half = rng.choice(len(every) // 2, len(chosen) // 2, replace=False)
        assert spread(chosen) < spread(np.concatenate([every[half], 1 - every[half]]))


def test_a_choice_depends_on_its_arguments_alone() -> None:
    chosen = chosen_mixes(10, most=64, seed=0)
    np.random.seed(5)  # noqa: NPY002
    np.testing.assert_array_equal(chosen, chosen_mixes(10, most=64, seed=0))
    assert (chosen_mixes(10, most=64, seed=1) != chosen).any()
    larger = {tuple(row) for row in chosen_mixes(10, most=80, seed=0).tolist()}
    assert {tuple(row) for row in chosen.tolist()} < larger


@pytest.mark.parametrize("targets", [mix_targets(4), chosen_mixes(10, most=64, seed=0)])
def test_weighted_stem_pairs_add_up_to_the_power_of_the_mix(targets: np.ndarray) -> None:
    n = targets.shape[1]
    rng = np.random.default_rng(0)
    spectra = rng.normal(size=n) + 1j * rng.normal(size=n)
    pairs = stem_pairs(n)
    assert len(pairs) == n * (n + 1) // 2
    pair_powers = [(spectra[i] * spectra[j].conj()).real for i, j in pairs]
    expected = [abs(spectra[t.astype(bool)].sum()) ** 2 for t in targets]
    np.testing.assert_allclose(pair_weights(targets) @ pair_powers, expected)

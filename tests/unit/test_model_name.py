import itertools

import pytest
from stemlens.model_name import ModelName, group_by_seed


@pytest.mark.parametrize("suffix", [".csv", ".h5"])
@pytest.mark.parametrize(
    "name",
    [
        ModelName("instrument", "paper", "trained", 0),
        ModelName("instrument", "no_conv4_keep_pool", "untrained", 12),
        ModelName("genre", "x-seed3", "shuffled", 7),
    ],
)
def test_a_name_comes_back_from_its_path(name, suffix):
    folder = f"results/demo-seed9/grams/{name.task}/{name.network}"
    assert ModelName.from_path(f"{folder}/{name.training}-seed{name.seed}{suffix}") == name


def test_models_that_differ_by_their_seed_alone_are_one_group():
    names = itertools.product(["small", "deep"], ["trained", "untrained"], [10, 2])
    paths = {
        (network, training, seed): f"grams/instrument/{network}/{training}-seed{seed}.h5"
        for network, training, seed in names
    }
    groups = group_by_seed(list(paths.values()))
    assert groups == {
        ("instrument", network, training): {
            seed: paths[network, training, seed] for seed in (10, 2)
        }
        for network, training in itertools.product(["small", "deep"], ["trained", "untrained"])
    }


def test_groups_and_seeds_keep_the_order_of_the_paths():
    paths = [f"a/instrument/{name}-seed{k}.csv" for name in ("b/t", "a/t") for k in (10, 2, 3)]
    groups = group_by_seed(paths)
    assert [network for _, network, _ in groups] == ["b", "a"]
    assert [list(seeds) for seeds in groups.values()] == [[10, 2, 3]] * 2

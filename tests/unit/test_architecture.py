import json

import pytest
from networks import CONFIGURED, network_of
from stemlens.errors import InputError
from stemlens.model.architecture import Architecture


def test_the_default_network_has_the_shapes_of_the_papers_table_1():
    table_1 = {  # The paper writes band × frame × channel.
        "input": (80, 300, 1),
        "conv1": (40, 75, 32),
        "conv2": (13, 18, 64),
        "conv3": (6, 3, 64),
        "conv4": (3, 1, 128),
        "dense1": (128,),
        "dense2": (65,),
        "output": (4,),
    }
    shapes = CONFIGURED["paper"].layer_shapes(80, 300, 4)
    assert list(shapes) == list(table_1)
    for layer, (*bands_and_frames, channels) in table_1.items():
        assert shapes[layer] == (channels, *bands_and_frames)


@pytest.mark.parametrize(
    ("pools", "layer"),
    [
        ([(11, 1)], "conv1"),
        ([(1, 21)], "conv1"),
        ([(2, 2), (6, 1)], "conv2"),
        ([(3, 3), (3, 6), (1, 2)], "conv3"),
    ],
)
def test_a_pool_larger_than_its_map_is_refused_by_the_layers_name(pools, layer):
    network = network_of([(2, (3, 3), pool) for pool in pools])
    with pytest.raises(InputError, match=f"^{layer}: .*pool"):
        network.layer_shapes(10, 20, 4)


def test_a_pool_may_be_as_large_as_its_map():
    shapes = network_of([(2, (3, 3), (10, 20))]).layer_shapes(10, 20, 4)
    assert shapes["conv1"] == (2, 1, 1)


@pytest.mark.parametrize("n_conv", [1, 2, 6])
@pytest.mark.parametrize("n_dense", [0, 1, 4])
def test_any_number_of_blocks_makes_a_network(n_conv, n_dense):
    conv = [(3 + number, (3, 3), (1, 1)) for number in range(n_conv)]
    dense = [20 + number for number in range(n_dense)]
    shapes = network_of(conv, dense).layer_shapes(10, 20, 4)
    assert list(shapes.values()) == [
        (1, 10, 20),
        *((3 + number, 10, 20) for number in range(n_conv)),
        *((20 + number,) for number in range(n_dense)),
        (4,),
    ]


def test_settings_survive_a_text_format():
    network = network_of([(2, (3, 5), (2, 4)), (3, (1, 3), (1, 2))], [7, 6])
    assert Architecture.from_settings(json.loads(json.dumps(network.settings()))) == network


def test_a_value_of_a_map_stands_for_the_product_of_the_pools_before_it():
    paper = CONFIGURED["paper"]
    assert paper.strides(before_pool=False) == {
        "input": (1, 1),
        "conv1": (2, 4),
        "conv2": (6, 16),
        "conv3": (12, 80),
        "conv4": (24, 160),
    }
    assert paper.strides(before_pool=True) == {
        "input": (1, 1),
        "conv1": (1, 1),
        "conv2": (2, 4),
        "conv3": (6, 16),
        "conv4": (12, 80),
    }


def test_the_network_that_keeps_the_pool_of_conv4_ends_in_maps_of_the_same_size():
    _, *of_paper = CONFIGURED["paper"].layer_shapes(80, 300, 4)["conv4"]
    _, *of_ablation = CONFIGURED["no_conv4_keep_pool"].layer_shapes(80, 300, 4)["conv3"]
    assert of_ablation == of_paper == [3, 1]

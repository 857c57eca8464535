import json
from pathlib import Path

import pytest
import torch
import yaml
from stemlens.errors import InputError
from stemlens.model.architecture import Architecture, ConvBlock, DenseBlock
from stemlens.model.cnn import CNN
from torch.utils.flop_counter import FlopCounterMode

CONFIG = Path(__file__).parents[2] / "config.yaml"


def network_of(conv, dense=()):
    return Architecture(
        conv=tuple(ConvBlock(*block) for block in conv),
        dense=tuple(DenseBlock(units) for units in dense),
        leaky_slope=0.01,
        dropout=0.2,
    )


def test_the_default_network_has_the_shapes_of_the_papers_table_1():
    settings = yaml.safe_load(CONFIG.read_text("utf-8"))["networks"]["paper"]
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
    shapes = Architecture.from_settings(settings).layer_shapes(80, 300, 4)
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
    settings = yaml.safe_load(CONFIG.read_text("utf-8"))["networks"]["paper"]
    paper = Architecture.from_settings(settings)
    sizes = paper.strides(before_pool=False)
    assert sizes == {
        "input": (1, 1),
        "conv1": (2, 4),
        "conv2": (6, 16),
        "conv3": (12, 80),
        "conv4": (24, 160),
    }
    before = paper.strides(before_pool=True)
    assert before == {
        "input": (1, 1),
        "conv1": (1, 1),
        "conv2": (2, 4),
        "conv3": (6, 16),
        "conv4": (12, 80),
    }


def configured_networks():
    networks = yaml.safe_load(CONFIG.read_text("utf-8"))["networks"]
    return {name: Architecture.from_settings(settings) for name, settings in networks.items()}


ODD_NETWORKS = {
    "no_dense": network_of([(3, (3, 3), (2, 4)), (5, (1, 7), (3, 1))]),
    "one_conv": network_of([(2, (5, 3), (1, 1))], [6]),
    "only_output": network_of([(2, (3, 3), (80, 300))]),
    "pools_round_down": network_of([(4, (3, 3), (7, 11)), (3, (3, 5), (4, 13))], [8, 9]),
}
COUNTED = {**configured_networks(), **ODD_NETWORKS}


@pytest.mark.parametrize("n_outputs", [2, 4])
@pytest.mark.parametrize("name", COUNTED)
def test_the_number_of_parameters_is_that_of_the_torch_network(name, n_outputs):
    network = CNN(COUNTED[name], 80, 300, n_outputs)
    n_parameters = sum(parameter.numel() for parameter in network.parameters())
    assert COUNTED[name].n_parameters(80, 300, n_outputs) == n_parameters


@pytest.mark.parametrize("name", COUNTED)
def test_multiply_adds_are_half_the_operations_that_torch_counts(name):
    network = CNN(COUNTED[name], 80, 300, 4).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 80, 300))
    assert 2 * COUNTED[name].multiply_adds(80, 300, 4) == counter.get_total_flops()


def test_the_size_of_a_network_without_conv4_depends_on_its_pool():
    size = {name: n.n_parameters(80, 300, 4) for name, n in configured_networks().items()}
    assert size["no_conv4_keep_pool"] < size["paper"] < size["no_conv4"]


def test_the_network_that_keeps_the_pool_of_conv4_ends_in_maps_of_the_same_size():
    networks = configured_networks()
    _, *of_paper = networks["paper"].layer_shapes(80, 300, 4)["conv4"]
    _, *of_ablation = networks["no_conv4_keep_pool"].layer_shapes(80, 300, 4)["conv3"]
    assert of_ablation == of_paper == [3, 1]

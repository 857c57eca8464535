"""Parameters and operations that PyTorch counts, held against closed forms."""

import math

import pytest
from networks import CONFIGURED, network_of
from stemlens.model.cost import cost

NETWORKS = {
    **CONFIGURED,
    "no_dense": network_of([(3, (3, 3), (2, 4)), (5, (1, 7), (3, 1))]),
    "one_conv": network_of([(2, (5, 3), (1, 1))], [6]),
    "only_output": network_of([(2, (3, 3), (80, 300))]),
    "pools_round_down": network_of([(4, (3, 3), (7, 11)), (3, (3, 5), (4, 13))], [8, 9]),
}


def counted_by_hand(network, n_outputs):
    """A filter has a weight per channel and place of its kernel, and is applied everywhere."""
    n_parameters, multiply_adds = 0, 0
    n_channels, n_bands, n_frames = 1, 80, 300
    for block in network.conv:
        n_weights = block.filters * n_channels * math.prod(block.kernel)
        n_parameters += n_weights + 2 * block.filters
        multiply_adds += n_weights * n_bands * n_frames
        n_channels = block.filters
        n_bands, n_frames = n_bands // block.pool[0], n_frames // block.pool[1]
    width = n_channels * n_bands * n_frames
    for block in network.dense:
        n_parameters += width * block.units + 2 * block.units
        multiply_adds += width * block.units
        width = block.units
    return {
        "n_parameters": n_parameters + width * n_outputs + n_outputs,
        "multiply_adds": multiply_adds + width * n_outputs,
    }


@pytest.mark.parametrize("n_outputs", [2, 4])
@pytest.mark.parametrize("name", NETWORKS)
def test_parameters_and_multiply_adds_are_those_of_the_closed_form(name, n_outputs):
    found = cost(NETWORKS[name], 80, 300, n_outputs)
    assert found == counted_by_hand(NETWORKS[name], n_outputs)

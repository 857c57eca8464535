from dataclasses import replace

import numpy as np
import pytest
import torch
from mel_splits import SMALL
from small_training import MIXES, SETTINGS, run
from stemlens.model.initialisation import new_network, untrained_network

TOO_SMALL_TO_MOVE = 1e-30


def untrained(*, standardise=True, seed=0):
    return untrained_network(
        SMALL, MIXES, standardise=standardise, seed=seed, device=torch.device("cpu")
    )


def new(*, standardise=True, seed=0):
    return new_network(SMALL, MIXES, standardise=standardise, seed=seed)


def same_state(network, other):
    state, other_state = network.state_dict(), other.state_dict()
    return all(torch.equal(value, other_state[name]) for name, value in state.items())


@pytest.mark.parametrize("standardise", [True, False])
def test_the_untrained_network_differs_from_a_new_one_by_its_running_statistics_alone(standardise):
    network, fresh = untrained(standardise=standardise), new(standardise=standardise)
    for name, value in network.state_dict().items():
        is_statistic = name.endswith(("running_mean", "running_var"))
        assert torch.equal(value, fresh.state_dict()[name]) != is_statistic, name
    momenta = {module.momentum for module in network.modules() if hasattr(module, "momentum")}
    assert momenta == {0.1}
    assert not any(module.training for module in network.modules())
    assert all(weight.requires_grad and weight.grad is None for weight in network.parameters())


def test_training_begins_with_the_weights_of_the_untrained_network(tmp_path):
    """And, as the weights do not move, it ends with the same statistics of batch norm."""
    settings = replace(SETTINGS, epochs=1, learning_rate=TOO_SMALL_TO_MOVE)
    trained, _ = run(tmp_path, settings, seed=3)
    control = untrained(seed=3)
    assert torch.equal(trained.input_mean_db, control.input_mean_db)
    assert torch.equal(trained.input_std_db, control.input_std_db)
    initial = dict(control.named_parameters())
    for name, weight in trained.named_parameters():
        torch.testing.assert_close(weight, initial[name], rtol=0, atol=1e-20)
    statistics = dict(control.named_buffers())
    for name, value in trained.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            torch.testing.assert_close(value, statistics[name], rtol=1e-5, atol=1e-6)


def test_the_seed_alone_decides_the_untrained_network():
    first = untrained()
    torch.manual_seed(99)
    assert same_state(untrained(), first)
    assert not torch.equal(untrained(seed=1).output.weight, first.output.weight)


def test_a_spectrogram_that_stands_out_by_little_is_enough():
    mels = np.full_like(MIXES.mels, -100)
    mels[::2, 3, 4] = -99.9
    network = new_network(SMALL, replace(MIXES, mels=mels), standardise=True, seed=0)
    assert network.input_std_db.item() == pytest.approx(mels.astype(np.float64).std(), rel=1e-5)

from dataclasses import replace

import numpy as np
import pytest
import torch
from mel_splits import CLASSES, SMALL, random_mixes
from scipy.signal import correlate
from stemlens.network.initialisation import new_network, untrained_network
from stemlens.network.labelling import MULTI_LABEL
from stemlens.network.training import TrainingSettings, train

MIXES = random_mixes(4, seed=1)
NO_DROPOUT = replace(SMALL, dropout=0.0)
TOO_SMALL_TO_MOVE = 1e-30


def untrained(architecture=SMALL, *, batch_size=8, standardise=True, seed=0):
    return untrained_network(
        architecture,
        MIXES.mels,
        len(CLASSES),
        labelling=MULTI_LABEL,
        batch_size=batch_size,
        standardise=standardise,
        seed=seed,
        device=torch.device("cpu"),
    )


def new(*, standardise=True, seed=0):
    return new_network(
        SMALL,
        MIXES.mels,
        len(CLASSES),
        labelling=MULTI_LABEL,
        standardise=standardise,
        seed=seed,
    )


def same_state(network, other):
    state, other_state = network.state_dict(), other.state_dict()
    return all(torch.equal(value, other_state[name]) for name, value in state.items())


@pytest.mark.parametrize("standardise", [True, False])
def test_the_untrained_network_differs_from_a_new_one_by_its_running_statistics_alone(standardise):
    network, fresh = untrained(standardise=standardise), new(standardise=standardise)
    for name, value in network.state_dict().items():
        is_statistic = name.endswith(("running_mean", "running_var", "num_batches_tracked"))
        assert torch.equal(value, fresh.state_dict()[name]) != is_statistic, name
    momenta = {module.momentum for module in network.modules() if hasattr(module, "momentum")}
    assert momenta == {0.1}
    assert not any(module.training for module in network.modules())
    assert all(weight.requires_grad and weight.grad is None for weight in network.parameters())


def test_training_begins_with_the_weights_of_the_untrained_network(tmp_path):
    settings = TrainingSettings(
        epochs=1, batch_size=8, learning_rate=TOO_SMALL_TO_MOVE, l2=0.001, standardise=True
    )
    trained, _ = train(
        SMALL,
        settings,
        MIXES,
        seed=3,
        device=torch.device("cpu"),
        resume_path=tmp_path / "state.pt",
        code="digest",
    )
    control = untrained(seed=3)
    assert torch.equal(trained.input_mean_db, control.input_mean_db)
    assert torch.equal(trained.input_std_db, control.input_std_db)
    initial = dict(control.named_parameters())
    for name, weight in trained.named_parameters():
        torch.testing.assert_close(weight, initial[name], rtol=0, atol=1e-20)


def standardised(mels):
    mels = mels.astype(np.float64)
    return (mels - mels.mean()) / mels.std()


def convolved(spectrograms, kernels):
    """(mix, band, frame) and (filter, band, frame) → (filter, mix, band, frame)."""
    return np.array(
        [[correlate(s, kernel, mode="same") for s in spectrograms] for kernel in kernels]
    )


def statistics_of_conv1(mels, kernels):
    maps = convolved(standardised(MIXES.mels)[mels], kernels).reshape(len(kernels), -1)
    return maps.mean(axis=1), maps.var(axis=1, ddof=1)


def test_statistics_of_one_batch_are_mean_and_variance_over_all_training_mixes():
    network = untrained(NO_DROPOUT, batch_size=len(MIXES.mels))
    kernels = network.conv[0].conv.weight.detach().double().numpy()[:, 0]
    mean, variance = statistics_of_conv1(slice(None), kernels)
    np.testing.assert_allclose(network.conv[0].norm.running_mean, mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(network.conv[0].norm.running_var, variance, rtol=1e-4)


def test_every_layer_is_normalised_by_its_statistics():
    """With all mixes in one batch, each unit has mean 0 and variance 1.

    But for n ÷ (n − 1), which batch norm leaves out while it learns its statistics.
    """
    network = untrained(NO_DROPOUT, batch_size=len(MIXES.mels))
    with torch.no_grad():
        read = network.activations(torch.from_numpy(MIXES.mels), tap="normalised")
    for layer, values in read.items():
        if layer.startswith(("conv", "dense")):
            units = values.transpose(0, 1).flatten(1).double()
            np.testing.assert_allclose(units.mean(dim=1), 0, atol=0.1)
            np.testing.assert_allclose(units.var(dim=1), 1, rtol=0.1)


def test_statistics_of_several_batches_are_their_plain_average():
    """Every batch counts the same, the last and smaller one too."""
    batch_size = 12
    network = untrained(NO_DROPOUT, batch_size=batch_size)
    kernels = network.conv[0].conv.weight.detach().double().numpy()[:, 0]
    new(seed=0)  # Draws the weights from the seed; the order comes next.
    order = torch.randperm(len(MIXES.mels)).numpy()
    starts = range(0, len(order), batch_size)
    batches = [statistics_of_conv1(order[n : n + batch_size], kernels) for n in starts]
    mean, variance = np.mean(batches, axis=0)
    assert network.conv[0].norm.num_batches_tracked.item() == len(batches) == 3
    np.testing.assert_allclose(network.conv[0].norm.running_mean, mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(network.conv[0].norm.running_var, variance, rtol=1e-4)


def test_the_seed_alone_decides_the_untrained_network():
    first = untrained()
    torch.manual_seed(99)
    assert same_state(untrained(), first)
    assert not torch.equal(untrained(seed=1).output.weight, first.output.weight)


@pytest.mark.parametrize("batch_size", [3, 9, 27])
def test_a_last_batch_of_one_mix_is_left_out(batch_size):
    assert len(MIXES.mels) == 28
    network = untrained(batch_size=batch_size)
    assert network.conv[0].norm.num_batches_tracked.item() == 27 // batch_size
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())

"""Batch norm divides by what it meets in evaluation, over the whole training set."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from mel_splits import SMALL, random_mixes, random_network
from scipy.signal import correlate
from small_training import SETTINGS, batch_norms, run
from stemlens.errors import InputError
from stemlens.model import batch_norm
from stemlens.model.batch_norm import calibrate_batch_norm
from stemlens.model.initialisation import untrained_network

MIXES = random_mixes(7, seed=1)


def untrained():
    return untrained_network(SMALL, MIXES, standardise=True, seed=0, device=torch.device("cpu"))


def what_batch_norm_divides(network, mels=MIXES.mels):
    """Values that reach each batch norm in evaluation, float64 (channel, value)."""
    reached = []
    hooks = [
        norm.register_forward_pre_hook(lambda _, inputs: reached.append(inputs[0].detach()))
        for norm in batch_norms(network)
    ]
    network.eval().forward(torch.from_numpy(mels))
    for hook in hooks:
        hook.remove()
    return [x.transpose(0, 1).flatten(1).double().numpy() for x in reached]


def assert_calibrated(network, mels=MIXES.mels):
    values = what_batch_norm_divides(network, mels)
    assert len(values) == len(batch_norms(network)) == 4
    for norm, of_layer in zip(batch_norms(network), values, strict=True):
        spread = of_layer.std(axis=1)
        means = norm.running_mean.double().numpy()
        assert (np.abs(means - of_layer.mean(axis=1)) < 1e-4 * spread).all()
        np.testing.assert_allclose(norm.running_var, spread**2, rtol=1e-4)


def test_an_untrained_network_is_calibrated():
    assert_calibrated(untrained())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("labels", ["true", "shuffled"])
@pytest.mark.parametrize("batch_size", [16, 100])
def test_a_trained_network_is_calibrated(tmp_path, precision, labels, batch_size):
    settings = replace(SETTINGS, precision=precision, batch_size=batch_size)
    examples = MIXES if labels == "true" else MIXES.with_shuffled_targets(0)
    network, _ = run(tmp_path, settings, examples=examples)
    assert_calibrated(network)


def test_input_in_db_far_from_0_is_no_harder(tmp_path):
    """Means of some −60 dB beside a spread of some 20: squares would lose digits."""
    network, _ = run(tmp_path, replace(SETTINGS, standardise=False), examples=MIXES)
    assert_calibrated(network)


def test_statistics_of_conv1_equal_those_of_scipys_convolution():
    network = untrained()
    mels = MIXES.mels.astype(np.float64)
    mels = (mels - mels.mean()) / mels.std()
    norm, kernels = network.conv[0].norm, network.conv[0].conv.weight.detach().double().numpy()
    for channel, kernel in enumerate(kernels[:, 0]):
        maps = np.array([correlate(mel, kernel, mode="same") for mel in mels])
        assert norm.running_mean[channel].item() == pytest.approx(maps.mean(), rel=1e-4, abs=1e-6)
        assert norm.running_var[channel].item() == pytest.approx(maps.var(), rel=1e-4)


@pytest.mark.parametrize("batch_size", [1, 3, 48, 1000])
def test_batches_of_any_size_count_what_they_hold(monkeypatch, batch_size):
    """49 spectrograms: the last batch may hold a single one."""
    monkeypatch.setattr(batch_norm, "EVALUATION_BATCH_SIZE", batch_size)
    network = random_network()
    calibrate_batch_norm(network, torch.from_numpy(MIXES.mels))
    assert_calibrated(network)


def test_no_more_than_a_batch_is_in_the_network_at_once(monkeypatch):
    monkeypatch.setattr(batch_norm, "EVALUATION_BATCH_SIZE", 10)
    network, sizes = random_network(), []
    network.conv[0].register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    calibrate_batch_norm(network, torch.from_numpy(MIXES.mels))
    # One example tells the order of the batch norms.
    assert sizes == [1, *4 * [10, 10, 10, 10, 9]]


def test_hooks_are_gone_and_the_network_is_in_evaluation_mode():
    network = random_network().train()
    calibrate_batch_norm(network, torch.from_numpy(MIXES.mels))
    assert not any(module._forward_pre_hooks for module in network.modules())
    assert not any(module.training for module in network.modules())


@pytest.mark.parametrize("n_examples", [1, 5])
def test_a_layer_that_tells_no_examples_apart_is_refused(n_examples):
    mels = torch.from_numpy(np.tile(MIXES.mels[:1], (n_examples, 1, 1)))
    with pytest.raises(InputError, match=rf"network, dense\.0: .* all {n_examples} training"):
        calibrate_batch_norm(random_network(), mels)


def test_a_network_whose_values_leave_float32_is_refused():
    network = random_network()
    with torch.no_grad():
        network.conv[1].conv.weight.mul_(1e30)
    with pytest.raises(InputError, match=r"before conv\.1\.norm: .* NaN or infinite"):
        calibrate_batch_norm(network, torch.from_numpy(MIXES.mels))

import pytest
import torch
from mel_splits import CLASSES, N_BANDS, N_FRAMES, SMALL, random_mixes, random_network
from stemlens.model.architecture import Architecture, ConvBlock
from stemlens.model.cnn import CNN
from torch.nn import functional


@pytest.fixture
def mels():
    return torch.from_numpy(random_mixes(1, seed=0).mels)


def layers_in_the_papers_order(network, mels, last_step):
    """Recompute every layer from the weights; `last_step` names the step after which to read."""
    slope = network.architecture.leaky_slope
    x = ((mels - network.input_mean_db) / network.input_std_db)[:, None]
    layers = {"input": x}
    for number, block in enumerate(network.architecture.conv, 1):
        layer = network.conv[number - 1]
        steps = {"conv": functional.conv2d(x, layer.conv.weight, padding="same")}
        steps["normalised"] = batch_norm(steps["conv"], layer.norm)
        steps["activation"] = functional.leaky_relu(steps["normalised"], slope)
        steps["pool"] = x = functional.max_pool2d(steps["activation"], block.pool)
        layers[f"conv{number}"] = steps[last_step]
    x = x.flatten(1)
    for number, layer in enumerate(network.dense, 1):
        steps = {"normalised": batch_norm(x @ layer.dense.weight.T, layer.norm)}
        steps["activation"] = steps["pool"] = x = functional.leaky_relu(steps["normalised"], slope)
        layers[f"dense{number}"] = steps[last_step]
    layers["output"] = x @ network.output.weight.T + network.output.bias
    return layers


def batch_norm(x, norm):
    return functional.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias)


def test_real_activations_have_the_planned_shapes(mels):
    read = random_network().activations(mels)
    planned = SMALL.layer_shapes(N_BANDS, N_FRAMES, len(CLASSES))
    assert list(read) == list(planned)
    for layer, values in read.items():
        assert values.shape == (len(mels), *planned[layer])


def test_a_network_without_dense_blocks_reads_the_last_map(mels):
    architecture = Architecture((ConvBlock(2, (3, 3), (4, 4)),), (), leaky_slope=0, dropout=0.5)
    network = random_network(architecture=architecture)
    assert network.output.in_features == 2 * 3 * 4
    expected = layers_in_the_papers_order(network, mels, "pool")["output"]
    torch.testing.assert_close(network(mels), expected)


def test_standardising_gives_mean_0_and_standard_deviation_1(mels):
    network = CNN(SMALL, N_BANDS, N_FRAMES, len(CLASSES))
    assert torch.equal(network.standardise(mels)[:, 0], mels)
    network.input_mean_db.copy_(mels.mean())
    network.input_std_db.copy_(mels.std(correction=0))
    values = network.standardise(mels)
    assert values.mean().item() == pytest.approx(0, abs=1e-6)
    assert values.std(correction=0).item() == pytest.approx(1, abs=1e-6)


def test_dropout_acts_in_training_only():
    network = random_network()
    dense = network.dense[0]
    x = torch.randn(2000, dense.dense.in_features)
    assert dense.eval()(x).count_nonzero() == 2000 * 7
    share_dropped = (dense.train()(x) == 0).float().mean().item()
    assert share_dropped == pytest.approx(SMALL.dropout, abs=0.02)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tap", ["normalised", "activation", "pool"])
def test_each_tap_reads_the_step_that_it_names_and_all_end_in_the_output_of_forward(
    mels, tap, seed
):
    network = random_network(seed)
    assert any((layer.norm.weight < 0).any() for layer in network.conv)
    expected = layers_in_the_papers_order(network, mels, tap)
    torch.testing.assert_close(network(mels), expected["output"])
    read = network.activations(mels, tap=tap, logits=True)
    assert read.keys() == expected.keys()
    for layer, values in read.items():
        torch.testing.assert_close(values, expected[layer], msg=layer)
    probabilities = network.activations(mels, tap=tap)["output"]
    torch.testing.assert_close(probabilities, expected["output"].sigmoid())

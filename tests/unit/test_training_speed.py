"""What makes training faster leaves its result as it is, or nearly so; here and on a GPU."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from mel_splits import SMALL, random_mixes
from pandas.testing import assert_frame_equal
from scipy.spatial.distance import pdist
from stemlens.evaluation.prediction import predict
from stemlens.training import training_set
from stemlens.training.training import TrainingSettings, train
from stemlens.training.training_set import TrainingSet

SETTINGS = TrainingSettings(epochs=3, batch_size=14, learning_rate=0.01, l2=0.001, standardise=True)
MIXES = random_mixes(6, seed=1)
UNKNOWN = random_mixes(3, seed=2)
WITHOUT_DROPOUT = replace(SMALL, dropout=0)
"""Each device, and a compiled network, draws random numbers of its own."""
CPU = torch.device("cpu")
ON_GPU = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device is there"),
]


def run(folder, settings=SETTINGS, device=CPU):
    return train(
        WITHOUT_DROPOUT,
        settings,
        MIXES,
        seed=0,
        device=device,
        resume_path=folder / "resume" / "state.pt",
        code="digest",
    )


def mean_cosines(network):
    """Mean cosine similarity of all pairs of unknown mixes, by layer."""
    with torch.no_grad():
        layers = network.to(CPU).activations(torch.from_numpy(UNKNOWN.mels))
    return [1 - pdist(x.flatten(1).double().numpy(), "cosine").mean() for x in layers.values()]


@pytest.fixture(scope="module", params=["cpu", pytest.param("cuda", marks=ON_GPU)])
def device(request):
    return torch.device(request.param)


def test_bfloat16_learns_what_float32_learns_with_weights_in_float32(tmp_path, device):
    network, history = run(tmp_path / "bfloat16", replace(SETTINGS, precision="bfloat16"), device)
    exact, exact_history = run(tmp_path / "float32", device=device)
    assert {value.dtype for value in network.parameters()} == {torch.float32}
    assert not history["loss"].equals(exact_history["loss"])
    np.testing.assert_allclose(history["loss"], exact_history["loss"], atol=0.01)
    np.testing.assert_allclose(mean_cosines(network), mean_cosines(exact), atol=0.05)
    settings = replace(SETTINGS, epochs=25, batch_size=7, precision="bfloat16")
    network, _ = run(tmp_path / "longer", settings, device)
    named = predict(network.to(CPU), UNKNOWN.mels, batch_size=8) > 0.5
    assert np.array_equal(named, UNKNOWN.targets == 1)


@pytest.mark.skipif(shutil.which("c++") is None, reason="torch.compile needs a C++ compiler")
def test_a_compiled_network_learns_the_same(tmp_path, device):
    compiled, history = run(tmp_path / "compiled", replace(SETTINGS, compile=True), device)
    plain, plain_history = run(tmp_path / "plain", device=device)
    assert compiled.state_dict().keys() == plain.state_dict().keys()
    np.testing.assert_allclose(history["loss"], plain_history["loss"], rtol=1e-3)
    np.testing.assert_allclose(mean_cosines(compiled), mean_cosines(plain), atol=1e-3)
    expected = dict(plain.named_buffers())
    for name, statistics in compiled.named_buffers():
        torch.testing.assert_close(statistics, expected[name], rtol=0.01, atol=0.01)


def test_spectrograms_that_do_not_fit_on_the_device_change_nothing(tmp_path, device, monkeypatch):
    fitting, history = run(tmp_path / "fitting", device=device)
    monkeypatch.setattr(training_set, "free_bytes", lambda _: 0)
    kept = TrainingSet.on(device, MIXES, balance_classes=False)
    assert kept.mels.device == CPU
    assert kept.targets.device.type == device.type
    (_, (examples, mels)) = kept.batches(torch.tensor([1, 0, 5, 2]), batch_size=2)
    assert examples.device.type == mels.device.type == device.type
    assert examples.tolist() == [5, 2]
    assert np.array_equal(mels.cpu().numpy(), MIXES.mels[[5, 2]])
    network, history_of_kept = run(tmp_path / "kept", device=device)
    assert_frame_equal(history_of_kept, history)
    assert np.allclose(mean_cosines(network), mean_cosines(fitting), atol=1e-5)


@pytest.mark.parametrize("cuda", [pytest.param(torch.device("cuda"), marks=ON_GPU)])
def test_networks_trained_on_cpu_and_gpu_have_the_same_curves(tmp_path, cuda):
    on_cpu, history = run(tmp_path / "cpu")
    on_gpu, history_on_gpu = run(tmp_path / "gpu", device=cuda)
    np.testing.assert_allclose(history_on_gpu["loss"], history["loss"], rtol=1e-3)
    np.testing.assert_allclose(mean_cosines(on_gpu), mean_cosines(on_cpu), atol=1e-3)


@pytest.mark.parametrize("cuda", [pytest.param(torch.device("cuda"), marks=ON_GPU)])
def test_two_trainings_on_a_gpu_are_the_same(tmp_path, monkeypatch, cuda):
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    one, history = run(tmp_path / "one", device=cuda)
    other, repeated = run(tmp_path / "other", device=cuda)
    assert_frame_equal(repeated, history)
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(weights, again) for weights, again in pairs)

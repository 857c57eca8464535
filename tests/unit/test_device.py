import logging
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace

import pytest
import torch
from mel_splits import CLASSES, N_BANDS, N_FRAMES, SMALL
from stemlens.errors import InputError
from stemlens.model.cnn import CNN
from stemlens.model.device import choose_device, place, use_cpu

WITHOUT_CUDA = pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is there")


@pytest.fixture(autouse=True)
def nothing_demanded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    threads = torch.get_num_threads()
    monkeypatch.delenv("STEMLENS_DEVICE", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    yield
    torch.set_num_threads(threads)


@WITHOUT_CUDA
def test_without_cuda_the_cpu_is_used_with_the_threads_given(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, logger="stemlens"):
        assert choose_device(1) == torch.device("cpu")
    assert torch.get_num_threads() == 1
    assert "device: CPU, 1 threads" in caplog.text


@WITHOUT_CUDA
@pytest.mark.parametrize(
    ("variable", "value"), [("CUDA_VISIBLE_DEVICES", "0"), ("STEMLENS_DEVICE", "cuda")]
)
def test_a_gpu_that_was_allotted_or_demanded_and_is_not_found_is_an_error(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InputError, match=f"{value!r}|{value}.*set STEMLENS_DEVICE=cpu"):
        choose_device(1)


@WITHOUT_CUDA
@pytest.mark.parametrize("hidden", ["", "-1"])
def test_gpus_that_are_hidden_are_not_missed(monkeypatch: pytest.MonkeyPatch, hidden: str) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert choose_device(1) == torch.device("cpu")


def test_a_device_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMLENS_DEVICE", "tpu")
    with pytest.raises(InputError, match="found 'tpu'; expected cuda or cpu"):
        choose_device(1)


def test_float32_means_float32_on_a_gpu_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a GPU")
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    with caplog.at_level(logging.INFO, logger="stemlens"):
        assert choose_device(1) == torch.device("cuda")
    assert not torch.backends.cudnn.allow_tf32
    assert torch.get_num_threads() == 1
    assert "device: a GPU" in caplog.text


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device is there")
def test_cuda_is_used_where_it_is(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="stemlens"):
        assert choose_device(1).type == "cuda"
    assert torch.cuda.get_device_name() in caplog.text


@pytest.mark.parametrize(("demanded", "choose"), [("cpu", choose_device), ("cuda", use_cpu)])
def test_what_is_to_run_on_the_cpu_does_so_although_a_gpu_was_allotted(
    monkeypatch: pytest.MonkeyPatch, demanded: str, choose: Callable[[int], torch.device]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setenv("STEMLENS_DEVICE", demanded)
    assert choose(1) == torch.device("cpu")


def test_a_network_on_the_cpu_has_its_channels_last_and_learns_the_same() -> None:
    torch.manual_seed(0)
    mels = torch.randn(14, N_BANDS, N_FRAMES)
    network = CNN(replace(SMALL, dropout=0), N_BANDS, N_FRAMES, len(CLASSES))
    placed = deepcopy(network)
    place(placed, torch.device("cpu"))
    weights = [layer.conv.weight for layer in placed.conv]
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in weights)
    outputs = [network(mels), placed(mels)]
    torch.testing.assert_close(outputs[1], outputs[0])
    for output in outputs:
        output.square().sum().backward()
    for expected, found in zip(network.parameters(), placed.parameters(), strict=True):
        torch.testing.assert_close(found.grad, expected.grad, rtol=1e-4, atol=1e-4)

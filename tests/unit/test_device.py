import logging

import pytest
import torch
from stemlens.network.device import choose_device


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is there")
def test_without_cuda_the_cpu_is_used_with_the_threads_given(
    caplog: pytest.LogCaptureFixture,
) -> None:
    threads = torch.get_num_threads()
    with caplog.at_level(logging.INFO, logger="stemlens"):
        assert choose_device(1) == torch.device("cpu")
    assert torch.get_num_threads() == 1
    assert "device: CPU, 1 threads" in caplog.text
    torch.set_num_threads(threads)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device is there")
def test_cuda_is_used_where_it_is(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="stemlens"):
        assert choose_device(1).type == "cuda"
    assert torch.cuda.get_device_name() in caplog.text

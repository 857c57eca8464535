"""Where a network runs."""

import ctypes
import logging
import os
import platform

import torch
from torch import nn

from stemlens.errors import InputError
from stemlens.provenance import note

logger = logging.getLogger(__name__)

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
"""Numbers of two settings in glibc's malloc.h."""


def use_cpu(n_threads: int) -> torch.device:
    """Run on the CPU with a given number of threads, and log it."""
    torch.set_num_threads(n_threads)
    logger.info("device: CPU, %d threads", n_threads)
    _keep_freed_memory()
    return torch.device("cpu")


def choose_device(n_threads: int) -> torch.device:
    """Choose CUDA where there is a device, else the CPU, and log which.

    The environment variable ``STEMLENS_DEVICE`` (``cuda`` or ``cpu``) demands one of them.

    Raises
    ------
    InputError
        If CUDA is demanded, or a scheduler allotted a GPU (``CUDA_VISIBLE_DEVICES``), and PyTorch
        finds none: the job would hold a GPU for hours without using it.
    """
    demanded = os.environ.get("STEMLENS_DEVICE") or "any"
    if demanded not in ("any", "cuda", "cpu"):
        raise InputError(
            f"STEMLENS_DEVICE: found {demanded!r}; expected cuda or cpu: set or unset it"
        )
    if demanded == "cpu":
        return use_cpu(n_threads)
    if torch.cuda.is_available():
        torch.set_num_threads(n_threads)
        # float32 means float32: TF32, the default of convolutions, keeps ten bits of a fraction.
        torch.backends.cudnn.allow_tf32 = False
        # Among cuDNN's algorithms those that add in one order: a training repeated is the same.
        torch.backends.cudnn.deterministic = True
        logger.info("device: %s", torch.cuda.get_device_name())
        note(device=torch.cuda.get_device_name())
        return torch.device("cuda")
    allotted = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    if demanded == "cuda" or allotted not in ("", "-1"):
        raise InputError(
            f"CUDA device: PyTorch {torch.__version__} finds none (CUDA_VISIBLE_DEVICES is"
            f" {allotted!r}, STEMLENS_DEVICE {demanded}); expected one: install a build of PyTorch"
            " with CUDA for this machine's driver, or set STEMLENS_DEVICE=cpu"
        )
    return use_cpu(n_threads)


def place(network: nn.Module, device: torch.device) -> None:
    """Move a network to a device, its convolutions in the order of memory that is fast there."""
    # With channels last, pooling on the CPU goes through all channels of a place at once: a forward
    # pass takes 0.4, a training step 0.6 of the time. Whether it helps a GPU has not been measured.
    is_cpu = device.type == "cpu"
    layout = torch.channels_last if is_cpu else torch.contiguous_format
    network.to(device, memory_format=layout)  # type: ignore[call-overload]


def _keep_freed_memory() -> None:
    # glibc returns every large freed block to the kernel and gets it again, page by page, for the
    # next step: 40 % of a training step. Other C libraries have no mallopt.
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)

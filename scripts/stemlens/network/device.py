"""Where a network runs."""

import ctypes
import logging
import platform

import torch

logger = logging.getLogger(__name__)

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
"""Numbers of two settings in glibc's malloc.h."""


def choose_device(n_threads: int) -> torch.device:
    """Choose CUDA where there is a device, else the CPU, and log which.

    Parameters
    ----------
    n_threads
        Threads that torch may use on the CPU.
    """
    torch.set_num_threads(n_threads)
    if torch.cuda.is_available():
        logger.info("device: %s", torch.cuda.get_device_name())
        return torch.device("cuda")
    logger.info("device: CPU, %d threads", n_threads)
    _keep_freed_memory()
    return torch.device("cpu")


def _keep_freed_memory() -> None:
    # glibc hands every large freed block back to the kernel and gets it again, page by page, for
    # the next step: 40 % of a training step. mallopt is not known to other C libraries.
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)

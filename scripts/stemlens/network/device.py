"""Where a network runs."""

import logging

import torch

logger = logging.getLogger(__name__)


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
    return torch.device("cpu")

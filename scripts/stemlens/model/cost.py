"""What a network costs, counted by PyTorch on a network without numbers."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from stemlens.model.architecture import Architecture
from stemlens.model.cnn import CNN


def cost(architecture: Architecture, n_bands: int, n_frames: int, n_outputs: int) -> dict[str, int]:
    """Count trained parameters, and operations to process a spectrogram of that size.

    Returns
    -------
    dict
        ``n_parameters`` (weights, scales and offsets of batch norm, output biases) and
        ``multiply_adds`` (multiplications with a weight, each with its addition).
    """
    with torch.device("meta"), torch.no_grad():
        network = CNN(architecture, n_bands, n_frames, n_outputs).eval()
        with FlopCounterMode(display=False) as operations:
            network(torch.empty(1, n_bands, n_frames))
    return {
        "n_parameters": sum(parameter.numel() for parameter in network.parameters()),
        "multiply_adds": operations.get_total_flops() // 2,
    }

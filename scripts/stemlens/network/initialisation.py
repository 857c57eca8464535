"""A network before training: initial weights, and what it knows of the training set."""

import numpy as np
import torch
from torch.optim.swa_utils import update_bn

from stemlens.network.architecture import Architecture
from stemlens.network.cnn import CNN
from stemlens.network.device import place


def new_network(
    architecture: Architecture,
    mels: np.ndarray,
    n_outputs: int,
    *,
    labelling: str,
    standardise: bool,
    seed: int,
) -> CNN:
    """Draw initial weights; the same seed gives the same ones with and without training.

    Parameters
    ----------
    architecture
        The network.
    mels : ndarray, float32, shape (example, band, frame)
        Training spectrograms in dB.
    n_outputs
        Number of classes.
    labelling
        What the outputs mean, see `stemlens.network.labelling`.
    standardise
        Whether the network brings its input to mean 0 and standard deviation 1 over `mels`.
    seed
        Of the weights.
    """
    torch.manual_seed(seed)
    n_bands, n_frames = mels.shape[1:]
    network = CNN(architecture, n_bands, n_frames, n_outputs, labelling=labelling)
    if standardise:
        mean = mels.mean(dtype=np.float64)
        # One spectrogram at a time: all at once would take four times the memory of the data.
        variance = np.mean([np.square(mel - mean).mean() for mel in mels])
        network.input_mean_db.fill_(float(mean))
        network.input_std_db.fill_(float(np.sqrt(variance)))
    return network


def untrained_network(
    architecture: Architecture,
    mels: np.ndarray,
    n_outputs: int,
    *,
    labelling: str,
    batch_size: int,
    standardise: bool,
    seed: int,
    device: torch.device,
) -> CNN:
    """Build the control that has learned nothing: initial weights, calibrated batch norm.

    The running statistics of batch norm are the averages over the training set, taken in batches
    and with dropout as in training. Without them the activations of an untrained network shrink
    from layer to layer, which no trained network's do.

    Parameters
    ----------
    architecture, mels, n_outputs, labelling, standardise, seed
        See `new_network`.
    batch_size
        Examples per batch.
    device
        Where to run.

    Returns
    -------
    CNN
        In evaluation mode.
    """
    network = new_network(
        architecture, mels, n_outputs, labelling=labelling, standardise=standardise, seed=seed
    )
    place(network, device)
    order = torch.randperm(len(mels))
    # Batch norm has no variance over a single example.
    order = order[: len(order) - (len(order) % batch_size == 1)]
    batches = (torch.from_numpy(mels[batch.numpy()]) for batch in order.split(batch_size))
    update_bn(batches, network, device=device)
    return network.eval()

"""Networks before training: initial weights, and standardisation of the input."""

import numpy as np
import torch

from stemlens.audio.labelled_mels import LabelledMels
from stemlens.model.architecture import Architecture
from stemlens.model.batch_norm import calibrate_batch_norm
from stemlens.model.cnn import CNN
from stemlens.model.device import place


def new_network(
    architecture: Architecture, examples: LabelledMels, *, standardise: bool, seed: int
) -> CNN:
    """Draw initial weights; the same seed gives the same ones with and without training.

    Parameters
    ----------
    standardise
        Whether the network brings its input to mean 0 and standard deviation 1 over the training
        set.

    Raises
    ------
    InputError
        If there is nothing to learn from the examples.
    """
    examples.demand_learnable()
    torch.manual_seed(seed)
    mels = examples.mels
    n_bands, n_frames = mels.shape[1:]
    network = CNN(
        architecture, n_bands, n_frames, len(examples.classes), target_type=examples.target_type
    )
    if standardise:
        mean = mels.mean(dtype=np.float64)
        # One spectrogram at a time: all at once would take four times the memory of the data.
        variance = np.mean([np.square(mel - mean).mean() for mel in mels])
        network.input_mean_db.fill_(float(mean))
        network.input_std_db.fill_(float(np.sqrt(variance)))
    return network


def untrained_network(
    architecture: Architecture,
    examples: LabelledMels,
    *,
    standardise: bool,
    seed: int,
    device: torch.device,
) -> CNN:
    """Build the untrained control in evaluation mode: initial weights, calibrated batch norm.

    Batch norm is calibrated on the training set, as in a trained network. Otherwise the activations
    of an untrained network would shrink from layer to layer, unlike those of a trained one.
    """
    network = new_network(architecture, examples, standardise=standardise, seed=seed)
    place(network, device)
    calibrate_batch_norm(network, torch.from_numpy(examples.mels))
    return network

"""Predictions of a network."""

import numpy as np
import torch

from stemlens.finite import RETRAIN, demand_finite
from stemlens.model.cnn import CNN, probabilities


@torch.no_grad()
def predict(network: CNN, mels: np.ndarray, *, batch_size: int) -> np.ndarray:
    """Predict the probability of each class.

    Parameters
    ----------
    network
        In evaluation mode.
    mels : ndarray, float32, shape (example, band, frame)
        In dB.

    Returns
    -------
    ndarray, float32, shape (example, class)

    Raises
    ------
    InputError
        If a probability is NaN.
    """
    device = network.input_mean_db.device
    batches = torch.from_numpy(mels).split(batch_size)
    predicted = np.concatenate(
        [
            probabilities(network(batch.to(device)), network.target_type).cpu().numpy()
            for batch in batches
        ]
    )
    demand_finite(predicted, "predictions", remedy=RETRAIN)
    return predicted

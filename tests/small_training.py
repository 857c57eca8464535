"""Trainings of a small network that take less than a second."""

import os
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from mel_splits import SMALL, random_mixes, random_recordings
from pandas.testing import assert_frame_equal
from stemlens.model.cnn import CNN
from stemlens.training import training
from stemlens.training.objective import loss
from stemlens.training.training import TrainingSettings, train
from torch import nn

SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=0.01, l2=0.001, standardise=True)
MIXES = random_mixes(4, seed=1)
"""28 examples: four batches an epoch."""
VALIDATION = random_mixes(3, seed=2)
RECORDINGS = random_recordings([12, 6, 3], seed=1)
"""21 examples: three batches an epoch."""
CPU = torch.device("cpu")

Result = tuple[CNN, pd.DataFrame]


def run(folder: Path, settings: TrainingSettings = SETTINGS, **others: Any) -> Result:
    """Train with its state in `folder`; `others` replace arguments of `train`."""
    return train(
        **{
            "architecture": SMALL,
            "settings": settings,
            "examples": MIXES,
            "seed": 0,
            "device": CPU,
            "resume_path": folder / "resume" / "state.pt",
            "code": "digest",
            **others,
        }
    )


def dying_loss(n_calls: int, die: Callable[[], object]) -> Callable[..., torch.Tensor]:
    """The loss of training, which calls `die` at a call, counted from 1.

    It is computed for each batch, and once more for the scores of each epoch.
    """
    calls = count(1)

    def loss_or_die(*arguments: Any) -> torch.Tensor:
        if next(calls) == n_calls:
            die()
        return loss(*arguments)

    return loss_or_die


def train_until_sigterm(folder: Path, n_calls: int) -> None:
    """Run in a process of its own, which gets SIGTERM at a call of `dying_loss`."""
    training.loss = dying_loss(n_calls, lambda: os.kill(os.getpid(), signal.SIGTERM))
    run(folder, validation=VALIDATION)


def batch_norms(network: CNN) -> list[nn.BatchNorm1d | nn.BatchNorm2d]:
    return [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]


def assert_same(one: Result, other: Result) -> None:
    (network, history), (other_network, other_history) = one, other
    assert_frame_equal(history, other_history, check_exact=True)
    assert_same_weights(network, other_network)


def assert_same_weights(network: CNN, other: CNN) -> None:
    for name, value in network.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name

"""Stimuli through the paper's network, from the spectrograms of a split."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from stemlens.activations.extraction import write_activations
from stemlens.audio.mel_store import spectrogram_batches
from stemlens.finite import RETRAIN
from stemlens.layers.pooling import PoolingRules
from stemlens.model.cnn import CNN
from stemlens.model.cnn_layers import STIMULI_AT_ONCE, CNNLayers


def write_cnn_activations(
    path: str | Path,
    network: CNN,
    mel_path: str | Path,
    stimuli: pd.DataFrame,
    *,
    tap: str,
    logits: bool,
    pooling: str | Mapping[str, str] | None = None,
    batch_size: int = STIMULI_AT_ONCE,
    sources: Sequence[str | Path] | None = None,
) -> None:
    """Send stimuli through a network and store what each layer makes of them.

    Parameters
    ----------
    path, network, tap, logits, sources
        As in `stemlens.activations.extraction.write_activations` and
        `stemlens.model.cnn_layers.CNNLayers`.
    mel_path
        The split that the stimuli refer to by ``row`` and ``mix``.
    stimuli
        As from `stemlens.activations.stimuli.select_stimuli`.
    pooling
        See `stemlens.layers.pooling.PoolingRules.from_settings`.
    batch_size
        Stimuli per forward pass.

    Raises
    ------
    InputError
        If an activation is NaN or infinite.
    """
    rules = PoolingRules.from_settings(pooling)
    write_activations(
        path,
        CNNLayers(network, tap=tap, logits=logits, pooling=rules, stimuli_at_once=batch_size),
        partial(spectrogram_batches, mel_path, stimuli["row"], stimuli["mix"]),
        stimuli,
        device=network.input_mean_db.device,
        remedy=RETRAIN,
        sources=sources,
    )

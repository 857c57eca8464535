"""Stimuli through the paper's network, or one per fold, from the spectrograms of a split."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from stemlens.activations.extraction import Pass, write_passes
from stemlens.activations.stimuli import folds_of
from stemlens.audio.mel_store import spectrogram_batches
from stemlens.finite import RETRAIN
from stemlens.layers.pooling import PoolingRules
from stemlens.model.cnn import CNN
from stemlens.model.cnn_layers import STIMULI_AT_ONCE, CNNLayers


def write_cnn_activations(
    path: str | Path,
    networks: Sequence[CNN],
    mel_path: str | Path,
    stimuli: pd.DataFrame,
    *,
    tap: str,
    logits: bool,
    pooling: str | Mapping[str, str] | None = None,
    batch_size: int = STIMULI_AT_ONCE,
    sources: Sequence[str | Path] | None = None,
) -> None:
    """Send stimuli through networks and store what each layer makes of them.

    Parameters
    ----------
    path, tap, logits, sources
        As in `stemlens.activations.extraction.write_passes` and
        `stemlens.model.cnn_layers.CNNLayers`.
    networks
        One for all stimuli, or one for each fold, in order.
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
    folds = folds_of(stimuli) if len(networks) > 1 else np.ones(len(stimuli), int)
    passes = []
    for fold, network in zip(np.unique(folds), networks, strict=True):
        rows = np.flatnonzero(folds == fold)
        of_fold = stimuli.iloc[rows]
        passes.append(
            Pass(
                CNNLayers(
                    network, tap=tap, logits=logits, pooling=rules, stimuli_at_once=batch_size
                ),
                partial(spectrogram_batches, mel_path, of_fold["row"], of_fold["mix"]),
                rows,
            )
        )
    write_passes(
        path,
        passes,
        stimuli,
        device=networks[0].input_mean_db.device,
        remedy=RETRAIN,
        sources=sources,
    )

"""The analysis of the workflow for a notebook: stimuli and a network in, tables and figures out.

>>> analysis = analyse(network, waveforms, classes, songs, layers=["conv*", "head"])
>>> analysis.contrast[["layer", "class", "measure", "contrast", "ci_low", "ci_high"]]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import nn

from stemlens.activations.extraction import write_activations
from stemlens.activations.store import layer_table
from stemlens.errors import InputError
from stemlens.front_end.windows import Windows
from stemlens.layers.hooks import HookedLayers
from stemlens.layers.pooling import PoolingRules
from stemlens.representations.cka import debiased_cka, note_on_cka
from stemlens.similarity.gram import Gram
from stemlens.similarity.gram_store import compute_grams
from stemlens.similarity.mean_similarity import summarise
from stemlens.similarity.mean_tables import mean_table
from stemlens.similarity.pairs import compare_pairs
from stemlens.statistics.bootstrap import draw_weights

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REMEDY = "check the network and its input"


@dataclass(frozen=True)
class Analysis:
    """What the layers of a network make of stimuli.

    Attributes
    ----------
    layers : DataFrame
        A row per layer: ``layer``, ``depth``, ``kind``, ``axes`` (empty where unknown), ``shape``
        (of one stimulus) and ``n_features``.
    similarity, contrast : DataFrame
        Means with intervals over songs, see `stemlens.similarity.mean_tables.mean_table`.
    grams : dict
        Layer → `stemlens.similarity.gram.Gram`.
    stimuli : DataFrame
        ``class`` and ``song`` of each stimulus.
    """

    layers: pd.DataFrame
    similarity: pd.DataFrame
    contrast: pd.DataFrame
    grams: Mapping[str, Gram]
    stimuli: pd.DataFrame

    def cka(self, other: "Analysis | None" = None) -> pd.DataFrame:
        """Compare layers by linear CKA: with each other, or with those of another network.

        Returns
        -------
        DataFrame
            ``layer_a``, ``layer_b``, ``cka`` and ``note`` (why it is undefined).

        Raises
        ------
        InputError
            If the other analysis is not of the same stimuli.
        """
        if other is not None and not other.stimuli.equals(self.stimuli):
            raise InputError(
                "cka: the two analyses are of different stimuli; expected the same classes and"
                " songs in the same order"
            )
        pairs = (
            combinations_with_replacement(self.grams, 2)
            if other is None
            else ((a, b) for a in self.grams for b in other.grams)
        )
        of_other = self.grams if other is None else other.grams
        rows = []
        for layer_a, layer_b in pairs:
            products = self.grams[layer_a].products, of_other[layer_b].products
            value, note = debiased_cka(*products), note_on_cka(*products)
            rows.append({"layer_a": layer_a, "layer_b": layer_b, "cka": value, "note": note})
        return pd.DataFrame(rows)

    def figure(
        self, twin: "Analysis | None" = None, *, mse_measure: str = "mse_pair_max_over_layers"
    ) -> "Figure":
        """Draw similarity and contrast by layer, as in the paper's Figure 2, beside a twin."""
        from stemlens.figures.similarity_curves import plot_similarity_curves

        of_training = {"trained": self} | ({"untrained": twin} if twin else {})
        similarity, contrast = (
            pd.concat(
                getattr(analysis, kind).assign(training=training)
                for training, analysis in of_training.items()
            )
            for kind in ("similarity", "contrast")
        )
        classes = list(self.stimuli["class"].unique())
        return plot_similarity_curves(similarity, contrast, classes, mse_measure=mse_measure)


def analyse(
    network: nn.Module,
    inputs: np.ndarray,
    classes: Sequence[str],
    songs: Sequence[str],
    *,
    layers: Sequence[str],
    pooling: str | Mapping[str, str] | None = None,
    windows: Windows | None = None,
    call: int | None = None,
    output: int | str | Mapping[str, int | str] | None = None,
    batch_size: int = 8,
    n_replicates: int = 10000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Analysis:
    """Follow the similarity of stimuli through the layers of a network.

    Parameters
    ----------
    network
        Any module; it is brought into evaluation mode.
    inputs : ndarray, float32, shape (stimulus, …)
        What the network takes, such as waveforms (stimulus, sample) at its sample rate.
    classes, songs
        Of each stimulus. Only stimuli of different songs are compared.
    layers, pooling, windows, call, output, batch_size
        See `stemlens.layers.hooks.HookedLayers`; `pooling` in the notation of
        `stemlens.layers.pooling`, such as ``channel time -> channel``.
    n_replicates, confidence, seed
        Of the bootstrap over songs.

    Raises
    ------
    InputError
        If there are not as many classes and songs as inputs, fewer than two songs, or if the
        network or its layers are not as they should be.
    """
    if not len(inputs) == len(classes) == len(songs):
        raise InputError(
            f"stimuli: found {len(inputs)} inputs, {len(classes)} classes and {len(songs)} songs;"
            " expected one of each per stimulus"
        )
    if len(set(songs)) < 2:
        raise InputError("songs: found fewer than two; expected some to compare")
    stimuli = pd.DataFrame({"class": list(classes), "song": list(songs), "start_s": 0.0})
    reader = HookedLayers(
        network,
        layers,
        pooling=PoolingRules.from_settings(pooling),
        windows=windows,
        call=call,
        output=output,
        batch_size=batch_size,
    )
    device = next((parameter.device for parameter in network.parameters()), torch.device("cpu"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "activations.h5"
        write_activations(
            path,
            reader,
            lambda *, batch_size: (
                np.asarray(inputs[first : first + batch_size], np.float32)
                for first in range(0, len(inputs), batch_size)
            ),
            stimuli,
            device=device,
            remedy=REMEDY,
        )
        table, grams = layer_table(path), compute_grams(path)
    names = list(dict.fromkeys(classes))
    pairs = compare_pairs(grams, stimuli)
    compared = np.unique(pairs[["song_a", "song_b"]])
    weights = draw_weights(len(compared), n_replicates=n_replicates, seed=seed)
    summary = summarise(pairs, names, compared, weights)
    similarity, contrast = (
        mean_table([summary], kind, confidence=confidence) for kind in ("similarity", "contrast")
    )
    return Analysis(table, similarity, contrast, grams, stimuli[["class", "song"]])

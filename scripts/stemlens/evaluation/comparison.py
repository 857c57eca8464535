"""Networks side by side: what they cost and how well they name the classes of a mix."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from stemlens.model.architecture import Architecture
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate, weighted_sum
from stemlens.target_type import MULTI_LABEL, predicted_classes


def macro_f1(predictions: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Macro F1 when each song counts as often as it was drawn.

    Parameters
    ----------
    predictions
        As from `stemlens.evaluation.performance.prediction_table`.
    weights : ndarray, float64, shape (replicate, song)
        Songs in sorted order.

    Returns
    -------
    ndarray, shape (replicate,)
        The mean over classes of F1, which is 0 where nothing is right; NaN where a class is in no
        mix and named for none.
    """
    named = predicted_classes(predictions["probability"].to_numpy(), MULTI_LABEL)
    plays = predictions["target"].to_numpy() > 0
    outcomes = predictions[["song", "class"]].assign(both=named & plays, either=0 + named + plays)
    counts = outcomes.pivot_table(index="song", columns="class", aggfunc="sum")
    both = weights @ counts["both"].to_numpy(np.float64)
    either = weights @ counts["either"].to_numpy(np.float64)
    f1 = np.divide(2 * both, either, out=np.full_like(both, np.nan), where=either > 0)
    return f1.mean(axis=1)


def score_networks(
    predictions: Mapping[str, Sequence[pd.DataFrame]], *, n_replicates: int, seed: int
) -> dict[str, Estimate]:
    """Score networks on the same draws of songs.

    Parameters
    ----------
    predictions
        Network → its predictions, one table per training seed.
    n_replicates, seed
        Of the bootstrap over songs, which are drawn for all networks together.

    Returns
    -------
    dict
        Network → its macro F1.
    """
    songs = sorted({song for tables in predictions.values() for song in tables[0]["song"]})
    sample = np.ones((1, len(songs)))
    drawn = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
    weights = np.concatenate([sample, drawn])
    scores = {}
    for network, tables in predictions.items():
        of_seeds = np.stack([macro_f1(table, weights) for table in tables])
        scores[network] = Estimate(of_seeds[:, 0], of_seeds[:, 1:].mean(axis=0), len(songs))
    return scores


def compare_networks(
    scores: Mapping[str, Estimate],
    architectures: Mapping[str, Architecture],
    *,
    reference: str,
    spectrogram: tuple[int, int],
    n_outputs: int,
    confidence: float,
) -> pd.DataFrame:
    """Set costs and scores of networks beside each other.

    Parameters
    ----------
    scores, architectures
        By name of the network.
    reference
        The network that the others are compared with.
    spectrogram
        Its bands and frames.
    n_outputs
        Number of classes.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        A row per network: ``network``, ``n_parameters``, ``multiply_adds`` (per spectrogram),
        ``macro_f1`` (mean over seeds), ``ci_low``, ``ci_high``, ``seed_std``, ``n_seeds``,
        ``n_songs``, ``difference`` (to the reference), ``difference_ci_low``,
        ``difference_ci_high``.
    """
    rows = []
    for network, score in scores.items():
        architecture = architectures[network]
        row = {
            "network": network,
            "n_parameters": architecture.n_parameters(*spectrogram, n_outputs),
            "multiply_adds": architecture.multiply_adds(*spectrogram, n_outputs),
            **score.columns("macro_f1", confidence, lowest=0, highest=1),
            "difference": np.nan,
            "difference_ci_low": np.nan,
            "difference_ci_high": np.nan,
        }
        if network != reference:
            base = scores[reference]
            differences = weighted_sum(0, [(1, score), (-1, base)])
            row["difference"] = float(differences.mean)
            row["difference_ci_low"], row["difference_ci_high"] = differences.interval(confidence)
        rows.append(row)
    return pd.DataFrame(rows)

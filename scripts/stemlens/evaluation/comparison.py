"""Networks compared: what they cost, and how well they recognise the classes of a mix."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.song_scores import macro_f1
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate, weighted_sum
from stemlens.target_type import MULTI_LABEL


def score_networks(
    predictions: Mapping[str, Sequence[pd.DataFrame]], *, n_replicates: int, seed: int
) -> dict[str, Estimate]:
    """Macro F1 of each network on the same draws of songs.

    Parameters
    ----------
    predictions
        Network → a `prediction_table` per training seed.
    n_replicates, seed
        Of the bootstrap over songs, which are drawn for all networks together.
    """
    scores = {}
    for network, tables in predictions.items():
        outcomes = [Outcomes.from_table(table, MULTI_LABEL) for table in tables]
        n_songs = outcomes[0].n_songs
        drawn = draw_weights(n_songs, n_replicates=n_replicates, seed=seed)
        once = np.ones((1, n_songs))
        by_seed = np.concatenate([macro_f1(of_seed, once) for of_seed in outcomes])
        replicates = np.mean([macro_f1(of_seed, drawn) for of_seed in outcomes], axis=0)
        scores[network] = Estimate(by_seed, replicates, n_songs)
    return scores


def compare_networks(
    scores: Mapping[str, Estimate],
    costs: Mapping[str, Mapping[str, int]],
    *,
    reference: str,
    confidence: float,
) -> pd.DataFrame:
    """Tabulate costs and scores of networks.

    Parameters
    ----------
    scores, costs
        By name of the network; costs as from `stemlens.model.cost.cost`.
    reference
        The network that the others are compared with.

    Returns
    -------
    DataFrame
        A row per network: ``network``, its costs, ``macro_f1`` (mean over seeds), ``ci_low``,
        ``ci_high``, ``seed_std``, ``n_seeds``, ``n_songs``, ``difference`` (to the reference),
        ``difference_ci_low``, ``difference_ci_high``.
    """
    rows = []
    for network, score in scores.items():
        row: dict[str, Any] = {
            "network": network,
            **costs[network],
            **score.columns("macro_f1", confidence, lowest=0, highest=1),
            **dict.fromkeys(["difference", "difference_ci_low", "difference_ci_high"], np.nan),
        }
        if network != reference:
            to_reference = weighted_sum(0, [(1, score), (-1, scores[reference])])
            row["difference"] = to_reference.mean
            row["difference_ci_low"], row["difference_ci_high"] = to_reference.interval(confidence)
        rows.append(row)
    return pd.DataFrame(rows)

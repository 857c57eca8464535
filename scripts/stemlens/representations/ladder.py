"""All networks of a run beside each other, by the relative depth of their layers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from stemlens.model_name import GROUP_COLUMNS
from stemlens.notes import FEW_SONGS, joined_notes
from stemlens.representations.cka import (
    cka_without_each_song,
    debiased_cka,
    jackknife_error,
    note_on_cka,
)
from stemlens.similarity.gram import Gram
from stemlens.statistics.bootstrap import MIN_SONGS

CONTRASTS = {"pearson": "pearson_contrast", "cosine": "cosine_contrast"}
"""Measure of similarity → name of its contrast in the ladder."""
PROBE, CKA = "balanced_accuracy", "cka"
COLUMNS = [
    *GROUP_COLUMNS,
    *("layer", "depth", "relative_depth", "class", "measure", "reference_layer"),
    *("value", "ci_low", "ci_high", "n_songs", "n_seeds", "note"),
]
UNDEFINED_WITHOUT_A_SONG = "no interval: without one of the songs it is undefined"
SHOWN_TRAININGS = ("trained", "untrained")


def ladder(contrast: pd.DataFrame, probe: pd.DataFrame, cka: pd.DataFrame) -> pd.DataFrame:
    """Join what is known of the layers of all networks.

    Parameters
    ----------
    contrast
        The table of contrasts over seeds.
    probe
        The table of probes.
    cka
        From `cka_with_reference`.

    Returns
    -------
    DataFrame
        `COLUMNS`: a row per network, training, layer and measure (`CONTRASTS`, `PROBE` and `CKA`)
        and, but for CKA, class; for CKA and layer of the studied network, ``reference_layer``.
        ``relative_depth`` is 0 at a network's input and 1 at its last layer.
    """
    contrast = contrast[contrast["measure"].isin(CONTRASTS)]
    contrast = contrast.assign(
        measure=contrast["measure"].map(CONTRASTS), value=contrast["contrast"]
    )
    probe = probe.assign(measure=PROBE, value=probe[PROBE])
    # Without rows, as of probes where no network can be probed, columns have no types to join.
    table = pd.concat([each for each in (contrast, probe, cka) if len(each)])
    table = table[table["training"].isin(SHOWN_TRAININGS)]
    deepest = table.groupby(GROUP_COLUMNS)["depth"].transform("max")
    # A network of one layer has it at its end.
    table = table.assign(relative_depth=np.where(deepest > 0, table["depth"] / deepest, 1.0))
    return table.reindex(columns=COLUMNS)


def cka_with_reference(
    reference: Mapping[str, Gram],
    models: Mapping[tuple[str, str, str], list[Mapping[str, Gram]]],
    songs: np.ndarray,
    folds: np.ndarray | None = None,
    *,
    confidence: float,
) -> pd.DataFrame:
    """Compare each layer of networks with each of a reference, by linear CKA.

    Parameters
    ----------
    reference
        Layer → Gram matrix of the reference.
    models
        Task, network and training → the same of each seed, of the same stimuli.
    songs, folds : ndarray, shape (stimulus,)
        Song of each stimulus; its fold, if there are several.
    confidence
        Of the intervals, over songs: Student's t with the standard error of the jackknife.

    Returns
    -------
    DataFrame
        `GROUP_COLUMNS`, ``layer``, ``depth``, ``reference_layer``, ``measure``, ``value`` (mean
        over seeds), ``ci_low``, ``ci_high``, ``n_songs``, ``n_seeds`` and ``note``.
    """
    n_songs = len(np.unique(songs))
    has_interval = n_songs >= MIN_SONGS
    tail = (1 - confidence) / 2
    n_errors = float(-stdtrit(n_songs - 1, tail)) if has_interval else float("nan")
    references = [gram.products for gram in reference.values()]
    rows = []
    for group, seeds in models.items():
        without = np.mean(
            [
                cka_without_each_song(
                    references, [g.products for g in of_seed.values()], songs, folds
                )
                for of_seed in seeds
            ],
            axis=0,
        )
        for depth, layer in enumerate(seeds[0]):
            products = [of_seed[layer].products for of_seed in seeds]
            for number, (reference_layer, gram) in enumerate(reference.items()):
                notes = [note_on_cka(gram.products, each, folds) for each in products]
                value = float(np.mean([debiased_cka(gram.products, p, folds) for p in products]))
                width = n_errors * jackknife_error(value, without[:, number, depth])
                if not has_interval:
                    notes.append(FEW_SONGS)
                elif np.isnan(width) and not np.isnan(value):
                    notes.append(UNDEFINED_WITHOUT_A_SONG)
                rows.append(
                    {
                        **dict(zip(GROUP_COLUMNS, group, strict=True)),
                        "layer": layer,
                        "depth": depth,
                        "reference_layer": reference_layer,
                        "measure": CKA,
                        "value": value,
                        "ci_low": max(value - width, -1.0),
                        "ci_high": min(value + width, 1.0),
                        "n_songs": n_songs,
                        "n_seeds": len(seeds),
                        "note": joined_notes(notes),
                    }
                )
    return pd.DataFrame(rows)

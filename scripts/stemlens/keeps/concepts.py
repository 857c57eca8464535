"""Concepts: what a linear classifier can read from a layer about rendered songs.

As in SynTheory (Wei, Freeman, Donahue and Sun, Do music generation models encode music theory?,
ISMIR 2024), which asks it of generative models. Labels are known by construction, and no concept
tells anything about another one, see `stemlens.corpora.concept_design`.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from stemlens.corpora.concept_design import BLOCK
from stemlens.keeps.comparison import ComparedSet
from stemlens.notes import NOT_FINITE, joined_notes, note_on_interval
from stemlens.representations.coordinates import Coordinates
from stemlens.statistics.estimate import Estimate

ALL_ALIKE = "the activations of all songs are the same"
KEYS = ["layer", "depth", "time", "concept"]
COLUMNS = [
    *(*KEYS, "balanced_accuracy", "chance", "ci_low", "ci_high"),
    *("seed_std", "n_seeds", "n_songs", "note"),
]


def probe_concepts(
    compared: ComparedSet, concepts: Sequence[str], *, n_folds: int, c: float
) -> pd.DataFrame:
    """Predict the concepts of each song with probes fitted on other songs, in every layer.

    Parameters
    ----------
    compared
        A set of the part `stemlens.keeps.names.CONCEPTS`: all items are references.
    concepts
        Columns of its items, which have a column `BLOCK` as well.
    n_folds, c
        As in `predict_labels`.

    Returns
    -------
    DataFrame
        A row per layer, time, concept and song: `KEYS`, ``song``, ``label``, ``predicted_label``
        (None where undefined), ``note`` (why it is) and, if items have it, ``fold``.
    """
    about = [name for name in ("song", "fold") if name in compared.items]
    blocks = compared.items[BLOCK].to_numpy()
    tables = []
    for time, grams in compared.grams.items():
        for depth, (layer, gram) in enumerate(grams.items()):
            places, note = _places(gram.references.products)
            of_layer = compared.items[about].assign(layer=layer, depth=depth, time=time, note=note)
            for concept in concepts:
                labels = compared.items[concept].to_numpy(object)
                predicted = None
                if not note:
                    predicted = predict_labels(places, labels, blocks, n_folds=n_folds, c=c)
                tables.append(
                    of_layer.assign(concept=concept, label=labels, predicted_label=predicted)
                )
    return pd.concat(tables, ignore_index=True)


def _places(products: np.ndarray) -> tuple[np.ndarray, str]:
    """Coordinates of the songs, (song, dimension), and why there are none."""
    if not np.isfinite(products).all():
        return np.empty((len(products), 0)), NOT_FINITE
    places = Coordinates(products).of_references
    return places, "" if places.shape[1] else ALL_ALIKE


def predict_labels(
    places: np.ndarray, labels: np.ndarray, blocks: np.ndarray, *, n_folds: int, c: float
) -> np.ndarray:
    """Predict each song's label by a logistic regression fitted on songs of the other folds.

    Of several labels it is multinomial, with an L2 penalty.

    Parameters
    ----------
    places : ndarray, float64, shape (song, dimension)
        From `Coordinates`. The songs to be tested take part in these, but tell the probe nothing,
        see `stemlens.representations.probe.probe_layer`.
    labels : ndarray, str, shape (song,)
    blocks : ndarray, shape (song,)
        A block of songs, in which concepts are balanced, is in one fold as a whole.
    n_folds
        Number of folds; as many as there are blocks if these are fewer.
    c
        Inverse strength of the penalty, for activations whose mean squared distance from their
        mean is 1.

    Returns
    -------
    ndarray, str, shape (song,)
    """
    # Of the solvers for several labels, newton-cg is the fastest, whatever the number of threads.
    classifier = LogisticRegression(
        C=c, class_weight="balanced", solver="newton-cg", tol=1e-6, max_iter=1000
    )
    folds = GroupKFold(min(n_folds, len(np.unique(blocks))))
    predicted = np.empty(len(labels), object)
    for train, test in folds.split(places, groups=blocks):
        predicted[test] = classifier.fit(places[train], labels[train]).predict(places[test])
    return predicted


def concept_table(
    of_seeds: Sequence[pd.DataFrame], weights: np.ndarray, *, confidence: float
) -> pd.DataFrame:
    """Score the probes, averaged over seeds, with intervals over songs.

    In folds, whose networks all get all songs, a seed's score is the mean over its networks.

    Parameters
    ----------
    of_seeds
        From `probe_concepts`, sets joined, of networks that differ only in their seed.
    weights : ndarray, float64, shape (replicate, song)
        From `draw_weights`, songs in the order of ``np.unique``.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        With `COLUMNS`.
    """
    weights = np.concatenate([np.ones((1, weights.shape[1])), weights])
    groups = [dict(list(table.groupby(KEYS, sort=False))) for table in of_seeds]
    rows = []
    for key, first in groups[0].items():
        tables = [of_seed[key] for of_seed in groups]
        scores = np.stack([_over_networks(table, weights) for table in tables])
        n_songs = weights.shape[1]
        estimate = Estimate(scores[:, 0], scores[:, 1:].mean(axis=0), n_songs)
        columns = estimate.columns("balanced_accuracy", confidence, lowest=0, highest=1)
        reasons = [note for table in tables for note in table["note"].fillna("").unique()]
        reasons.append(note_on_interval(n_songs, float(estimate.mean), float(columns["ci_low"])))
        row = dict(zip(KEYS, key, strict=True)) | columns
        row["chance"], row["note"] = 1 / first["label"].nunique(), joined_notes(reasons)
        rows.append(row)
    return pd.DataFrame(rows)[COLUMNS]


def _over_networks(table: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Balanced accuracy of one layer and concept, float64 (replicate,), averaged over folds."""
    networks = table.groupby("fold") if "fold" in table else [("", table)]
    return np.mean([_balanced_accuracy(network, weights) for _, network in networks], axis=0)


def _balanced_accuracy(table: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Mean over labels of the share of their songs that are predicted, float64 (replicate,)."""
    by_song = table.sort_values("song")
    if by_song["predicted_label"].isna().any():
        return np.full(len(weights), np.nan)
    labels = by_song["label"].to_numpy()
    has_label = (labels[:, None] == np.unique(labels)).astype(np.float64)
    is_right = (by_song["predicted_label"].to_numpy() == labels)[:, None]
    n_drawn = weights @ has_label
    recalls = weights @ (has_label * is_right) / np.where(n_drawn > 0, n_drawn, np.nan)
    return recalls.mean(axis=1)

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
from stemlens.notes import NOT_FINITE
from stemlens.representations.coordinates import Coordinates

ALL_ALIKE = "the activations of all songs are the same"


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
        A row per layer, time, concept and song: ``layer``, ``depth``, ``time``, ``concept``,
        ``song``, ``label``, ``predicted_label`` (None where undefined), ``note`` (why it is) and,
        if items have it, ``fold``.
    """
    about = [name for name in ("song", "fold") if name in compared.items]
    blocks = compared.items[BLOCK].to_numpy()
    tables = []
    for depth, layer, times in compared.layers():
        places, note = _places(compared.grams[times[0]][layer].references.products)
        of_layer = compared.items[about].assign(layer=layer, depth=depth, note=note)
        for concept in concepts:
            labels = compared.items[concept].to_numpy(object)
            predicted = None
            if not note:
                predicted = predict_labels(places, labels, blocks, n_folds=n_folds, c=c)
            probed = of_layer.assign(concept=concept, label=labels, predicted_label=predicted)
            tables += [probed.assign(time=time) for time in times]
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

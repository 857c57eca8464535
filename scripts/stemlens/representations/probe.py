"""Linear probe: whether a linear classifier can read from a layer which classes play in a mix.

Alain and Bengio, Understanding intermediate layers using linear classifier probes, ICLR Workshop
2017 (arXiv 1610.01644). The probe is a logistic regression with an L2 penalty on the flattened
activations. Rotating them changes neither their products nor the penalty, so that their Gram
matrix is all it needs: n mixes lie in at most n − 1 dimensions, however many features there are.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from stemlens.activations.stimuli import folds_of
from stemlens.errors import InputError
from stemlens.notes import NOT_FINITE
from stemlens.representations.coordinates import Coordinates

IN_EVERY_MIX = "the class plays in every mix of two or more classes: no mix is without it"
IN_NO_MIX = "the class plays in no mix"
ALL_ALIKE = "the activations of all mixes are the same"


def probe_table(
    products: Mapping[str, np.ndarray],
    mixes: pd.DataFrame,
    classes: Sequence[str],
    targets: np.ndarray,
    *,
    n_folds: int,
    c: float,
) -> pd.DataFrame:
    """Probe every layer; of a corpus in folds, each fold by itself.

    Parameters
    ----------
    products
        Layer → `Gram.products` of the mixes, from the input on.
    mixes
        From `stemlens.representations.probe_mixes.probe_mixes`.
    targets : ndarray, uint8, shape (mix, class)
        Of the mixes of a segment, as given to `probe_mixes`.
    n_folds, c
        As in `probe_layer`.

    Returns
    -------
    DataFrame
        A row per layer, mix and class: ``layer``, ``depth``, ``song``, ``mix``, ``class``,
        ``target``, ``predicted`` (NaN where undefined), ``note`` (why it is).
    """
    targets = targets[mixes["mix"]]
    songs, folds = mixes["song"].to_numpy(), folds_of(mixes)
    tables = []
    for depth, (layer, of_layer) in enumerate(products.items()):
        predicted = np.full(targets.shape, np.nan)
        notes = np.empty(targets.shape, object)
        for own in (folds == fold for fold in np.unique(folds)):
            of_fold = of_layer[np.ix_(own, own)]
            predicted[own] = probe_layer(of_fold, targets[own], songs[own], n_folds=n_folds, c=c)
            notes[own] = probe_notes(of_fold, targets[own])
        repeated = mixes[["song", "mix"]].loc[mixes.index.repeat(len(classes))]
        table = repeated.assign(layer=layer, depth=depth)
        table["class"] = np.tile(classes, len(mixes))
        table["note"] = notes.ravel()
        tables.append(table.assign(target=targets.ravel(), predicted=predicted.ravel()))
    columns = ["layer", "depth", "song", "mix", "class", "target", "predicted", "note"]
    return pd.concat(tables)[columns]


def probe_layer(
    products: np.ndarray, targets: np.ndarray, songs: np.ndarray, *, n_folds: int, c: float
) -> np.ndarray:
    """Predict which classes play in each mix with a probe fitted on other songs.

    Parameters
    ----------
    products : ndarray, float64, shape (mix, mix)
        `Gram.products` of the layer's activations, not centred.
    targets : ndarray, uint8, shape (mix, class)
        1 where the class plays.
    songs : ndarray, shape (mix,)
        Song of each mix; a song is in one fold as a whole.
    n_folds
        Number of folds, at least 2; as many as there are songs if these are fewer.
    c
        Inverse strength of the penalty, for activations whose mean squared distance from their
        mean is 1.

    Returns
    -------
    ndarray, float64, shape (mix, class)
        1 where the class is predicted to play, else 0; NaN where it plays in all or none of the
        mixes that the probe is fitted on, and throughout where all activations are the same up to
        rounding or one is NaN or infinite.

    Raises
    ------
    InputError
        If there is only one song.
    """
    names = np.unique(songs)
    if len(names) < 2:
        raise InputError(
            f"split test: only {len(names)} song has mixes ({', '.join(names)}), expected at least"
            " 2 to test a probe on a song that it does not know; lower segments.min_active_s or"
            " segments.activity.threshold_db, or add songs"
        )
    predictions = np.full(targets.shape, np.nan)
    if not np.isfinite(products).all():
        return predictions
    # The mixes to be tested take part, but tell the probe nothing: moving the origin is undone by
    # its intercept, which is not penalised, the axes are a rotation, and the scale is one number
    # that gives `c` its unit.
    coordinates = Coordinates(products).of_references
    if coordinates.shape[1] == 0:
        return predictions
    # liblinear would penalise the intercept. Of the others, newton-cg is the fastest at a tolerance
    # at which the choice of axes no longer shows.
    classifier = LogisticRegression(
        C=c, class_weight="balanced", solver="newton-cg", tol=1e-6, max_iter=1000
    )
    folds = GroupKFold(min(n_folds, len(names)))
    for train, test in folds.split(coordinates, groups=songs):
        for column, target in enumerate(targets.T):
            if target[train].min() < target[train].max():
                classifier.fit(coordinates[train], target[train])
                predictions[test, column] = classifier.predict(coordinates[test])
    return predictions


def probe_notes(products: np.ndarray, targets: np.ndarray) -> list[str]:
    """Say for each class why `probe_layer` has no prediction; empty where it has one."""
    if not np.isfinite(products).all():
        return [NOT_FINITE] * targets.shape[1]
    if Coordinates(products).of_references.shape[1] == 0:
        return [ALL_ALIKE] * targets.shape[1]
    shares = targets.mean(axis=0)
    return [{1: IN_EVERY_MIX, 0: IN_NO_MIX}.get(share, "") for share in shares]

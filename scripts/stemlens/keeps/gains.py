"""Gains: from which level on a layer hears a class in a mix."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from stemlens.keeps.comparison import KEPT, ComparedSet
from stemlens.keeps.gain_tables import ALONE, MEASURES, WITHOUT
from stemlens.representations.coordinates import Coordinates
from stemlens.similarity.cross_gram import CrossGram


def measure_gains(
    compared: ComparedSet, classes: Sequence[str], *, n_folds: int, c: float
) -> pd.DataFrame:
    """Compare each gained mix with the class and with the mix without it, and probe it.

    Parameters
    ----------
    compared
        A set of the part `stemlens.keeps.names.GAINS`, with two songs or more.
    n_folds, c
        Of the probes, as in `stemlens.representations.probe.probe_layer`.

    Returns
    -------
    DataFrame
        A row per layer, song, class and gain: ``layer``, ``depth``, ``song``, ``class``,
        ``gain_db``; ``<measure>_<compared with>``; ``heard``, whether a probe fitted on the mixes
        of other songs says that the class plays, and ``heard_without``, the same of the mix
        without it: 1 or 0, NaN where undefined.
    """
    items = compared.items
    queries = items.iloc[compared.n_references :].reset_index(drop=True)
    references = items.iloc[: compared.n_references]
    row_of = {key: row for row, key in enumerate(_keys(references["song"], references["mix"]))}
    others = {name: "+".join(each for each in classes if each != name) for name in classes}
    alone = [row_of[key] for key in _keys(queries["song"], queries["class"])]
    without = [row_of[key] for key in _keys(queries["song"], queries["class"].map(others))]
    rows = np.arange(len(queries))
    tables = []
    for depth, (layer, gram) in enumerate(compared.grams[KEPT].items()):
        table = queries[["song", "class", "gain_db"]].assign(layer=layer, depth=depth)
        for measure in MEASURES:
            similarity = gram.compared(measure)[compared.n_references :]
            for name, reference in ((ALONE, alone), (WITHOUT, without)):
                table[f"{measure}_{name}"] = similarity[rows, reference]
        heard = probe_items(gram, items, classes, n_folds=n_folds, c=c)
        column = queries["class"].map({name: index for index, name in enumerate(classes)})
        table["heard"] = heard[compared.n_references + rows, column]
        table["heard_without"] = heard[without, column]
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _keys(songs: pd.Series, mixes: pd.Series) -> Iterator[tuple[str, str]]:
    return zip(songs, mixes, strict=True)


def probe_items(
    gram: CrossGram, items: pd.DataFrame, classes: Sequence[str], *, n_folds: int, c: float
) -> np.ndarray:
    """Predict which classes play in each item, with probes fitted on mixes of other songs.

    Fitted on the references in which two classes or more play, at the levels of the song.

    Returns
    -------
    ndarray, float64, shape (item, class)
        1 where the class is predicted to play, else 0; NaN where all mixes are alike in the layer,
        or a class plays in all or none of those that the probe is fitted on.
    """
    predicted = np.full((len(items), len(classes)), np.nan)
    if not np.isfinite(gram.products).all():
        return predicted
    coordinates = Coordinates(gram.references.products)
    if coordinates.of_references.shape[1] == 0:
        return predicted
    places = coordinates.project(gram.products)
    plays = np.stack([[name in mix.split("+") for name in classes] for mix in items["mix"]])
    songs = items["song"].to_numpy()
    is_fitted = (items["class"] == "").to_numpy() & (plays.sum(axis=1) >= 2)
    classifier = LogisticRegression(
        C=c, class_weight="balanced", solver="newton-cg", tol=1e-6, max_iter=1000
    )
    folds = GroupKFold(min(n_folds, len(np.unique(songs))))
    for train, test in folds.split(places, groups=songs):
        fitted = train[is_fitted[train]]
        for column in range(len(classes)):
            target = plays[fitted, column]
            if target.min() < target.max():
                classifier.fit(places[fitted], target)
                predicted[test, column] = classifier.predict(places[test])
    return predicted

"""Contrast: how much more alike stimuli of one class are than stimuli of different classes."""

import numpy as np
import pandas as pd

from stemlens.notes import NO_OTHER_CLASS, joined_notes


def contrast(table: pd.DataFrame, replicates: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Subtract different-class from same-class similarity, for each layer, class and measure.

    Parameters
    ----------
    table, replicates
        As from `stemlens.similarity.mean_similarity.summarise`; of `table` the columns up to
        ``mean``, ``n_songs`` and ``note``.

    Returns
    -------
    table : DataFrame
        A row per layer, class and measure: ``layer``, ``depth``, ``class``, ``measure``,
        ``same`` (mean over pairs of the class), ``different`` (mean over the other classes of
        the mean over pairs with that class), ``contrast`` (same − different), ``n_songs`` (of the
        least well-founded of these means) and ``note`` (those of these means). For an error, a
        negative contrast means that its stimuli are more alike than others.
    replicates : ndarray, float64, shape (replicate, row)
        The contrast in each replicate.
    """
    row_of = {key: row for row, key in enumerate(_keys(table))}
    means, n_songs = table["mean"].to_numpy(), table["n_songs"].to_numpy()
    notes = table["note"].to_numpy()
    classes = list(table["class_a"].unique())
    records, columns = [], []
    for layer, depth, measure in dict.fromkeys(
        zip(table["layer"], table["depth"], table["measure"], strict=True)
    ):
        for name in classes:
            same = row_of[layer, name, name, measure]
            different = [
                row_of[layer, *pair, measure]
                for other in classes
                if other != name
                for pair in ((name, other), (other, name))
                if (layer, *pair, measure) in row_of
            ]
            mean_different, note = np.nan, NO_OTHER_CLASS
            of_replicates = np.full(len(replicates), np.nan)
            if different:
                mean_different = means[different].mean()
                of_replicates = replicates[:, same] - replicates[:, different].mean(axis=1)
                note = joined_notes(notes[[same, *different]])
            records.append(
                {
                    "layer": layer,
                    "depth": depth,
                    "class": name,
                    "measure": measure,
                    "same": means[same],
                    "different": mean_different,
                    "contrast": means[same] - mean_different,
                    "n_songs": n_songs[[same, *different]].min(),
                    "note": note,
                }
            )
            columns.append(of_replicates)
    return pd.DataFrame(records), np.stack(columns, axis=1)


def _keys(table: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = ["layer", "class_a", "class_b", "measure"]
    return list(table[columns].itertuples(index=False, name=None))

"""Means over classes of what tables have by class."""

from collections.abc import Sequence

import pandas as pd

from stemlens.notes import joined_notes

BY_LAYER = ["task", "network", "training", "layer", "depth", "time"]


def mean_over_classes(
    table: pd.DataFrame, classes: Sequence[str], values: Sequence[str], *, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Average columns over classes; undefined where a class is, as ``note`` says.

    Parameters
    ----------
    table
        Rows with `BY_LAYER`, ``class``, ``note`` and these columns.
    classes
        Over which to average; rows of other classes, such as the mix, are left out.
    values
        Columns to average.
    by
        Further columns that tell rows apart.

    Returns
    -------
    DataFrame
        In the order of the table: `BY_LAYER`, `by`, `values` and ``note``.
    """
    of_classes = table[table["class"].isin(classes)].fillna({"note": ""})
    groups = of_classes.groupby([*BY_LAYER, *by], sort=False, dropna=False)
    means = groups[[*values]].agg(lambda column: column.mean(skipna=False))
    return means.assign(note=groups["note"].agg(joined_notes)).reset_index()

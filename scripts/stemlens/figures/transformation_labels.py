"""What transformations are called in figures, with their strengths."""

import pandas as pd


def transformation_labels(invariance: pd.DataFrame) -> dict[str, str]:
    """Name each transformation with its strength, or with the lowest and the highest of several.

    Parameters
    ----------
    invariance
        Table ``invariance``, see ``docs/tables.md``.

    Returns
    -------
    dict
        Name → label, such as "low pass, 500 to 8000 Hz".
    """
    labels = {}
    for name, rows in invariance.groupby("transformation", sort=False):
        strengths, unit = rows["strength"].dropna(), rows["unit"].iloc[0]
        label = str(name).replace("_", " ")
        if len(strengths) and isinstance(unit, str) and unit:
            ends = dict.fromkeys([strengths.min(), strengths.max()])
            label += f", {' to '.join(f'{end:g}' for end in ends)} {unit}".replace("-", "−")
        labels[str(name)] = label
    return labels

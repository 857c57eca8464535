"""The mixes in which a probe is to recognise classes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def probe_mixes(stimuli: pd.DataFrame, classes: Sequence[str], targets: np.ndarray) -> pd.DataFrame:
    """List the mixes of several classes of the stimuli's segments.

    Mixes of one class are left out: the probe is to recognise a class among others.

    Parameters
    ----------
    stimuli
        As from `stemlens.activations.stimuli.select_stimuli`.
    targets : ndarray, uint8, shape (mix, class)
        Of the mixes of a segment.

    Returns
    -------
    DataFrame
        A row per mix, sorted by song: ``class`` (those that play, joined by +), ``song``,
        ``start_s``, ``row``, ``mix`` and, if stimuli have it, ``fold``.
    """
    several = np.flatnonzero(targets.sum(axis=1) >= 2)
    names = ["+".join(np.array(classes)[targets[mix] == 1]) for mix in several]
    columns = [name for name in ("song", "start_s", "row", "fold") if name in stimuli]
    segments = stimuli.drop_duplicates(["song", "row"]).sort_values("song")[columns]
    return segments.merge(pd.DataFrame({"class": names, "mix": several}), how="cross")

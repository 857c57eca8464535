"""Tables of mean similarity and contrast with their intervals, of one model or over seeds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.notes import joined_notes, note_on_interval
from stemlens.similarity.contrast import contrast
from stemlens.similarity.mean_similarity import KEYS
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.seeds import Summary, average_tables, estimate_over_seeds

KINDS = ("similarity", "contrast")
KEYS_OF = {"similarity": KEYS, "contrast": ["layer", "depth", "class", "measure"]}
MEANS = {"similarity": ["mean"], "contrast": ["same", "different", "contrast"]}
"""What is averaged over seeds; the last is the one that has an interval."""


def mean_table(similarities: Sequence[Summary], kind: str, *, confidence: float) -> pd.DataFrame:
    """Tabulate means over seeds, or those of one.

    Parameters
    ----------
    similarities
        One per seed, as from `stemlens.similarity.mean_similarity.summarise`.
    kind
        ``similarity`` of each class pair, or ``contrast`` of each class.
    confidence
        Of the intervals, over songs and, where there are several, over seeds.

    Returns
    -------
    DataFrame
        A row per layer, class pair or class, and measure: the columns of `KEYS_OF` and `MEANS`,
        ``ci_low``, ``ci_high``, ``n_songs``, ``note``, ``seed_std``, ``n_seeds``; of similarity
        also ``std`` and ``n_pairs``, those of the first seed.
    """
    summaries = (
        [contrast(*of_seed) for of_seed in similarities] if kind == "contrast" else similarities
    )
    statistic = MEANS[kind][-1]
    measures = [MEASURES[name] for name in summaries[0][0]["measure"]]
    lowest, highest = np.array([(each.lowest, each.highest) for each in measures]).T
    if kind == "contrast":
        lowest, highest = lowest - highest, highest - lowest
    estimate = estimate_over_seeds(summaries, statistic)
    columns = estimate.columns(statistic, confidence, lowest=lowest, highest=highest)
    table = average_tables([table for table, _ in summaries], statistics=MEANS[kind])
    table = table.assign(**columns)
    reasons = map(note_on_interval, table["n_songs"], table[statistic], table["ci_low"])
    notes = zip(table["note"], reasons, strict=True)
    return table.assign(note=[joined_notes(both) for both in notes])

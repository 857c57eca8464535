"""What layers keep of transformed stimuli, as quantities of hypotheses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from stemlens.keeps.comparison import KEPT, ComparedSet
from stemlens.keeps.invariance import invariance_estimates
from stemlens.keeps.names import (
    AUDIO_MATCHING,
    INSTRUMENT,
    INVARIANCES,
    MIX,
    MUSIC_SIMILARITY,
    RETRIEVALS,
)
from stemlens.keeps.retrieval import instrument_estimates, retrieval_estimates
from stemlens.keeps.transformed_items import items_by_class, song_names
from stemlens.similarity.gram import Gram
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate

MEASURE = "pearson"
SCORE = "mean_reciprocal_rank"


@dataclass(frozen=True)
class KeptQuantity:
    """An invariance, averaged over strengths, or a mean reciprocal rank, over transformations."""

    measure: str
    class_name: str
    layer: str
    estimate: Estimate
    note: str


def kept_quantities(
    comparisons: Sequence[Sequence[ComparedSet]],
    grams: Sequence[tuple[Mapping[str, Gram], pd.DataFrame]],
    *,
    n_replicates: int,
    seed: int,
) -> Iterator[KeptQuantity]:
    """Measure each layer and class of networks that differ only in their seed.

    Parameters
    ----------
    comparisons
        Sets of transformed stimuli, by seed.
    grams
        Gram matrices and table of the stimuli, by seed.
    n_replicates, seed
        Of the bootstrap over songs.
    """
    songs = song_names(one.items for one in comparisons[0])
    weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
    # There may be more stimuli than are transformed.
    n_songs = grams[0][1]["song"].nunique()
    weights_of_stimuli = draw_weights(n_songs, n_replicates=n_replicates, seed=seed)
    by_class = zip(*(items_by_class(sets, songs) for sets in comparisons), strict=True)
    for items, layer in product(by_class, comparisons[0][0].grams[KEPT]):
        class_name = items[0].class_name
        if class_name == MIX:
            continue
        table, estimate = invariance_estimates(items, layer, KEPT, MEASURE, weights)
        for row in np.flatnonzero(table["strength"].isna()):
            name, note = table.loc[row, ["transformation", "note"]]
            yield KeptQuantity(INVARIANCES[name], class_name, layer, estimate[row], note)
        for job in (AUDIO_MATCHING, MUSIC_SIMILARITY):
            found = retrieval_estimates(items, layer, KEPT, MEASURE, weights, job=job)
            yield _reciprocal_rank(job, class_name, layer, *found)
        found = instrument_estimates(grams, layer, class_name, MEASURE, weights_of_stimuli)
        yield _reciprocal_rank(INSTRUMENT, class_name, layer, *found)


def _reciprocal_rank(
    job: str, class_name: str, layer: str, table: pd.DataFrame, estimate: Estimate
) -> KeptQuantity:
    is_overall = (table["score"] == SCORE) & (table["transformation"] == "")
    row = int(np.flatnonzero(is_overall)[0])
    return KeptQuantity(
        RETRIEVALS[job], class_name, layer, estimate[row], str(table.loc[row, "note"])
    )

"""Measure how invariant every layer of all models is to each transformation.

Inputs
------
comparisons : HDF5 files of transformed items, see `stemlens.keeps.comparison`, at
    ``…/<task>/<network>/<training>-seed<k>.h5``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``layer``, ``depth``, ``time`` (``kept``,
    or ``averaged`` away), ``class``, ``measure``, ``transformation``, ``strength`` (empty for the
    mean over strengths), ``unit`` (of the strength), ``same_song``, ``different_songs`` (mean
    similarity, or error), ``invariance`` (mean over seeds), ``ci_low``, ``ci_high``, ``seed_std``,
    ``n_seeds``, ``n_songs``, ``note`` (why something is undefined).
"""

from collections.abc import Mapping
from itertools import product

import pandas as pd
from stemlens.audio.transformation_units import UNITS
from stemlens.job_log import job_log
from stemlens.keeps.comparison import read_comparison
from stemlens.keeps.invariance import invariance_estimates
from stemlens.keeps.transformation_rows import with_intervals
from stemlens.keeps.transformed_items import (
    MEASURE_NAMES,
    items_by_class,
    song_names,
)
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.statistics.bootstrap import draw_weights
from stemlens.tables import write_table
from tqdm import tqdm

COLUMNS = [
    *(*GROUP_COLUMNS, "layer", "depth", "time", "class", "measure"),
    *("transformation", "strength", "unit", "same_song", "different_songs"),
    *("invariance", "ci_low", "ci_high", "seed_std", "n_seeds", "n_songs", "note"),
]


def main(
    comparisons: list[str],
    table: str,
    *,
    units: Mapping[str, str],
    n_replicates: int,
    seed: int,
    confidence: float,
) -> None:
    """Measure each layer and class, in the sample and in each replicate.

    Parameters
    ----------
    units
        Transformation → unit of its strength.
    """
    tables = []
    groups = group_by_seed(comparisons)
    for group, paths in tqdm(groups.items(), "invariance", unit="network", disable=None):
        of_seeds = [list(read_comparison(path)) for path in paths.values()]
        songs = song_names(one.items for one in of_seeds[0])
        weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
        about_group = dict(zip(GROUP_COLUMNS, group, strict=True))
        by_class = zip(*(items_by_class(sets, songs) for sets in of_seeds), strict=True)
        for items, (depth, layer, times), measure in product(
            by_class, of_seeds[0][0].layers(), MEASURE_NAMES
        ):
            rows, estimate = invariance_estimates(items, layer, times[0], measure, weights)
            rows = with_intervals(rows, estimate, "invariance", confidence, highest=1)
            about = {"layer": layer, "depth": depth, "class": items[0].class_name}
            rows = rows.assign(**about_group, **about, measure=measure)
            tables += [rows.assign(time=time) for time in times]
    found = pd.concat(tables)
    found["unit"] = found["transformation"].map(units)
    write_table(table, found[COLUMNS], sources=comparisons)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.comparisons,
            snakemake.output.table,
            units=UNITS,
            **snakemake.params.bootstrap,
        )

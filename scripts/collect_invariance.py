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

import pandas as pd
from stemlens.job_log import job_log
from stemlens.keeps.comparison import TIMES, read_comparison
from stemlens.keeps.invariance import invariance_estimates
from stemlens.keeps.transformed_items import MEASURE_NAMES, class_names, song_names
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.notes import interval_notes
from stemlens.statistics.bootstrap import draw_weights
from stemlens.tables import write_table

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
    for group, paths in group_by_seed(comparisons).items():
        of_seeds = [list(read_comparison(path)) for path in paths.values()]
        songs = song_names(of_seeds[0])
        weights = draw_weights(len(songs), n_replicates=n_replicates, seed=seed)
        for depth, layer in enumerate(of_seeds[0][0].grams[TIMES[0]]):
            for time in TIMES:
                if layer not in of_seeds[0][0].grams[time]:
                    continue
                for name in class_names(of_seeds[0]):
                    for measure in MEASURE_NAMES:
                        rows, estimate = invariance_estimates(
                            *(of_seeds, layer, time, name, measure), songs=songs, weights=weights
                        )
                        about = {
                            **dict(zip(GROUP_COLUMNS, group, strict=True)),
                            "layer": layer,
                            "depth": depth,
                            "time": time,
                            "class": name,
                            "measure": measure,
                            "unit": rows["transformation"].map(units),
                        }
                        columns = estimate.columns("invariance", confidence, highest=1)
                        tables.append(interval_notes(rows.assign(**about, **columns), "invariance"))
    write_table(table, pd.DataFrame(pd.concat(tables), columns=COLUMNS), sources=comparisons)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.comparisons,
            snakemake.output.table,
            units=snakemake.params.units,
            **snakemake.params.bootstrap,
        )

"""Score by retrieval what every layer of all models is good for.

Inputs
------
comparisons : HDF5 files of transformed items, see `stemlens.keeps.comparison`, at
    ``…/<task>/<network>/<training>-seed<k>.h5``.
grams : HDF5 files from ``compare_stimuli``, likewise.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``layer``, ``depth``, ``time`` (``kept``,
    or ``averaged`` away), ``job`` (``audio_matching``, ``music_similarity``, ``instrument``),
    ``class``, ``measure``, ``transformation`` (of audio matching; empty for the mean over all),
    ``strength`` (empty for the mean over strengths), ``score``, ``value`` (mean over seeds),
    ``chance``, ``ci_low``, ``ci_high``, ``seed_std``, ``n_seeds``, ``n_songs`` (of queries),
    ``n_candidates`` (mean over queries), ``share_tied`` (of queries, a target of which is tied with
    another candidate), ``note`` (why something is undefined).
"""

from collections.abc import Iterator
from itertools import product

import pandas as pd
from stemlens.job_log import job_log
from stemlens.keeps.comparison import KEPT, read_comparison
from stemlens.keeps.names import AUDIO_MATCHING, INSTRUMENT, MUSIC_SIMILARITY
from stemlens.keeps.retrieval import instrument_estimates, retrieval_estimates
from stemlens.keeps.transformation_rows import with_intervals
from stemlens.keeps.transformed_items import (
    MEASURE_NAMES,
    items_by_class,
    song_names,
)
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.similarity.gram_store import read_grams
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from stemlens.tables import write_table
from tqdm import tqdm

COLUMNS = [
    *(*GROUP_COLUMNS, "layer", "depth", "time", "job", "class", "measure"),
    *("transformation", "strength", "score", "value", "chance", "ci_low", "ci_high"),
    *("seed_std", "n_seeds", "n_songs", "n_candidates", "share_tied", "note"),
]

Estimates = Iterator[tuple[dict[str, object], tuple[str, ...], pd.DataFrame, Estimate]]
"""What rows have in common, the times that they are about, the rows, and their values."""


def main(
    comparisons: list[str],
    grams: list[str],
    table: str,
    *,
    n_replicates: int,
    seed: int,
    confidence: float,
) -> None:
    """Score each layer and class, in the sample and in each replicate."""
    tables = []
    for files, estimates in ((comparisons, of_items), (grams, of_stimuli)):
        groups = group_by_seed(files)
        for group, paths in tqdm(groups.items(), "retrieval", unit="network", disable=None):
            about_group = dict(zip(GROUP_COLUMNS, group, strict=True))
            found = estimates(list(paths.values()), n_replicates=n_replicates, seed=seed)
            for about, times, rows, estimate in found:
                rows = with_intervals(rows, estimate, "value", confidence, lowest=0, highest=1)
                rows = rows.assign(**about_group, **about)
                tables += [rows.assign(time=time) for time in times]
    write_table(table, pd.concat(tables)[COLUMNS], sources=[*comparisons, *grams])


def of_items(paths: list[str], **bootstrap: int) -> Estimates:
    """Audio matching and music similarity, of one network's seeds."""
    of_seeds = [list(read_comparison(path)) for path in paths]
    songs = song_names(one.items for one in of_seeds[0])
    weights = draw_weights(len(songs), **bootstrap)
    by_class = zip(*(items_by_class(sets, songs) for sets in of_seeds), strict=True)
    for items, (depth, layer, times), measure, job in product(
        by_class, of_seeds[0][0].layers(), MEASURE_NAMES, (AUDIO_MATCHING, MUSIC_SIMILARITY)
    ):
        about = {"layer": layer, "depth": depth, "job": job}
        about |= {"class": items[0].class_name, "measure": measure}
        found = retrieval_estimates(items, layer, times[0], measure, weights, job=job)
        yield about, times, *found


def of_stimuli(paths: list[str], **bootstrap: int) -> Estimates:
    """Instrument retrieval, of one network's seeds."""
    of_seeds = [read_grams(path) for path in paths]
    layers, stimuli = of_seeds[0]
    songs = song_names([stimuli])
    weights = draw_weights(len(songs), **bootstrap)
    for (depth, layer), class_name, measure in product(
        enumerate(layers), stimuli["class"].unique(), MEASURE_NAMES
    ):
        about = {"layer": layer, "depth": depth, "job": INSTRUMENT}
        about |= {"class": class_name, "measure": measure}
        found = instrument_estimates(of_seeds, layer, class_name, measure, weights)
        yield about, (KEPT,), *found


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.comparisons,
            snakemake.input.grams,
            snakemake.output.table,
            **snakemake.params.bootstrap,
        )

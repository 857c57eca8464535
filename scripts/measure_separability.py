"""Measure how far apart the classes lie in every layer of all models.

Inputs
------
grams : HDF5 files from ``compare_stimuli``, at ``…/<task>/<network>/<training>-seed<k>.h5``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``layer``, ``depth``, ``measure``
    (``silhouette`` or ``distance_ratio``), ``value`` (mean over seeds), ``ci_low``, ``ci_high``,
    ``seed_std``, ``n_seeds``, ``n_songs``, ``note`` (why something is undefined).
"""

import numpy as np
import pandas as pd
from stemlens.activations.stimuli import folds_of
from stemlens.job_log import job_log
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.notes import joined_notes, note_on_interval
from stemlens.representations.separability import (
    distance_ratio,
    distances,
    mean_over_folds,
    note_on_separability,
    silhouette,
)
from stemlens.similarity.gram_store import read_grams
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from stemlens.tables import write_table

STATISTICS = {"silhouette": (silhouette, -1, 1), "distance_ratio": (distance_ratio, 0, np.inf)}
"""Name → function, its lowest and its highest possible value."""


def main(grams: list[str], table: str, *, n_replicates: int, seed: int, confidence: float) -> None:
    """Measure each layer, in the sample and in each replicate."""
    rows = []
    for group, paths in group_by_seed(grams).items():
        of_seeds = [read_grams(path) for path in paths.values()]
        layers, stimuli = of_seeds[0]
        classes, songs = stimuli["class"].to_numpy(), stimuli["song"].to_numpy()
        folds = folds_of(stimuli)
        n_songs = stimuli["song"].nunique()
        drawn = draw_weights(n_songs, n_replicates=n_replicates, seed=seed)
        weights = np.concatenate([np.ones((1, n_songs)), drawn])
        for depth, layer in enumerate(layers):
            of_layer = [distances(of_seed[layer]) for of_seed, _ in of_seeds]
            for name, (measure, lowest, highest) in STATISTICS.items():
                values = np.stack(
                    [mean_over_folds(measure, d, classes, songs, folds, weights) for d in of_layer]
                )
                estimate = Estimate(values[:, 0], values[:, 1:].mean(axis=0), n_songs)
                columns = estimate.columns("value", confidence, lowest=lowest, highest=highest)
                rows.append(
                    {
                        **dict(zip(GROUP_COLUMNS, group, strict=True)),
                        "layer": layer,
                        "depth": depth,
                        "measure": name,
                        **columns,
                        "note": joined_notes(
                            [
                                *(
                                    note_on_separability(
                                        name, d[np.ix_(own, own)], classes[own], songs[own]
                                    )
                                    for d in of_layer
                                    for own in (folds == fold for fold in np.unique(folds))
                                ),
                                note_on_interval(n_songs, columns["value"], columns["ci_low"]),
                            ]
                        ),
                    }
                )
    write_table(table, pd.DataFrame(rows), sources=grams)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.grams, snakemake.output.table, **snakemake.params.bootstrap)

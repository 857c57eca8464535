"""Score the linear probes of all models, with intervals over songs.

Inputs
------
probes : CSV files from ``probe_layers``, at ``…/<task>/<network>/<training>-seed<k>.csv``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``layer``, ``depth``, ``class``,
    ``balanced_accuracy`` (mean over seeds; 0.5 by chance), ``ci_low``, ``ci_high``,
    ``seed_std``, ``n_seeds``, ``n_songs``, ``note`` (why something is undefined).
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.notes import joined_notes, note_on_interval
from stemlens.representations.probe_accuracy import balanced_accuracy
from stemlens.sources import demand_sources
from stemlens.statistics.bootstrap import draw_weights
from stemlens.statistics.estimate import Estimate
from stemlens.tables import read_table, write_table

COLUMNS = [
    *(*GROUP_COLUMNS, "layer", "depth", "class"),
    *("balanced_accuracy", "ci_low", "ci_high", "seed_std", "n_seeds", "n_songs", "note"),
]


def main(probes: list[str], table: str, *, n_replicates: int, seed: int, confidence: float) -> None:
    """Score each layer and class, in the sample and in each replicate."""
    rows = []
    for path in probes:
        demand_sources(path)
    for group, paths in group_by_seed(probes).items():
        of_seeds = [read_table(path) for path in paths.values()]
        for (layer, depth), first in of_seeds[0].groupby(["layer", "depth"], sort=False):
            classes = list(first["class"].unique())
            n_songs = first["song"].nunique()
            sample = np.ones((1, n_songs))
            drawn = draw_weights(n_songs, n_replicates=n_replicates, seed=seed)
            weights = np.concatenate([sample, drawn])
            scores = np.stack(
                [accuracy(of_seed[of_seed["layer"] == layer], weights) for of_seed in of_seeds]
            )
            for column, name in enumerate(classes):
                of_class = scores[:, :, column]
                estimate = Estimate(of_class[:, 0], of_class[:, 1:].mean(axis=0), n_songs)
                columns = estimate.columns("balanced_accuracy", confidence, lowest=0, highest=1)
                note = note_on_interval(n_songs, estimate.mean, columns["ci_low"])
                rows.append(
                    {
                        **dict(zip(GROUP_COLUMNS, group, strict=True)),
                        "layer": layer,
                        "depth": depth,
                        "class": name,
                        **columns,
                        "note": joined_notes([*notes(of_seeds, layer, name), note]),
                    }
                )
    write_table(table, pd.DataFrame(rows, columns=COLUMNS), sources=probes)


def notes(of_seeds: list[pd.DataFrame], layer: str, name: str) -> Iterator[str]:
    """Why the probe of a class has no prediction, seed by seed."""
    for probe in of_seeds:
        is_shown = (probe["layer"] == layer) & (probe["class"] == name)
        yield probe.loc[is_shown, "note"].fillna("").iloc[0]


def accuracy(probe: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Balanced accuracy of one layer's probe, (replicate, class)."""
    n_classes = probe["class"].nunique()
    return balanced_accuracy(
        probe["predicted"].to_numpy().reshape(-1, n_classes),
        probe["target"].to_numpy().reshape(-1, n_classes),
        probe["song"].to_numpy()[::n_classes],
        weights,
    )


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.probes, snakemake.output.table, **snakemake.params.bootstrap)

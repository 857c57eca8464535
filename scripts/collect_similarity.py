"""Join the mean similarities of all models, with their intervals.

Inputs
------
replicates : HDF5 files from ``bootstrap_similarity``, at
    ``…/<task>/<network>/<training>-seed<k>.h5``.

Outputs
-------
similarity : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``layer``, ``depth``,
    ``class_a``, ``class_b``, ``measure``, ``mean``, ``ci_low``, ``ci_high``, ``std``,
    ``n_pairs``, ``n_songs``, ``note``; the interval is over songs.
contrast : CSV, columns ``task`` to ``seed``, ``layer``, ``depth``, ``class``, ``measure``,
    ``same``, ``different``, ``contrast``, ``ci_low``, ``ci_high``, ``n_songs``, ``note``.
similarity_over_seeds, contrast_over_seeds : CSV, the same averaged over seeds, with the interval
    over songs and seeds; instead of ``seed``, ``std`` and ``n_pairs`` there are ``seed_std``
    (sample standard deviation over seeds) and ``n_seeds``.
"""

import numpy as np
import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.notes import joined_notes, note_on_interval
from stemlens.similarity.contrast import contrast
from stemlens.similarity.mean_similarity import KEYS
from stemlens.similarity.measures import MEASURES
from stemlens.similarity.replicate_store import read_replicates
from stemlens.similarity.seeds import average_tables, estimate_over_seeds
from stemlens.tables import write_table

KEYS_OF = {"similarity": KEYS, "contrast": ["layer", "depth", "class", "measure"]}
MEANS = {"similarity": ["mean"], "contrast": ["same", "different", "contrast"]}
"""What is averaged over seeds; the last is the one that has an interval."""


def main(replicates: list[str], outputs: dict[str, str], *, confidence: float) -> None:
    """Join, average over seeds, write the four tables."""
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in outputs}
    for group, path_of_seed in group_by_seed(replicates).items():
        model = dict(zip(GROUP_COLUMNS, group, strict=True))
        similarities = [read_replicates(path) for path in path_of_seed.values()]
        of_kind = {
            "similarity": similarities,
            "contrast": [contrast(*similarity) for similarity in similarities],
        }
        for kind, summaries in of_kind.items():
            *_, statistic = MEANS[kind]
            kept = [*KEYS_OF[kind], *MEANS[kind], "ci_low", "ci_high"]
            measures = [MEASURES[name] for name in summaries[0][0]["measure"]]
            lowest, highest = np.array([(each.lowest, each.highest) for each in measures]).T
            if kind == "contrast":
                lowest, highest = lowest - highest, highest - lowest
            limits = {"lowest": lowest, "highest": highest}
            for seed, summary in zip(path_of_seed, summaries, strict=True):
                estimate = estimate_over_seeds([summary], statistic)
                columns = estimate.columns(statistic, confidence, **limits)
                table = noted(summary[0].assign(**model, seed=seed, **columns), statistic)
                rest = [name for name in ("std", "n_pairs") if name in table]
                tables[kind].append(
                    table[[*GROUP_COLUMNS, "seed", *kept, *rest, "n_songs", "note"]]
                )
            average = average_tables([table for table, _ in summaries], statistics=MEANS[kind])
            estimate = estimate_over_seeds(summaries, statistic)
            columns = estimate.columns(statistic, confidence, **limits)
            average = noted(average.assign(**model, **columns), statistic)
            rest = ["n_songs", "note", "seed_std", "n_seeds"]
            tables[f"{kind}_over_seeds"].append(average[[*GROUP_COLUMNS, *kept, *rest]])
    for name, path in outputs.items():
        write_table(path, pd.concat(tables[name]))


def noted(table: pd.DataFrame, statistic: str) -> pd.DataFrame:
    """Add to the notes why a mean has no interval."""
    reasons = map(note_on_interval, table["n_songs"], table[statistic], table["ci_low"])
    notes = zip(table["note"], reasons, strict=True)
    return table.assign(note=[joined_notes(both) for both in notes])


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.replicates,
            dict(snakemake.output.items()),
            confidence=snakemake.params.confidence,
        )

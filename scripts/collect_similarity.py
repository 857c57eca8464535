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

import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import GROUP_COLUMNS, group_by_seed
from stemlens.similarity.mean_tables import KEYS_OF, KINDS, MEANS, mean_table
from stemlens.similarity.replicate_store import read_replicates
from stemlens.tables import write_table


def main(replicates: list[str], outputs: dict[str, str], *, confidence: float) -> None:
    """Join, average over seeds, write the four tables."""
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in outputs}
    for group, path_of_seed in group_by_seed(replicates).items():
        model = dict(zip(GROUP_COLUMNS, group, strict=True))
        similarities = [read_replicates(path) for path in path_of_seed.values()]
        for kind in KINDS:
            kept = [*KEYS_OF[kind], *MEANS[kind], "ci_low", "ci_high"]
            of_pairs = ["std", "n_pairs"] if kind == "similarity" else []
            for seed, similarity in zip(path_of_seed, similarities, strict=True):
                table = mean_table([similarity], kind, confidence=confidence)
                columns = [*GROUP_COLUMNS, "seed", *kept, *of_pairs, "n_songs", "note"]
                tables[kind].append(table.assign(**model, seed=seed)[columns])
            table = mean_table(similarities, kind, confidence=confidence)
            columns = [*GROUP_COLUMNS, *kept, "n_songs", "note", "seed_std", "n_seeds"]
            tables[f"{kind}_over_seeds"].append(table.assign(**model)[columns])
    for name, path in outputs.items():
        write_table(path, pd.concat(tables[name]), sources=replicates)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.replicates,
            dict(snakemake.output.items()),
            confidence=snakemake.params.confidence,
        )

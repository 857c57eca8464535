"""Count the moods that the stimuli of each class are assigned to, and join the entropies.

Inputs
------
moods : CSV files from ``assign_moods``, at ``…/<task>/<network>/<training>-seed<k>.csv``.
entropies : HDF5 files from ``assign_moods``, at ``…/<task>/<network>/<training>-seed<k>.h5``.

Outputs
-------
assigned : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``class``, ``mood``,
    ``share`` (of the stimuli of the class).
entropy : CSV, columns ``task``, ``network``, ``training``, ``class``, ``entropy_bits`` (mean over
    seeds), ``seed_std``, ``n_seeds``, ``n_songs``. It has no interval: no draw of songs holds a
    mood that the sample lacks.
"""

from dataclasses import asdict

import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import GROUP_COLUMNS, ModelName, group_by_seed
from stemlens.moods.quadrants import QUADRANTS
from stemlens.similarity.replicate_store import read_replicates
from stemlens.similarity.seeds import estimate_over_seeds
from stemlens.tables import read_table, write_table


def main(moods: list[str], entropies: list[str], assigned: str, entropy: str) -> None:
    """Count for each model, average the entropies over seeds, write both tables."""
    shares, rows = [], []
    for path in moods:
        for name, of_class in read_table(path).groupby("class", sort=False)["mood"]:
            frequencies = of_class.value_counts(normalize=True)
            for mood in QUADRANTS:
                share = {"class": name, "mood": mood, "share": frequencies.get(mood, 0.0)}
                shares.append({**asdict(ModelName.from_path(path)), **share})
    for group, paths in group_by_seed(entropies).items():
        summaries = [read_replicates(path) for path in paths.values()]
        estimates = estimate_over_seeds(summaries, "mean")
        first, _ = summaries[0]
        for row, name in enumerate(first["class_a"]):
            rows.append(
                {
                    **dict(zip(GROUP_COLUMNS, group, strict=True)),
                    "class": name,
                    "entropy_bits": estimates[row].mean,
                    "seed_std": estimates[row].seed_std,
                    "n_seeds": estimates[row].n_seeds,
                    "n_songs": estimates[row].n_songs,
                }
            )
    write_table(assigned, pd.DataFrame(shares))
    write_table(entropy, pd.DataFrame(rows))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.moods,
            snakemake.input.entropies,
            snakemake.output.assigned,
            snakemake.output.entropy,
        )

"""How far the tables of runs under other conditions lie from those of a first run.

python benchmarks/determinism.py "2 threads=results/demo" "4 threads=elsewhere/results/demo" …

prints a table in Markdown: for each run after the first, how many tables are the same byte for
byte, the median and the largest difference of its numbers, and the verdicts that differ.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from stemlens.tables import TEXT_COLUMNS, read_table

NUMBERS = {
    "similarity": "mean",
    "contrast": "contrast",
    "cka": "cka",
    "probe": "balanced_accuracy",
    "performance_over_seeds": "value",
    "invariance": "same_song",
}
"""Table → column whose differences are looked at, but for measures in `UNBOUNDED`."""

UNBOUNDED = ("mse",)
TRAININGS = ("trained", "untrained")


def differences(first: Path, other: Path, training: str) -> dict[str, tuple[float, float]]:
    """Median and largest absolute difference of the numbers of each table, of one training."""
    found = {}
    for name, column in NUMBERS.items():
        one, two = (
            of_training(read_table(folder / "tables" / f"{name}.csv"), training)
            for folder in (first, other)
        )
        assert one[one.columns.intersection(TEXT_COLUMNS).drop("note")].equals(
            two[two.columns.intersection(TEXT_COLUMNS).drop("note")]
        )
        distances = np.abs(one[column].to_numpy() - two[column].to_numpy())
        found[name] = (np.nanmedian(distances), np.nanmax(distances))
    return found


def of_training(table: pd.DataFrame, training: str) -> pd.DataFrame:
    """Rows of networks of one training, without the measures that have no bound."""
    columns = [name for name in ("training", "training_a", "training_b") if name in table]
    rows = table[(table[columns] == training).all(axis=1)]
    return rows[~rows["measure"].str.startswith(UNBOUNDED)] if "measure" in rows else rows


def verdicts(folder: Path) -> pd.Series:
    """Verdicts by hypothesis, task, network, training and measure."""
    table = read_table(folder / "tables/hypotheses.csv").fillna({"mse_measure": ""})
    keys = ["id", "task", "network", "training", "mse_measure"]
    return table.set_index(keys)["verdict"]


def main(*arguments: str) -> None:
    """Print the page."""
    runs = {name: Path(folder) for name, _, folder in (text.partition("=") for text in arguments)}
    (base, first), *others = runs.items()
    tables = sorted(path.name for path in (first / "tables").glob("*.csv"))
    known = verdicts(first)
    print(f"Compared with: {base}.\n")
    print(f"| run | training | tables alike | {' | '.join(NUMBERS)} | verdicts that differ |")
    print(f"|{'---|' * (len(NUMBERS) + 4)}")
    for name, folder in others:
        same = sum(
            (first / "tables" / table).read_bytes() == (folder / "tables" / table).read_bytes()
            for table in tables
        )
        found = verdicts(folder).reindex(known.index)
        for training in TRAININGS:
            numbers = [
                f"{middle:.1g}, {largest:.1g}" if largest else "0"
                for middle, largest in differences(first, folder, training).values()
            ]
            changed = (known != found) & (known.index.get_level_values("training") == training)
            n_all = (known.index.get_level_values("training") == training).sum()
            alike = f"{same} of {len(tables)}"
            print(
                f"| {name} | {training} | {alike} | {' | '.join(numbers)} | {changed.sum()} of"
                f" {n_all} |"
            )
    print("\n| verdict | run | there | first |\n|---|---|---|---|")
    for name, folder in others:
        found = verdicts(folder).reindex(known.index)
        for key in known.index[(known != found).to_numpy()]:
            print(f"| {' '.join(filter(None, key))} | {name} | {found[key]} | {known[key]} |")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Tabulate how each training ended, and whether the saved network is as good as its last epoch.

Inputs
------
histories : CSV files from ``train_model``, at
    ``…/<task>/<network>/<training>-seed<k>/history.csv`` or, of a corpus in folds,
    ``…/<training>-seed<k>/fold<n>/history.csv``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``fold`` (of a corpus in folds),
    ``n_epochs``, ``last_epoch_loss``, ``saved_loss``, ``last_epoch_macro_f1``, ``saved_macro_f1``,
    ``note``; see `stemlens.training.history.training_row`.
"""

from dataclasses import asdict
from pathlib import Path

import pandas as pd
from stemlens.job_log import job_log
from stemlens.model_name import ModelName
from stemlens.tables import read_table, write_table
from stemlens.training.history import training_row


def main(histories: list[str], table: str) -> None:
    """Summarise each history."""
    rows = [{**model_and_fold(path), **training_row(read_table(path))} for path in histories]
    write_table(table, pd.DataFrame(rows))


def model_and_fold(path: str) -> dict[str, object]:
    """Read the model's name and its fold, if there are folds, from the path of its history."""
    folder = Path(path).parent
    if not folder.name.startswith("fold"):
        return asdict(ModelName.from_path(folder))
    fold = int(folder.name.removeprefix("fold"))
    return {**asdict(ModelName.from_path(folder.parent)), "fold": fold}


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.histories, snakemake.output.table)

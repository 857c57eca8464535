"""Tabulate how each training ended, and whether the saved network is as good as its last epoch.

Inputs
------
histories : CSV files from ``train_model``, at
    ``…/<task>/<network>/<training>-seed<k>/history.csv``.

Outputs
-------
table : CSV, columns ``task``, ``network``, ``training``, ``seed``, ``n_epochs``,
    ``last_epoch_loss``, ``saved_loss``, ``last_epoch_macro_f1``, ``saved_macro_f1``, ``note``; see
    `stemlens.training.history.training_row`.
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
    rows = [
        {**asdict(ModelName.from_path(Path(path).parent)), **training_row(read_table(path))}
        for path in histories
    ]
    write_table(table, pd.DataFrame(rows))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.histories, snakemake.output.table)

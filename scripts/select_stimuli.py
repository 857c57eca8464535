"""Choose one segment per test song; each class alone is a stimulus.

Inputs
------
mels : HDF5 of the test split, or of both.
folds : HDF5 of the test split of each fold, of a corpus in folds.

Outputs
-------
stimuli : CSV, columns ``stimulus``, ``class``, ``song``, ``start_s``, ``row`` and ``mix`` (where
    its spectrogram stands in its split) and, of a corpus in folds, ``fold``.
"""

from collections.abc import Sequence

import pandas as pd
from stemlens.activations.stimuli import select_stimuli
from stemlens.audio.mel_store import read_attributes, read_mixes
from stemlens.audio.segment_table import read_segment_table
from stemlens.job_log import job_log
from stemlens.tables import write_table


def main(mels: dict[str, str], stimuli: str, *, selection: str, folds: Sequence[str] = ()) -> None:
    """Choose and list the stimuli; `mels` has a file for each split."""
    tables = []
    for split, path in mels.items():
        classes, _, _ = read_attributes(path)
        table = read_segment_table(path)
        table["row"] = range(len(table))
        if len(mels) > 1:
            # A song of the other split may have the same name.
            table["song"] = split + "/" + table["song"]
        tables.append(table)
    songs_of_folds = [list(read_segment_table(path)["song"].unique()) for path in folds]
    chosen = select_stimuli(
        pd.concat(tables),
        classes,
        selection=selection,
        targets=read_mixes(next(iter(mels.values()))),
        folds=songs_of_folds,
    )
    write_table(stimuli, chosen)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            dict(zip(snakemake.params.splits, snakemake.input.mels, strict=True)),
            snakemake.output.stimuli,
            selection=snakemake.params.selection,
            folds=snakemake.input.folds,
        )

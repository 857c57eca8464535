"""Choose one segment per test song; each class alone is a stimulus.

Inputs
------
mels : HDF5 of the test split, or of both.

Outputs
-------
stimuli : CSV, columns ``stimulus``, ``class``, ``song``, ``start_s``, ``row`` and ``mix`` (where
    its spectrogram stands in its split).
"""

import pandas as pd
from stemlens.activations.stimuli import select_stimuli
from stemlens.audio.mel_store import read_attributes
from stemlens.audio.segment_table import read_segment_table
from stemlens.job_log import job_log
from stemlens.tables import write_table


def main(mels: list[str], stimuli: str, *, selection: str) -> None:
    """Choose and list the stimuli."""
    classes, _, _ = read_attributes(mels[0])
    segments = pd.concat(
        table.assign(row=range(len(table))) for table in map(read_segment_table, mels)
    )
    write_table(stimuli, select_stimuli(segments, classes, selection=selection))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.mels, snakemake.output.stimuli, selection=snakemake.params.selection)

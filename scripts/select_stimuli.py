"""Choose one segment per test song; each class alone is a stimulus.

Inputs
------
mels : HDF5 of the test split.

Outputs
-------
stimuli : CSV, columns ``stimulus``, ``class``, ``song``, ``start_s``, ``row`` and ``mix`` (where
    its spectrogram stands in the test split).
"""

from stemlens.activations.stimuli import select_stimuli
from stemlens.audio.mel_store import read_attributes
from stemlens.audio.segment_table import read_segment_table
from stemlens.job_log import job_log
from stemlens.tables import write_table


def main(mels: str, stimuli: str, *, selection: str) -> None:
    """Choose and list the stimuli."""
    classes, _, _ = read_attributes(mels)
    table = select_stimuli(read_segment_table(mels), classes, selection=selection)
    write_table(stimuli, table)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(snakemake.input.mels, snakemake.output.stimuli, **snakemake.params.stimuli)

"""Write the stimuli as WAV files, for activations that are computed elsewhere.

Inputs
------
stimuli : CSV from ``select_stimuli``.
waveforms : HDF5 files from ``cut_waveforms``, of the test songs.

Outputs
-------
table : CSV, a row per stimulus: ``stimulus``, ``class``, ``song``, ``start_s``, ``file``.
folder : the files; mono, 32-bit float.
"""

from pathlib import Path

import soundfile
from stemlens.audio.waveform_store import files_by_song, waveform_batches
from stemlens.job_log import job_log
from stemlens.tables import read_table, write_table


def main(
    stimuli: str, waveforms: list[str], table: str, folder: str, *, sample_rate_hz: int
) -> None:
    """Write a file per stimulus, then the table."""
    listed = read_table(stimuli)
    batches = waveform_batches(
        files_by_song(waveforms), listed["song"], listed["mix"], batch_size=1
    )
    Path(folder).mkdir(parents=True, exist_ok=True)
    files = []
    for number, class_name, (waveform,) in zip(
        listed["stimulus"], listed["class"], batches, strict=True
    ):
        files.append(f"{Path(folder).name}/{number:04d}-{class_name}.wav")
        path = Path(table).parent / files[-1]
        soundfile.write(path, waveform, sample_rate_hz, subtype="FLOAT")
    write_table(table, listed[["stimulus", "class", "song", "start_s"]].assign(file=files))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.stimuli,
            snakemake.input.waveforms,
            snakemake.output.table,
            snakemake.output.folder,
            sample_rate_hz=snakemake.params.sample_rate_hz,
        )

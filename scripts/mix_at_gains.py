"""Mix the stems of a song's stimulus, each class at several gains, as inputs of a model.

Inputs
------
folder, table : the song's segments from ``cut_segments``; or
waveforms : HDF5 from ``cut_waveforms``, the segment of the stimulus alone; and
filters : HDF5, the mel filter bank, for spectrograms.

Outputs
-------
inputs : HDF5, see `stemlens.keeps.item_inputs`, with the columns of
    `stemlens.keeps.gained_mixes.gained_mixes` and ``song``. Of a song without a segment, none.
"""

import h5py
import numpy as np
from stemlens.activations.stimuli import choose_segments
from stemlens.audio.mel import log_mels_of_mixes
from stemlens.audio.mel_filters import read_filters
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mixes import chosen_mixes
from stemlens.audio.segment_store import read_segment
from stemlens.job_log import job_log
from stemlens.keeps.gained_mixes import gained_mixes
from stemlens.keeps.item_inputs import write_inputs
from stemlens.tables import read_table


def main(
    inputs: str,
    *,
    folder: str | None = None,
    table: str | None = None,
    filters: str | None = None,
    waveforms: str | None = None,
    song: str,
    classes: list[str],
    mixes: dict[str, int],
    gains_db: list[float],
    selection: str,
    settings: MelSettings | None = None,
) -> None:
    """Mix, and compute spectrograms where a filter bank is given."""
    items, amplitudes = gained_mixes(classes, chosen_mixes(len(classes), **mixes), gains_db)
    items = items.assign(song=song)
    if waveforms:
        with h5py.File(waveforms) as file:
            of_stimulus = list(file["waveform"][:])
    else:
        segments = read_table(table)
        chosen = choose_segments(segments[segments["kept"]], classes, selection=selection)
        of_stimulus = [read_segment(folder, number, classes)[0] for number in chosen["segment"]]
    if not of_stimulus:
        write_inputs(inputs, np.empty((0, 0), np.float32), items.iloc[:0])
        return
    (stems,) = of_stimulus
    if filters and settings:
        mixed = log_mels_of_mixes(stems, read_filters(filters), settings, amplitudes)
    else:
        mixed = amplitudes.astype(np.float32) @ stems
    write_inputs(inputs, mixed, items)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        mel, rate_hz = snakemake.params.mel, snakemake.params.sample_rate_hz
        main(
            snakemake.output.inputs,
            folder=snakemake.input.get("folder"),
            table=snakemake.input.get("table"),
            filters=snakemake.input.get("filters"),
            waveforms=snakemake.input.get("waveforms"),
            song=snakemake.params.song,
            classes=snakemake.params.classes,
            mixes=snakemake.params.mixes,
            gains_db=snakemake.params.gains_db,
            selection=snakemake.params.selection,
            settings=MelSettings.from_settings(rate_hz, mel) if mel else None,
        )

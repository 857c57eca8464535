"""Cut the segment of a song that is sent through models, at a model's sample rate.

Inputs
------
A ``.stem.mp4`` file or a folder of audio files, and
segments : CSV from ``cut_segments``.

Outputs
-------
waveforms : HDF5, see `stemlens.audio.waveform_store`: from the stems themselves, not from the
    segments, whose rate is another. Of a song without a segment, none.
"""

from typing import Any

import numpy as np
from stemlens.activations.stimuli import choose_segments
from stemlens.audio.mixes import chosen_mixes
from stemlens.audio.song_stems import named_stems
from stemlens.audio.waveform_store import write_waveforms
from stemlens.corpora.stems import read_classes
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    path: str,
    segments: str,
    waveforms: str,
    *,
    song: str,
    classes: list[dict[str, Any]],
    mixes: dict[str, int],
    unequal_stems: str,
    selection: str,
    duration_s: float,
    sample_rate_hz: int,
) -> None:
    """Choose the segment, and read the stems there."""
    table = read_table(segments)
    names = [item["name"] for item in classes]
    chosen = choose_segments(table[table["kept"]], names, selection=selection)
    n_samples = round(duration_s * sample_rate_hz)
    cut = np.zeros((len(chosen), len(names), n_samples), np.float32)
    if len(chosen):
        stems = read_classes(
            path,
            named_stems(classes),
            sample_rate_hz=sample_rate_hz,
            unequal_lengths=unequal_stems,
        )
        for segment, start_s in zip(cut, chosen["start_s"], strict=True):
            first = round(start_s * sample_rate_hz)
            found = stems[:, first : first + n_samples]
            # Rounded to samples of another rate, a song may end one sample earlier.
            segment[:, : found.shape[1]] = found
    write_waveforms(
        waveforms,
        cut,
        chosen_mixes(len(names), **mixes),
        chosen["start_s"].tolist(),
        song=song,
        classes=names,
        sample_rate_hz=sample_rate_hz,
    )


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.params.path,
            snakemake.input.segments,
            snakemake.output.waveforms,
            song=snakemake.params.label,
            classes=snakemake.params.classes,
            mixes=snakemake.params.mixes,
            unequal_stems=snakemake.params.unequal_stems,
            selection=snakemake.params.selection,
            duration_s=snakemake.params.duration_s,
            sample_rate_hz=int(snakemake.wildcards.rate),
        )

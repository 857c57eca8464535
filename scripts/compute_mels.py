"""Compute the log mel spectrograms of the mixes of a song's segments.

Inputs
------
filters : HDF5, the mel filter bank.
folder : the song's segments, ``<segment>-<class>.wav``.
table : CSV of its candidate segments.

Outputs
-------
mels : HDF5, see `stemlens.audio.mel_store`.
"""

from itertools import compress

import numpy as np
from stemlens.audio.mel import demand_signal, log_mels_of_mixes
from stemlens.audio.mel_filters import read_filters
from stemlens.audio.mel_settings import MelSettings, n_frames
from stemlens.audio.mel_store import write_mels
from stemlens.audio.mixes import chosen_mixes
from stemlens.audio.segment_columns import active_column
from stemlens.audio.segment_store import read_segment
from stemlens.job_log import job_log
from stemlens.rows import read_rows


def main(
    folder: str,
    table: str,
    filters: str,
    mels: str,
    *,
    classes: list[str],
    mixes: dict[str, int],
    target_type: str,
    settings: MelSettings,
    duration_s: float,
) -> None:
    """Compute and store the spectrograms; without kept segments the file is empty.

    Raises
    ------
    InputError
        If nothing of a mix is louder than the floor.
    """
    kept = [row for row in read_rows(table) if row["kept"] == "True"]
    seconds = ["start_s", *map(active_column, classes)]
    segments = {
        "song": [row["song"] for row in kept],
        "segment": [int(row["segment"]) for row in kept],
        **{column: [float(row[column]) for row in kept] for column in seconds},
    }
    frames = n_frames(round(duration_s * settings.sample_rate_hz), settings.hop_length)
    targets = chosen_mixes(len(classes), **mixes)
    spectrograms = np.empty((len(kept), len(targets), settings.n_mels, frames), "f4")
    filter_bank = read_filters(filters)
    for position, segment in enumerate(segments["segment"]):
        stems, _ = read_segment(folder, segment, classes)
        spectrograms[position] = log_mels_of_mixes(stems, filter_bank, settings, targets)
        for mel, plays in zip(spectrograms[position], targets, strict=True):
            names = " + ".join(compress(classes, plays))
            demand_signal(mel, settings, f"{folder}: {names} in segment {segment}")
    write_mels(
        mels,
        spectrograms,
        np.broadcast_to(targets, (len(kept), *targets.shape)),
        segments=segments,
        classes=classes,
        target_type=target_type,
        settings=settings,
    )


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        segment_params = snakemake.params.segments
        main(
            snakemake.input.folder,
            snakemake.input.table,
            snakemake.input.filters,
            snakemake.output.mels,
            classes=snakemake.params.classes,
            mixes=snakemake.params.mixes,
            target_type=snakemake.params.target_type,
            settings=MelSettings.from_settings(
                segment_params["sample_rate_hz"], snakemake.params.mel
            ),
            duration_s=segment_params["duration_s"],
        )

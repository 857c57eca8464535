"""Encode the stimuli for the explorer: their spectrograms and, if they may be heard, their sound.

Inputs
------
stimuli : CSV from ``select_stimuli``.
mels : HDF5 of the test split, or of both.
filters : HDF5 from ``compute_mel_filters``.
segments : per song, the table of its segments and the folder of their WAV files; none if the
    stimuli are not to be heard.

Outputs
-------
encoded : JSON, see `stemlens.explorer.stimuli.encode_stimuli`.
"""

from stemlens.audio.mel_filters import read_band_centres_hz
from stemlens.explorer.encoding import write_page_json
from stemlens.explorer.stimuli import encode_stimuli, segment_places, shown_stimuli
from stemlens.job_log import job_log
from stemlens.tables import read_table


def main(
    stimuli: str,
    mels: dict[str, str],
    filters: str,
    segments: dict[str, str],
    encoded: str,
    *,
    duration_s: float,
    n_songs: int,
) -> None:
    """Encode; `mels` has a file for each split, `segments` the table of each folder."""
    tables = {folder: read_table(table) for folder, table in segments.items()}
    result = encode_stimuli(
        shown_stimuli(read_table(stimuli), n_songs=n_songs),
        mels,
        segment_places(tables, several_splits=len(mels) > 1),
        band_centres_hz=read_band_centres_hz(filters),
        duration_s=duration_s,
    )
    write_page_json(encoded, result)


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.input.stimuli,
            dict(zip(snakemake.params.splits, snakemake.input.mels, strict=True)),
            snakemake.input.filters,
            dict(zip(snakemake.input.folders, snakemake.input.tables, strict=True)),
            snakemake.output.encoded,
            duration_s=snakemake.params.duration_s,
            n_songs=snakemake.params.n_songs,
        )

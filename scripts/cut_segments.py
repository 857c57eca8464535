"""Cut a song into segments in which every class plays.

Inputs
------
A ``.stem.mp4`` file or a folder of WAV files.

Outputs
-------
folder : ``<segment>-<class>.wav`` for each segment that is kept; mono, 32-bit float.
table : CSV, a row per candidate: ``song``, ``split``, ``segment``, ``start_s``,
    ``active_s_<class>``, ``kept``, ``reason``; a song that cannot be read has one, with the
    reason.
"""

import logging

import numpy as np
from stemlens.audio.segment_store import write_segments
from stemlens.audio.segments import candidate_segments, unread_song
from stemlens.audio.song_stems import stems_or_reason
from stemlens.job_log import job_log
from stemlens.rows import write_rows


def main(
    path: str,
    folder: str,
    table: str,
    *,
    song: str,
    split: str,
    classes: list[dict[str, str]],
    unequal_stems: str,
    broken_songs: str,
    sample_rate_hz: int,
    duration_s: float,
    min_active_s: float,
    activity: dict[str, float],
) -> None:
    """Read the song, decide which segments are kept, and write them."""
    names = [item["name"] for item in classes]
    stems, reason = stems_or_reason(
        path,
        [item["stem"] for item in classes],
        sample_rate_hz=sample_rate_hz,
        unequal_stems=unequal_stems,
        broken_songs=broken_songs,
    )
    if stems is None:
        stems, segments = np.empty((len(names), 0), np.float32), [unread_song(names, reason)]
    else:
        segments = candidate_segments(
            stems,
            names,
            sample_rate_hz=sample_rate_hz,
            duration_s=duration_s,
            min_active_s=min_active_s,
            activity=activity,
        )
    write_segments(
        folder, stems, names, segments, sample_rate_hz=sample_rate_hz, duration_s=duration_s
    )
    write_rows(table, [{"song": song, "split": split, **row} for row in segments])
    logging.getLogger("stemlens").info(
        "%s: %d of %d segments kept", song, sum(row["kept"] for row in segments), len(segments)
    )


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.params.path,
            snakemake.output.folder,
            snakemake.output.table,
            song=snakemake.params.song["name"],
            split=snakemake.wildcards.split,
            classes=snakemake.params.classes,
            **snakemake.params.defects,
            **snakemake.params.segments,
        )

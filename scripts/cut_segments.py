"""Cut a song into segments in which every class is active.

Inputs
------
A ``.stem.mp4`` file or a folder of audio files.

Outputs
-------
folder : ``<segment>-<class>.wav`` for each kept segment; mono, 32-bit float.
table : CSV, a row per candidate: ``song``, ``split``, ``segment``, ``start_s``,
    ``active_s_<class>``, ``kept``, ``reason``; a single row for a song that cannot be read.
"""

import logging
from typing import Any

import numpy as np
from stemlens.audio.segment_store import write_segments
from stemlens.audio.segments import (
    SegmentSettings,
    candidate_segments,
    unread_song,
    without_stems,
)
from stemlens.audio.song_stems import named_stems, stems_or_reason
from stemlens.job_log import job_log
from stemlens.rows import write_rows


def main(
    path: str,
    folder: str,
    table: str,
    *,
    song: str,
    split: str,
    classes: list[dict[str, Any]],
    unequal_stems: str,
    broken_songs: str,
    threshold_db: float,
    settings: SegmentSettings,
) -> None:
    """Read the song, and write the segments that are kept."""
    names = [item["name"] for item in classes]
    stems, reason = stems_or_reason(
        path,
        named_stems(classes),
        sample_rate_hz=settings.sample_rate_hz,
        unequal_stems=unequal_stems,
        broken_songs=broken_songs,
    )
    if stems is None:
        stems, segments = np.empty((len(names), 0), np.float32), [unread_song(names, reason)]
    else:
        (segments,) = candidate_segments(stems, names, [threshold_db], settings)
        absent = [name for name, of_class in named_stems(classes).items() if not of_class]
        segments = without_stems(segments, absent)
    write_segments(
        folder,
        stems,
        names,
        segments,
        sample_rate_hz=settings.sample_rate_hz,
        duration_s=settings.duration_s,
    )
    write_rows(table, [{"song": song, "split": split, **row} for row in segments])
    logging.getLogger("stemlens").info(
        "%s: %d of %d segments kept", song, sum(row["kept"] for row in segments), len(segments)
    )


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        segment_params = dict(snakemake.params.segments)
        activity = dict(segment_params.pop("activity"))
        threshold_db = activity.pop("threshold_db")
        main(
            snakemake.params.path,
            snakemake.output.folder,
            snakemake.output.table,
            song=snakemake.params.song["name"],
            split=snakemake.wildcards.split,
            classes=snakemake.params.classes,
            **snakemake.params.defects,
            threshold_db=threshold_db,
            settings=SegmentSettings(**segment_params, **activity),
        )

"""Count the segments of a song that are kept at several activity thresholds.

Inputs
------
A ``.stem.mp4`` file or a folder of audio files.

Outputs
-------
table : CSV, a row per threshold: ``song``, ``split``, ``threshold_db``, ``n_candidates``,
    ``n_segments``, ``reason`` (why the song cannot be read; empty if it can).
"""

from typing import Any

from stemlens.audio.segments import SegmentSettings
from stemlens.audio.song_stems import named_stems, stems_or_reason
from stemlens.audio.threshold_sweep import sweep_song, unread_sweep
from stemlens.job_log import job_log
from stemlens.tables import write_table


def main(
    path: str,
    table: str,
    *,
    song: str,
    split: str,
    classes: list[dict[str, Any]],
    thresholds_db: list[float],
    unequal_stems: str,
    broken_songs: str,
    settings: SegmentSettings,
) -> None:
    """Read the song and count its segments."""
    read, reason = stems_or_reason(
        path,
        named_stems(classes),
        sample_rate_hz=settings.sample_rate_hz,
        unequal_stems=unequal_stems,
        broken_songs=broken_songs,
    )
    if read is None:
        counts = unread_sweep(thresholds_db)
    else:
        counts = sweep_song(read, thresholds_db, settings)
    counts.insert(0, "song", song)
    counts.insert(1, "split", split)
    write_table(table, counts.assign(reason=reason))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        main(
            snakemake.params.path,
            snakemake.output.table,
            song=snakemake.params.song["name"],
            split=snakemake.wildcards.split,
            classes=snakemake.params.classes,
            **snakemake.params.defects,
            thresholds_db=snakemake.params.thresholds_db,
            settings=SegmentSettings(**snakemake.params.segments, **snakemake.params.frames),
        )

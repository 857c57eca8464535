"""Count the segments of a song that each of several activity thresholds keeps.

Inputs
------
A ``.stem.mp4`` file or a folder of WAV files.

Outputs
-------
table : CSV, a row per threshold: ``song``, ``split``, ``threshold_db``, ``n_candidates``,
    ``n_segments``, ``reason`` (why the song cannot be read; empty where it can).
"""

from stemlens.audio.song_stems import stems_or_reason
from stemlens.audio.threshold_sweep import sweep_song, unread_sweep
from stemlens.job_log import job_log
from stemlens.tables import write_table


def main(
    path: str,
    table: str,
    *,
    song: str,
    split: str,
    stems: list[str],
    thresholds_db: list[float],
    unequal_stems: str,
    broken_songs: str,
    sample_rate_hz: int,
    duration_s: float,
    min_active_s: float,
    frame_length: int,
    hop_length: int,
) -> None:
    """Read the song and count."""
    read, reason = stems_or_reason(
        path,
        stems,
        sample_rate_hz=sample_rate_hz,
        unequal_stems=unequal_stems,
        broken_songs=broken_songs,
    )
    if read is None:
        counts = unread_sweep(thresholds_db)
    else:
        counts = sweep_song(
            read,
            thresholds_db,
            sample_rate_hz=sample_rate_hz,
            duration_s=duration_s,
            min_active_s=min_active_s,
            frame_length=frame_length,
            hop_length=hop_length,
        )
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
            stems=snakemake.params.stems,
            **snakemake.params.defects,
            thresholds_db=snakemake.params.thresholds_db,
            **snakemake.params.segments,
            **snakemake.params.frames,
        )

"""Compute the log mel spectrograms of excerpts of the songs of a shard.

Inputs
------
filters : HDF5, the mel filter bank.
The songs' audio files.

Outputs
-------
mels : HDF5, see `stemlens.audio.mel_store`; an excerpt is a segment of one mix.
table : CSV, a row per song: ``song``, ``file``, ``quadrant``, ``split``, ``duration_s``,
    ``n_excerpts``, ``left_out`` (why it is not used; empty if it is).
"""

import logging

import numpy as np
import pandas as pd
from stemlens.audio.excerpts import excerpt_starts_s
from stemlens.audio.mel import demand_signal, log_mels_of_mixes
from stemlens.audio.mel_filters import read_filters
from stemlens.audio.mel_settings import MelSettings, n_frames
from stemlens.audio.mel_store import write_mels
from stemlens.corpora.recording import read_recording
from stemlens.errors import InputError, reason_without_path
from stemlens.job_log import job_log
from stemlens.moods.quadrants import QUADRANTS
from stemlens.names import MAX_QUOTED
from stemlens.tables import write_table


def main(
    songs: list[list[str]],
    files: list[str],
    filters: str,
    mels: str,
    table: str,
    *,
    split: str,
    broken_songs: str,
    per_song: int,
    position: str,
    duration_s: float,
    target_type: str,
    settings: MelSettings,
) -> None:
    """Read the songs; compute and store the spectrograms of their excerpts.

    Parameters
    ----------
    songs
        Name, path within the corpus and quadrant of each.
    files
        Path of each.

    Raises
    ------
    InputError
        After trying all songs, if some cannot be used and `broken_songs` is ``stop``.
    """
    filter_bank = read_filters(filters)
    length = round(duration_s * settings.sample_rate_hz)
    excerpts, spectrograms, records, broken = [], [], [], []
    for (name, file_in_corpus, quadrant), file in zip(songs, files, strict=True):
        record = {"song": name, "file": file_in_corpus, "quadrant": quadrant, "split": split}
        try:
            signal = read_recording(file, sample_rate_hz=settings.sample_rate_hz)
            recording_s = len(signal) / settings.sample_rate_hz
            starts_s = excerpt_starts_s(
                recording_s, duration_s=duration_s, n_excerpts=per_song, position=position
            )
            if not starts_s:
                raise InputError(
                    f"{file}: lasts {recording_s:.2f} s, shorter than an excerpt of"
                    f" {duration_s:g} s; remove it from the corpus, or set mood.broken_songs to"
                    " skip"
                )
            mels_of_song = []
            for start_s in starts_s:
                first = min(round(start_s * settings.sample_rate_hz), len(signal) - length)
                excerpt = signal[None, first : first + length]
                mels_of_song.append(log_mels_of_mixes(excerpt, filter_bank, settings))
                demand_signal(mels_of_song[-1][0], settings, f"{file} from {start_s:.2f} s on")
        except InputError as error:
            logging.getLogger("stemlens").warning("cannot be used: %s", error)
            broken.append(str(error))
            reason = reason_without_path(error, file)
            records.append({**record, "n_excerpts": 0, "left_out": reason})
            continue
        spectrograms += mels_of_song
        for number, start_s in enumerate(starts_s):
            excerpts.append(
                {"song": name, "segment": number, "start_s": start_s, "quadrant": quadrant}
            )
        records.append({**record, "duration_s": recording_s, "n_excerpts": len(starts_s)})
    if broken and broken_songs == "stop":
        raise InputError(
            f"{len(broken)} of {len(songs)} songs cannot be used (the log names each):"
            f" {'; '.join(broken[:MAX_QUOTED])}"
        )
    segments = pd.DataFrame(excerpts, columns=["song", "segment", "start_s", "quadrant"])
    shape = (0, 1, settings.n_mels, n_frames(length, settings.hop_length))
    targets = np.array(QUADRANTS) == segments["quadrant"].to_numpy()[:, None]
    write_mels(
        mels,
        np.stack(spectrograms) if spectrograms else np.empty(shape, np.float32),
        targets[:, None].astype(np.uint8),
        segments=segments,
        classes=QUADRANTS,
        target_type=target_type,
        settings=settings,
    )
    columns = ["song", "file", "quadrant", "split", "duration_s", "n_excerpts", "left_out"]
    write_table(table, pd.DataFrame(records, columns=columns))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        segment_params = snakemake.params.segments
        main(
            snakemake.params.songs,
            snakemake.params.files,
            snakemake.input.filters,
            snakemake.output.mels,
            snakemake.output.table,
            split=snakemake.wildcards.split,
            broken_songs=snakemake.params.broken_songs,
            duration_s=segment_params["duration_s"],
            target_type=snakemake.params.target_type,
            settings=MelSettings.from_settings(
                segment_params["sample_rate_hz"], snakemake.params.mel
            ),
            **snakemake.params.excerpts,
        )

"""The stimuli as the explorer shows them: their song, spectrogram and sound."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import soundfile

from stemlens.audio.mel_store import spectrogram_batches
from stemlens.audio.segment_store import segment_file
from stemlens.explorer.encoding import mp3, webp


def shown_stimuli(stimuli: pd.DataFrame, *, n_songs: int) -> pd.DataFrame:
    """Stimuli of the first songs, by name, as many as the explorer shows; the index says which."""
    songs = sorted(stimuli["song"].unique())[:n_songs]
    return stimuli[stimuli["song"].isin(songs)]


def encode_stimuli(
    stimuli: pd.DataFrame,
    mels: Mapping[str, str | Path],
    segments: Mapping[tuple[str, float], tuple[Path, int]],
    *,
    band_centres_hz: np.ndarray,
    duration_s: float,
) -> dict[str, Any]:
    """Encode every stimulus.

    Parameters
    ----------
    stimuli
        Those that are shown: `shown_stimuli` of what `select_stimuli` returns.
    mels
        Split → its file of spectrograms. With several, songs are called ``<split>/<song>``.
    segments
        Song and start in s → the folder of the song's segments and the number of the segment;
        empty for stimuli that are not to be heard.

    Returns
    -------
    dict
        ``duration_s``; ``band_centres_hz``; ``level_db``, the lowest and highest level of the
        spectrograms; and ``stimuli``, each with its ``class``, ``song``, ``start_s``, ``fold``
        (None without folds), ``spectrogram`` and ``audio`` (None where it is not to be heard).
    """
    spectrograms = np.stack([_spectrogram(row, mels) for row in stimuli.itertuples(index=False)])
    low, high = float(spectrograms.min()), float(spectrograms.max())
    entries = []
    for row, spectrogram in zip(stimuli.to_dict("records"), spectrograms, strict=True):
        entries.append(
            {
                "class": row["class"],
                "song": row["song"],
                "start_s": row["start_s"],
                "fold": row.get("fold"),
                "spectrogram": webp(spectrogram[None], low, high),
                "audio": _audio(row, segments) if segments else None,
            }
        )
    return {
        "duration_s": duration_s,
        "band_centres_hz": np.round(band_centres_hz, 3).tolist(),
        "level_db": [low, high],
        "stimuli": entries,
    }


def segment_places(
    tables: Mapping[str, pd.DataFrame], *, several_splits: bool
) -> dict[tuple[str, float], tuple[Path, int]]:
    """Find where the segments of songs lie.

    Parameters
    ----------
    tables
        Folder of a song's segments → the table of its candidates.
    several_splits
        Whether songs are called ``<split>/<song>``.
    """
    places = {}
    for folder, table in tables.items():
        for row in table[table["kept"]].itertuples(index=False):
            song = f"{row.split}/{row.song}" if several_splits else row.song
            places[song, float(row.start_s)] = Path(folder), int(row.segment)
    return places


def _spectrogram(row: Any, mels: Mapping[str, str | Path]) -> np.ndarray:
    split = row.song.split("/")[0] if len(mels) > 1 else next(iter(mels))
    return next(spectrogram_batches(mels[split], [row.row], [row.mix], batch_size=1))[0]


def _audio(row: Mapping[str, Any], segments: Mapping[tuple[str, float], tuple[Path, int]]) -> str:
    folder, segment = segments[row["song"], float(row["start_s"])]
    signal, sample_rate_hz = soundfile.read(folder / segment_file(segment, row["class"]))
    return mp3(signal, sample_rate_hz)

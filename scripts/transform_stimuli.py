"""Transform the stimuli of a song, as inputs of models.

Inputs
------
A ``.stem.mp4`` file or a folder of audio files;
segments : CSV from ``cut_segments``; and
filters : HDF5, the mel filter bank, if models take spectrograms.

Outputs
-------
inputs : HDF5, see `stemlens.keeps.item_inputs`: log-mel spectrograms or waveforms, with columns
    ``class``, ``song``, ``transformation`` and ``strength``, see `stemlens.keeps.transformed`. Of a
    song without a segment, none.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import soxr
from stemlens.audio.mel import log_mels_of_mixes
from stemlens.audio.mel_filters import read_filters
from stemlens.audio.mel_settings import MelSettings, n_frames
from stemlens.audio.song_stems import named_stems
from stemlens.audio.transformation_units import LEFT_CHANNEL
from stemlens.corpora.stems import read_classes
from stemlens.job_log import job_log
from stemlens.keeps.item_inputs import write_inputs
from stemlens.keeps.transformed import SongSegments, item_signals, list_items, two_segments
from stemlens.tables import read_table


def main(
    path: str,
    segments: str,
    inputs: str,
    *,
    song: str,
    classes: list[dict[str, Any]],
    unequal_stems: str,
    selection: str,
    duration_s: float,
    transformations: Mapping[str, Sequence[float | bool]],
    transformed_at_hz: int,
    seed: int,
    sample_rate_hz: int,
    filters: str | None = None,
    settings: MelSettings | None = None,
) -> None:
    """Choose one or two segments, read the stems there, transform them and resample.

    Inputs are waveforms at `sample_rate_hz` or, with `filters` and `settings`, spectrograms of
    them.
    """
    table = read_table(segments)
    names = [item["name"] for item in classes]
    chosen = two_segments(table[table["kept"]], names, selection=selection)
    items = list_items(song, names, transformations, has_other=len(chosen) > 1)
    items = items if len(chosen) else items.iloc[:0]
    n_samples = round(duration_s * sample_rate_hz)
    shape: tuple[int, ...] = (n_samples,)
    if settings:
        shape = (settings.n_mels, n_frames(n_samples, settings.hop_length))
    made = np.empty((len(items), *shape), np.float32)
    if len(items):
        cuts = {}
        for channels in ("mean", "left") if transformations.get(LEFT_CHANNEL) else ("mean",):
            stems = read_classes(
                path,
                named_stems(classes),
                sample_rate_hz=transformed_at_hz,
                unequal_lengths=unequal_stems,
                channels=channels,
            )
            cuts[channels] = [
                _cut(stems, start_s, duration_s, transformed_at_hz) for start_s in chosen["start_s"]
            ]
        stimulus, *others = cuts["mean"]
        of_song = SongSegments(
            stimulus,
            left=cuts["left"][0] if "left" in cuts else None,
            other=others[0] if others else None,
        )
        filter_bank = read_filters(filters) if filters else None
        signals = item_signals(items, of_song, names, sample_rate_hz=transformed_at_hz, seed=seed)
        for row, signal in zip(made, signals, strict=True):
            waveform = _resampled(signal, transformed_at_hz, sample_rate_hz, n_samples)
            if filter_bank is None or settings is None:
                row[:] = waveform
            else:
                row[:] = log_mels_of_mixes(waveform[np.newaxis], filter_bank, settings)[0]
    write_inputs(inputs, made, items)


def _cut(stems: np.ndarray, start_s: float, duration_s: float, rate_hz: int) -> np.ndarray:
    """Cut a segment, float32 (class, sample)."""
    first, n_samples = round(start_s * rate_hz), round(duration_s * rate_hz)
    found = stems[:, first : first + n_samples]
    # Rounded to samples of another rate, a song may end one sample earlier.
    return np.pad(found, [(0, 0), (0, n_samples - found.shape[1])])


def _resampled(signal: np.ndarray, from_hz: int, to_hz: int, n_samples: int) -> np.ndarray:
    if from_hz == to_hz:
        return signal
    found = soxr.resample(signal, from_hz, to_hz, "HQ")[:n_samples]
    return np.pad(found, (0, n_samples - len(found)))


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        mel, rate_hz = snakemake.params.mel, snakemake.params.sample_rate_hz
        main(
            snakemake.params.path,
            snakemake.input.segments,
            snakemake.output.inputs,
            song=snakemake.params.label,
            classes=snakemake.params.classes,
            unequal_stems=snakemake.params.unequal_stems,
            selection=snakemake.params.selection,
            duration_s=snakemake.params.duration_s,
            transformations=snakemake.params.transformations,
            transformed_at_hz=snakemake.params.transformed_at_hz,
            seed=snakemake.params.seed,
            sample_rate_hz=rate_hz,
            filters=snakemake.input.get("filters"),
            settings=MelSettings.from_settings(rate_hz, mel) if mel else None,
        )

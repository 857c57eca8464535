"""A song's stems as mono signals, from a ``.stem.mp4`` file or a folder of WAV files."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import soundfile

from stemlens.corpora.musdb_facts import stem_ids
from stemlens.corpora.signals import Signal, decoded_blocks, demand_samples, resample
from stemlens.errors import InputError

MAX_LENGTH_DIFFERENCE_S = 0.1
"""Stems of a song that differ by no more are padded with silence at the end (encoders pad)."""


def read_stems(path: str | Path, stems: Sequence[str], *, sample_rate_hz: int) -> np.ndarray:
    """Read stems, average their channels and resample them.

    Parameters
    ----------
    path
        A ``.stem.mp4`` file, or a folder that holds ``<stem>.wav``.
    stems
        Names of the stems, in the order wanted.
    sample_rate_hz
        Rate of the result; each stem is resampled to it (soxr, high quality).

    Returns
    -------
    ndarray, float32, shape (stem, sample)
        Full scale is ±1; overshoots are kept.

    Raises
    ------
    InputError
        If the file is damaged or incomplete, a stem is missing or empty, a sample is not a
        finite number, or stems differ in length by more than `MAX_LENGTH_DIFFERENCE_S`.
    """
    path = Path(path)
    signals = _read_wav_folder(path, stems) if path.is_dir() else _read_stem_file(path, stems)
    for signal in signals:
        demand_samples(signal)
    durations_s = [signal.samples.size / signal.sample_rate_hz for signal in signals]
    if max(durations_s) - min(durations_s) > MAX_LENGTH_DIFFERENCE_S:
        found = ", ".join(f"{s} {d:.2f} s" for s, d in zip(stems, durations_s, strict=True))
        raise InputError(
            f"{path}: the stems differ in length ({found}); expected at most"
            f" {MAX_LENGTH_DIFFERENCE_S} s: one is cut off or belongs to another song"
        )
    resampled = [resample(signal, sample_rate_hz) for signal in signals]
    result = np.zeros((len(stems), max(map(len, resampled))), dtype=np.float32)
    for row, samples in zip(result, resampled, strict=True):
        row[: len(samples)] = samples
    return result


def _read_wav_folder(folder: Path, stems: Sequence[str]) -> list[Signal]:
    missing = [f"{stem}.wav" for stem in stems if not (folder / f"{stem}.wav").is_file()]
    if missing:
        raise InputError(
            f"{folder}: {', '.join(missing)} is missing; expected one WAV file per stem"
            f" ({', '.join(stems)}): copy the song again or change corpus.classes"
        )
    signals = []
    for stem in stems:
        file = folder / f"{stem}.wav"
        try:
            samples, sample_rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{file}: cannot be read as WAV ({error}); copy it again") from error
        signals.append(Signal(samples.mean(axis=1), sample_rate_hz, str(file)))
    return signals


def _read_stem_file(path: Path, stems: Sequence[str]) -> list[Signal]:
    ids = stem_ids()
    unknown = [stem for stem in stems if stem not in ids]
    if unknown:
        raise InputError(
            f"corpus.classes: a .stem.mp4 file has no stem {', '.join(unknown)};"
            f" expected one of {', '.join(ids)}"
        )
    try:
        with av.open(str(path)) as container:
            n_streams = len(container.streams.audio)
            if n_streams != len(ids):
                raise InputError(
                    f"{path}: has {n_streams} audio streams, expected {len(ids)}"
                    f" ({', '.join(ids)}); it is no MUSDB18 stem file: take it out of the corpus"
                )
            return _decode(container, {stem: ids[stem] for stem in stems}, path)
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be decoded ({error.strerror}); it is damaged or incomplete:"
            " copy it again"
        ) from error


def _decode(
    container: av.container.InputContainer, ids: dict[str, int], path: Path
) -> list[Signal]:
    streams = {stem: container.streams.audio[number] for stem, number in ids.items()}
    chosen = tuple(dict.fromkeys(streams.values()))
    blocks: dict[int, list[np.ndarray]] = {stream.index: [] for stream in chosen}
    resamplers = {stream.index: av.AudioResampler(format="fltp") for stream in chosen}
    for packet in container.demux(chosen):
        number = packet.stream.index
        blocks[number] += decoded_blocks(packet, resamplers[number])
    signals = []
    for stem, stream in streams.items():
        samples = np.concatenate(blocks[stream.index] or [np.zeros(0, np.float32)])
        expected_s = float((stream.duration or 0) * (stream.time_base or 0))
        found_s = len(samples) / stream.rate
        if expected_s - found_s > MAX_LENGTH_DIFFERENCE_S:
            raise InputError(
                f"{path}: stem {stem} ends after {found_s:.2f} s, its header says"
                f" {expected_s:.2f} s; the file is damaged or incomplete: copy it again"
            )
        signals.append(Signal(samples, stream.rate, f"{path}, stem {stem}"))
    return signals

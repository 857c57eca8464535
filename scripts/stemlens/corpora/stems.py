"""A song's stems as mono signals, from a ``.stem.mp4`` file or a folder of WAV files."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import soundfile

from stemlens.corpora.musdb_facts import stem_ids
from stemlens.corpora.signals import MonoSignal, PacketDecoder
from stemlens.corpora.songs import wav_files
from stemlens.errors import InputError
from stemlens.names import nfc

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
    read = _read_wav_folder if path.is_dir() else _read_stem_file
    signals = read(path, stems, sample_rate_hz)
    lengths = [signal.finish() for signal in signals]
    durations_s = [signal.duration_s for signal in signals]
    if max(durations_s) - min(durations_s) > MAX_LENGTH_DIFFERENCE_S:
        found = ", ".join(f"{s} {d:.2f} s" for s, d in zip(stems, durations_s, strict=True))
        raise InputError(
            f"{path}: the stems differ in length ({found}); expected at most"
            f" {MAX_LENGTH_DIFFERENCE_S} s: one is cut off or belongs to another song"
        )
    result = np.zeros((len(stems), max(lengths)), dtype=np.float32)
    for row, length, signal in zip(result, lengths, signals, strict=True):
        signal.write_to(row[:length])
    return result


def _read_wav_folder(folder: Path, stems: Sequence[str], sample_rate_hz: int) -> list[MonoSignal]:
    files = wav_files(folder)
    missing = [f"{stem}.wav" for stem in stems if nfc(stem) not in files]
    if missing:
        raise InputError(
            f"{folder}: {', '.join(missing)} is missing; expected one WAV file per stem"
            f" ({', '.join(stems)}): copy the song again or change corpus.classes"
        )
    signals = []
    for stem in stems:
        file = files[nfc(stem)]
        try:
            samples, found_rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{file}: cannot be read as WAV ({error}); copy it again") from error
        signal = MonoSignal(str(file), found_rate_hz=found_rate_hz, sample_rate_hz=sample_rate_hz)
        signal.add(samples.T)
        signals.append(signal)
    return signals


def _read_stem_file(path: Path, stems: Sequence[str], sample_rate_hz: int) -> list[MonoSignal]:
    ids = stem_ids()
    unknown = [stem for stem in stems if stem not in ids]
    if unknown:
        raise InputError(
            f"corpus.classes: a .stem.mp4 file has no stem {', '.join(unknown)};"
            f" expected one of {', '.join(ids)}"
        )
    try:
        # Without the protocol, FFmpeg takes the start of "12:30 set/a.stem.mp4" for one.
        with av.open(f"file:{path}") as container:
            n_streams = len(container.streams.audio)
            if n_streams != len(ids):
                raise InputError(
                    f"{path}: has {n_streams} audio streams, expected {len(ids)}"
                    f" ({', '.join(ids)}); it is no MUSDB18 stem file: take it out of the corpus"
                )
            return _decode(container, {stem: ids[stem] for stem in stems}, path, sample_rate_hz)
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be decoded ({error.strerror}); it is damaged or incomplete:"
            " copy it again"
        ) from error


def _decode(
    container: av.container.InputContainer, ids: dict[str, int], path: Path, sample_rate_hz: int
) -> list[MonoSignal]:
    streams = {stem: container.streams.audio[number] for stem, number in ids.items()}
    decoders = {
        stream.index: PacketDecoder(
            MonoSignal(
                f"{path}, stem {stem}", found_rate_hz=stream.rate, sample_rate_hz=sample_rate_hz
            )
        )
        for stem, stream in streams.items()
    }
    # Two classes may share a stem.
    for packet in container.demux(tuple(dict.fromkeys(streams.values()))):
        decoders[packet.stream.index].decode(packet)
    for decoder in decoders.values():
        decoder.flush()
    for stem, stream in streams.items():
        found_s = decoders[stream.index].signal.duration_s
        expected_s = float((stream.duration or 0) * (stream.time_base or 0))
        if expected_s - found_s > MAX_LENGTH_DIFFERENCE_S:
            raise InputError(
                f"{path}: stem {stem} ends after {found_s:.2f} s, its header says"
                f" {expected_s:.2f} s; the file is damaged or incomplete: copy it again"
            )
    return [decoders[stream.index].signal for stream in streams.values()]

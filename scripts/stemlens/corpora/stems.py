"""Reading a song's stems as mono signals, from a ``.stem.mp4`` file or a folder of audio files."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import av
import numpy as np
import soundfile

from stemlens.corpora.audio_container import open_audio
from stemlens.corpora.musdb_facts import stem_ids
from stemlens.corpora.signals import (
    SAMPLES_AT_ONCE,
    FormatChangeError,
    MonoSignal,
    PacketDecoder,
    check_packets,
    rate_hz_of,
)
from stemlens.corpora.songs import WAV_SUFFIX, wav_files
from stemlens.corpora.stated_length import stated_s
from stemlens.corpora.stem_titles import streams_of_stems
from stemlens.errors import InputError
from stemlens.given_paths import is_file
from stemlens.names import nfc

MAX_LENGTH_DIFFERENCE_S = 0.1
"""Stems that differ by less, as encoders pad, are padded with silence at the end."""

logger = logging.getLogger(__name__)

NewSignal = Callable[..., MonoSignal]
"""`MonoSignal` with all but its ``source`` and ``found_rate_hz``."""


def read_stems(
    path: str | Path, stems: Sequence[str], *, sample_rate_hz: int, unequal_lengths: str = "error"
) -> np.ndarray:
    """Read stems, average their channels and resample them: `read_classes` of one stem each."""
    distinct = list(dict.fromkeys(stems))
    read = read_classes(
        path,
        {stem: [stem] for stem in distinct},
        sample_rate_hz=sample_rate_hz,
        unequal_lengths=unequal_lengths,
    )
    return read if len(distinct) == len(stems) else read[[distinct.index(s) for s in stems]]


def read_classes(
    path: str | Path,
    classes: Mapping[str, Sequence[str]],
    *,
    sample_rate_hz: int,
    unequal_lengths: str = "error",
    channels: str = "mean",
) -> np.ndarray:
    """Read the stems of each class, average their channels, resample them and add them up.

    Parameters
    ----------
    path
        A ``.stem.mp4`` file, or a folder.
    classes
        Class, in the order of the result → names of its stems: streams of a ``.stem.mp4``; in a
        folder, files of any format, or names of WAV files without suffix. A class without stems is
        silent. In a ``.stem.mp4``, titles of its streams take precedence over their order; a stream
        that starts late is preceded by silence.
    sample_rate_hz
        Rate of the result; each stem is resampled to it (soxr, high quality).
    unequal_lengths
        What to do where classes end more than `MAX_LENGTH_DIFFERENCE_S` apart: ``error`` raises,
        ``pad`` pads them with silence to the longest, ``trim`` cuts them to the shortest. Within a
        class, stems are always padded.
    channels
        ``left``: the left channel of each stem instead of their ``mean``; the only one of a mono
        stem.

    Returns
    -------
    ndarray, float32, shape (class, sample)
        Full scale is ±1; overshoots are kept.

    Raises
    ------
    InputError
        If a file is damaged or incomplete, a stem is missing or empty, titles of streams are
        inconsistent, a sample is not a finite number or far beyond full scale, or classes differ in
        length and `unequal_lengths` is ``error``.
    """
    path = Path(path)
    stems = list(dict.fromkeys(stem for of_class in classes.values() for stem in of_class))
    if not stems:
        raise InputError(f"{path}: has no stem of any class; expected at least one")
    read = _read_folder if path.is_dir() else _read_stem_file
    sums = {name: np.zeros(0, np.float32) for name, of_class in classes.items() if of_class}
    ends_s = dict.fromkeys(sums, 0.0)
    new_signal = partial(MonoSignal, sample_rate_hz=sample_rate_hz, channels=channels)
    for stem, start_s, signal in read(path, stems, new_signal):
        first = round(start_s * sample_rate_hz)
        samples = np.zeros(first + signal.finish(), np.float32)
        signal.write_to(samples[first:])
        for name, of_class in classes.items():
            if stem in of_class:
                sums[name] = _added(sums[name], samples)
                ends_s[name] = max(ends_s[name], start_s + signal.duration_s)
    _demand_equal_lengths(path, ends_s, unequal_lengths)
    lengths = [samples.size for samples in sums.values()]
    result = np.zeros((len(classes), max(lengths)), np.float32)
    for row, name in zip(result, classes, strict=True):
        if name in sums:
            row[: sums[name].size] = sums[name]
    return result[:, : min(lengths)] if unequal_lengths == "trim" else result


def _added(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Add signals that start together; neither is changed."""
    if not first.size:
        return second
    long, short = (first, second) if first.size >= second.size else (second, first)
    total = long.copy()
    total[: short.size] += short
    return total


def _demand_equal_lengths(path: Path, ends_s: Mapping[str, float], unequal_lengths: str) -> None:
    if max(ends_s.values()) - min(ends_s.values()) <= MAX_LENGTH_DIFFERENCE_S:
        return
    found = ", ".join(f"{name} {end:.2f} s" for name, end in ends_s.items())
    difference = f"{path}: the stems differ in length ({found})"
    if unequal_lengths == "error":
        raise InputError(
            f"{difference}; expected at most {MAX_LENGTH_DIFFERENCE_S} s: one is cut off or"
            " belongs to another song, or set corpus.unequal_stems to pad or trim"
        )
    action = {"pad": "padded with silence to the longest", "trim": "cut to the shortest"}
    logger.warning("%s: %s", difference, action[unequal_lengths])


def _read_folder(
    folder: Path, stems: Sequence[str], new_signal: NewSignal
) -> Iterator[tuple[str, float, MonoSignal]]:
    """Name, start in s and signal of each stem; one file is read at a time."""
    files = {stem: folder / stem for stem in stems if is_file(folder / stem)}
    if len(files) < len(stems):
        of_stem = wav_files(folder)
        files |= {stem: of_stem[nfc(stem)] for stem in stems if nfc(stem) in of_stem}
    # The name of a file has its suffix.
    missing = [stem if Path(stem).suffix else f"{stem}.wav" for stem in stems if stem not in files]
    if missing:
        raise InputError(
            f"{folder}: {', '.join(missing)} is missing; expected one WAV file per stem"
            f" ({', '.join(stems)}): copy the song again or change corpus.classes"
        )
    for stem in stems:
        yield stem, 0.0, _read_file(files[stem], new_signal)


def _read_file(file: Path, new_signal: NewSignal) -> MonoSignal:
    try:
        # Neither library reports the original length of a file that was cut off.
        with open_audio(file) as container:
            audio = container.streams.audio
            if len(audio) != 1:
                raise InputError(
                    f"{file}: has {len(audio)} audio streams; expected one, a stem: take it apart,"
                    " or remove it from the corpus"
                )
            expected_s = stated_s(container, audio[0], file)
            if file.suffix.lower() != WAV_SUFFIX and not _is_read_by_libsndfile(file):
                signal = _decode(container, {"": audio[0]}, file, new_signal)[""]
            else:
                signal = _read_with_libsndfile(file, new_signal)
    except FormatChangeError as error:
        raise _format_change(file, error) from error
    except soundfile.LibsndfileError as error:
        raise _unreadable(file, error.error_string) from error
    except av.FFmpegError as error:
        raise _unreadable(file, error.strerror) from error
    _demand_whole(str(file), signal.duration_s, expected_s or 0.0)
    return signal


class _FromStartToEnd(soundfile.SoundFile):
    def seekable(self) -> bool:
        # soundfile seeks after every block, with which MP3 loses what overlaps.
        return False


def _read_with_libsndfile(file: Path, new_signal: NewSignal) -> MonoSignal:
    with _FromStartToEnd(file) as sound:
        signal = new_signal(str(file), found_rate_hz=sound.samplerate)
        signal.demand_channels(sound.channels)
        # Block by block, since a header may state any length; not beyond it, where tags may follow.
        while n_left := min(SAMPLES_AT_ONCE, sound.frames - signal.n_samples):
            block = sound.read(n_left, dtype="float32", always_2d=True)
            if not len(block):
                break
            signal.add(block.T)
    return signal


def _is_read_by_libsndfile(file: Path) -> bool:
    try:
        soundfile.info(file)
    except soundfile.LibsndfileError:
        return False
    return True


def _unreadable(file: Path, reason: str | None) -> InputError:
    kind = "WAV" if file.suffix.lower() == WAV_SUFFIX else "audio"
    return InputError(
        f"{file}: cannot be read as {kind} ({(reason or 'unknown reason').strip()}); it is damaged"
        " or not audio: copy it again, or remove it from the corpus"
    )


def _read_stem_file(
    path: Path, stems: Sequence[str], new_signal: NewSignal
) -> Iterator[tuple[str, float, MonoSignal]]:
    """Name, start in s and signal of each stem; all are decoded together."""
    ids = stem_ids()
    unknown = [stem for stem in stems if stem not in ids]
    if unknown:
        raise InputError(
            f"corpus.classes: a .stem.mp4 file has no stem {', '.join(unknown)};"
            f" expected one of {', '.join(ids)}"
        )
    try:
        with open_audio(path) as container:
            audio = container.streams.audio
            if len(audio) != len(ids):
                raise InputError(
                    f"{path}: has {len(audio)} audio streams, expected {len(ids)}"
                    f" ({', '.join(ids)}); it is not a MUSDB18 stem file: remove it from the corpus"
                )
            number_of = streams_of_stems([stream.metadata for stream in audio], ids, path)
            streams = {stem: audio[number_of(stem)] for stem in stems}
            song_start_s = min(_start_s(stream) for stream in audio)
            starts_s = {stem: _start_s(stream) - song_start_s for stem, stream in streams.items()}
            signal_of = _decode(container, streams, path, new_signal)
            for stem, stream in streams.items():
                expected_s = float((stream.duration or 0) * (stream.time_base or 0))
                _demand_whole(f"{path}: stem {stem}", signal_of[stem].duration_s, expected_s)
    except FormatChangeError as error:
        raise _format_change(path, error) from error
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be decoded ({error.strerror}); it is damaged or incomplete:"
            " copy it again"
        ) from error
    for stem in stems:
        yield stem, starts_s[stem], signal_of[stem]


def _decode(
    container: av.container.InputContainer,
    streams: Mapping[str, av.AudioStream],
    path: Path,
    new_signal: NewSignal,
) -> dict[str, MonoSignal]:
    for stem, stream in streams.items():
        if not rate_hz_of(stream):
            raise InputError(
                f"{path}{f', stem {stem}' if stem else ''}: holds no audio that can be"
                " decoded; expected a codec that FFmpeg knows: convert it, or remove it from the"
                " corpus"
            )
        check_packets(stream)
    decoders = {
        stream.index: PacketDecoder(
            new_signal(f"{path}, stem {stem}" if stem else str(path), found_rate_hz=stream.rate)
        )
        for stem, stream in streams.items()
    }
    for packet in container.demux(tuple(streams.values())):
        decoders[packet.stream.index].decode(packet)
    for decoder in decoders.values():
        decoder.flush()
    return {stem: decoders[stream.index].signal for stem, stream in streams.items()}


def _format_change(path: Path, error: FormatChangeError) -> InputError:
    return InputError(
        f"{path}: its sample rate or channels change within a stem ({error}); expected one"
        " format: copy it again, or remove it from the corpus"
    )


def _start_s(stream: av.AudioStream) -> float:
    return float((stream.start_time or 0) * (stream.time_base or 0))


def _demand_whole(source: str, found_s: float, expected_s: float) -> None:
    if expected_s - found_s > MAX_LENGTH_DIFFERENCE_S:
        raise InputError(
            f"{source} ends after {found_s:.2f} s, its header says {expected_s:.2f} s; the file is"
            " damaged or incomplete: copy it again"
        )

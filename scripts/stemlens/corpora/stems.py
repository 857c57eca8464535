"""Reading a song's stems as mono signals, from a ``.stem.mp4`` file or a folder of audio files."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import av
import numpy as np
import soundfile

from stemlens.corpora.musdb_facts import stem_ids
from stemlens.corpora.signals import FormatChangeError, MonoSignal, PacketDecoder
from stemlens.corpora.songs import wav_files
from stemlens.corpora.stated_length import stated_s
from stemlens.corpora.stem_titles import streams_of_stems
from stemlens.errors import InputError
from stemlens.names import nfc

MAX_LENGTH_DIFFERENCE_S = 0.1
"""Stems that differ by less, as encoders pad, are padded with silence at the end."""

logger = logging.getLogger(__name__)


def read_stems(
    path: str | Path, stems: Sequence[str], *, sample_rate_hz: int, unequal_lengths: str = "error"
) -> np.ndarray:
    """Read stems, average their channels and resample them: `read_classes` of one stem each."""
    return read_classes(
        path,
        [(stem, [stem]) for stem in stems],
        sample_rate_hz=sample_rate_hz,
        unequal_lengths=unequal_lengths,
    )


def read_classes(
    path: str | Path,
    classes: Sequence[tuple[str, Sequence[str]]],
    *,
    sample_rate_hz: int,
    unequal_lengths: str = "error",
) -> np.ndarray:
    """Read the stems of each class, average their channels, resample them and add them up.

    Parameters
    ----------
    path
        A ``.stem.mp4`` file, or a folder.
    classes
        Name of each class, in the order of the result, and the names of its stems: streams of a
        ``.stem.mp4``; in a folder, files of any format, or the names of WAV files without suffix.
        A class without stems is silent. In a ``.stem.mp4``, titles of its streams take precedence
        over their order; a stream that starts late is preceded by silence.
    sample_rate_hz
        Rate of the result; each stem is resampled to it (soxr, high quality).
    unequal_lengths
        What to do where classes end more than `MAX_LENGTH_DIFFERENCE_S` apart: ``error`` raises,
        ``pad`` pads them with silence to the longest, ``trim`` cuts them to the shortest. Within a
        class, stems are always padded.

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
    stems = list(dict.fromkeys(stem for _, names in classes for stem in names))
    if not stems:
        raise InputError(f"{path}: has no stem of any class; expected at least one")
    read = _read_folder if path.is_dir() else _read_stem_file
    starts_s, signals = read(path, stems, sample_rate_hz)
    lengths = [signal.finish() for signal in signals]
    ends_s = {
        stem: start + signal.duration_s
        for stem, start, signal in zip(stems, starts_s, signals, strict=True)
    }
    firsts = {
        stem: round(start * sample_rate_hz) for stem, start in zip(stems, starts_s, strict=True)
    }
    ends = {stem: firsts[stem] + length for stem, length in zip(stems, lengths, strict=True)}
    heard = [(name, names) for name, names in classes if names]
    class_ends_s = [(name, max(ends_s[stem] for stem in names)) for name, names in heard]
    _demand_equal_lengths(path, class_ends_s, unequal_lengths)
    class_ends = [max(ends[stem] for stem in names) for _, names in heard]
    result = np.zeros((len(classes), max(class_ends)), dtype=np.float32)
    signal_of = dict(zip(stems, signals, strict=True))
    for row, (_, names) in zip(result, classes, strict=True):
        for number, stem in enumerate(names):
            within = row[firsts[stem] : ends[stem]]
            if number == 0:
                signal_of[stem].write_to(within)
            else:
                samples = np.empty_like(within)
                signal_of[stem].write_to(samples)
                within += samples
    return result[:, : min(class_ends)] if unequal_lengths == "trim" else result


def _demand_equal_lengths(
    path: Path, ends_s: Sequence[tuple[str, float]], unequal_lengths: str
) -> None:
    seconds = [end for _, end in ends_s]
    if max(seconds) - min(seconds) <= MAX_LENGTH_DIFFERENCE_S:
        return
    found = ", ".join(f"{name} {end:.2f} s" for name, end in ends_s)
    difference = f"{path}: the stems differ in length ({found})"
    if unequal_lengths == "error":
        raise InputError(
            f"{difference}; expected at most {MAX_LENGTH_DIFFERENCE_S} s: one is cut off or"
            " belongs to another song, or set corpus.unequal_stems to pad or trim"
        )
    action = {"pad": "padded with silence to the longest", "trim": "cut to the shortest"}
    logger.warning("%s: %s", difference, action[unequal_lengths])


def _read_folder(
    folder: Path, stems: Sequence[str], sample_rate_hz: int
) -> tuple[list[float], list[MonoSignal]]:
    files = {stem: folder / stem for stem in stems if (folder / stem).is_file()}
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
    signals = [_read_file(files[stem], sample_rate_hz) for stem in stems]
    return [0.0] * len(stems), signals


def _read_file(file: Path, sample_rate_hz: int) -> MonoSignal:
    is_wav = file.suffix.lower() == ".wav"
    try:
        # Neither library reports the original length of a file that was cut off.
        with av.open(f"file:{file}") as container:
            audio = container.streams.audio
            if len(audio) != 1:
                raise InputError(
                    f"{file}: has {len(audio)} audio streams; expected one, a stem: take it apart,"
                    " or remove it from the corpus"
                )
            if not audio[0].rate:
                raise InputError(f"{file}: holds no audio that can be decoded; copy it again")
            expected_s = stated_s(container, audio[0], file)
            if not is_wav and not _is_read_by_libsndfile(file):
                return _decode(container, {"": audio[0]}, file, sample_rate_hz)[""]
        samples, found_rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    except FormatChangeError as error:
        raise _format_change(file, error) from error
    except (soundfile.LibsndfileError, av.FFmpegError) as error:
        kind = "WAV" if is_wav else "audio"
        raise InputError(f"{file}: cannot be read as {kind} ({error}); copy it again") from error
    signal = MonoSignal(str(file), found_rate_hz=found_rate_hz, sample_rate_hz=sample_rate_hz)
    signal.add(samples.T)
    _demand_whole(str(file), signal.duration_s, expected_s or 0.0)
    return signal


def _is_read_by_libsndfile(file: Path) -> bool:
    try:
        soundfile.info(file)
    except soundfile.LibsndfileError:
        return False
    return True


def _read_stem_file(
    path: Path, stems: Sequence[str], sample_rate_hz: int
) -> tuple[list[float], list[MonoSignal]]:
    ids = stem_ids()
    unknown = [stem for stem in stems if stem not in ids]
    if unknown:
        raise InputError(
            f"corpus.classes: a .stem.mp4 file has no stem {', '.join(unknown)};"
            f" expected one of {', '.join(ids)}"
        )
    try:
        # Without "file:", FFmpeg would take the start of "12:30 set/a.stem.mp4" for a protocol.
        with av.open(f"file:{path}") as container:
            audio = container.streams.audio
            if len(audio) != len(ids):
                raise InputError(
                    f"{path}: has {len(audio)} audio streams, expected {len(ids)}"
                    f" ({', '.join(ids)}); it is not a MUSDB18 stem file: remove it from the corpus"
                )
            number_of = streams_of_stems([stream.metadata for stream in audio], ids, path)
            streams = {stem: audio[number_of(stem)] for stem in stems}
            song_start_s = min(_start_s(stream) for stream in audio)
            signal_of = _decode(container, streams, path, sample_rate_hz)
            starts_s = [_start_s(streams[stem]) - song_start_s for stem in stems]
            # Two classes may share a stem.
            return starts_s, [signal_of[stem] for stem in stems]
    except FormatChangeError as error:
        raise _format_change(path, error) from error
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be decoded ({error.strerror}); it is damaged or incomplete:"
            " copy it again"
        ) from error


def _decode(
    container: av.container.InputContainer,
    streams: Mapping[str, av.AudioStream],
    path: Path,
    sample_rate_hz: int,
) -> dict[str, MonoSignal]:
    decoders = {
        stream.index: PacketDecoder(
            MonoSignal(
                f"{path}, stem {stem}" if stem else str(path),
                found_rate_hz=stream.rate,
                sample_rate_hz=sample_rate_hz,
            )
        )
        for stem, stream in streams.items()
    }
    for packet in container.demux(tuple(streams.values())):
        decoders[packet.stream.index].decode(packet)
    for decoder in decoders.values():
        decoder.flush()
    for stem, stream in streams.items():
        expected_s = float((stream.duration or 0) * (stream.time_base or 0))
        found_s = decoders[stream.index].signal.duration_s
        _demand_whole(f"{path}: stem {stem}" if stem else str(path), found_s, expected_s)
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

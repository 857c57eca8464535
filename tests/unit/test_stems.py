import re
import warnings
from pathlib import Path

import av
import librosa
import numpy as np
import pytest
import soundfile
from corpus_files import (
    needs_ffmpeg,
    needs_real_songs,
    noise,
    noise_stems,
    real_song,
    write_stem_file,
    write_wav_folder,
)
from stemlens.corpora.stems import read_stems
from stemlens.errors import InputError

RATE_HZ = 44_100
SIXTEEN_BIT_STEP = 2**-15


def test_channels_are_averaged_also_where_mono_stands_beside_stereo(tmp_path: Path) -> None:
    left, right, mono = noise(0, 1), noise(1, 1), noise(2, 1)
    stems = {"drums": np.stack([left, right], axis=1), "bass": mono}
    write_wav_folder(tmp_path / "song", stems)
    read = read_stems(tmp_path / "song", ["bass", "drums"], sample_rate_hz=RATE_HZ)
    assert read.dtype == np.float32
    np.testing.assert_allclose(read[0], mono, atol=1e-7)
    np.testing.assert_allclose(read[1], (left + right) / 2, atol=1e-7)


def test_another_sample_rate_is_resampled_as_librosa_does(tmp_path: Path) -> None:
    samples = noise(0, 1, sample_rate_hz=48_000)
    write_wav_folder(tmp_path / "song", {"drums": samples}, rate_hz=48_000)
    read = read_stems(tmp_path / "song", ["drums"], sample_rate_hz=22_050)
    expected = librosa.resample(samples, orig_sr=48_000, target_sr=22_050, res_type="soxr_hq")
    np.testing.assert_allclose(read[0], expected, atol=1e-6)


def test_stems_of_different_rates_come_to_one_rate(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 2)})
    slow = noise(1, 2, sample_rate_hz=22_050)
    soundfile.write(tmp_path / "song/bass.wav", slow, 22_050, subtype="FLOAT")
    read = read_stems(tmp_path / "song", ["drums", "bass"], sample_rate_hz=22_050)
    assert read.shape == (2, 44_100)
    np.testing.assert_allclose(read[1], slow, atol=1e-7)


def test_overshoots_are_kept(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": np.array([0.0, 1.5, -2.0])})
    read = read_stems(tmp_path / "song", ["drums"], sample_rate_hz=RATE_HZ)
    np.testing.assert_array_equal(read[0], [0.0, 1.5, -2.0])


def test_a_stem_that_is_a_little_shorter_is_padded_with_silence(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 2), "bass": noise(1, 1.95)})
    read = read_stems(tmp_path / "song", ["drums", "bass"], sample_rate_hz=RATE_HZ)
    assert read.shape == (2, 2 * RATE_HZ)
    assert (read[1, round(1.95 * RATE_HZ) :] == 0).all()


@pytest.mark.parametrize("kind", ["stem file", "WAV folder"])
def test_a_relative_folder_may_hold_a_colon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("12:30 set")
    if kind == "stem file":
        path = folder / "Song.STEM.M4A"
        write_stem_file(tmp_path / path, noise_stems(0, 0.2))
    else:
        path = folder / "Song"
        write_wav_folder(path, noise_stems(0, 0.2))
    read = read_stems(path, ["drums", "bass"], sample_rate_hz=RATE_HZ)
    assert read.shape[1] >= round(0.2 * RATE_HZ)
    assert read.any(axis=1).all()


def test_wav_files_are_read_whatever_the_case_of_their_suffix(tmp_path: Path) -> None:
    samples = noise(0, 1)
    write_wav_folder(tmp_path / "song", {"drums": samples})
    (tmp_path / "song/drums.wav").rename(tmp_path / "song/drums.WAV")
    read = read_stems(tmp_path / "song", ["drums"], sample_rate_hz=RATE_HZ)
    np.testing.assert_allclose(read[0], samples, atol=1e-7)


def noise_with(value: float) -> np.ndarray:
    samples = noise(0, 2)
    samples[RATE_HZ] = value
    return samples


@pytest.mark.parametrize(
    ("bass", "message"),
    [
        (noise(1, 1), r"the stems differ in length \(drums 2.00 s, bass 1.00 s\)"),
        (noise(1, 1.85), r"the stems differ in length \(drums 2.00 s, bass 1.85 s\)"),
        (noise_with(np.nan), "bass.wav: a sample at 1.000 s is not a finite number"),
        (noise_with(-np.inf), "bass.wav: a sample at 1.000 s is not a finite number"),
        (np.zeros(0, np.float32), "bass.wav: holds no sample"),
    ],
)
def test_a_stem_that_cannot_be_used_is_named(
    tmp_path: Path, bass: np.ndarray, message: str
) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 2), "bass": bass})
    with pytest.raises(InputError, match=message):
        read_stems(tmp_path / "song", ["drums", "bass"], sample_rate_hz=RATE_HZ)


def test_a_missing_stem_is_named(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 1)})
    with pytest.raises(InputError, match=f"{tmp_path}/song: bass.wav is missing"):
        read_stems(tmp_path / "song", ["drums", "bass"], sample_rate_hz=RATE_HZ)


def test_bytes_that_are_no_wav_are_named(tmp_path: Path) -> None:
    (tmp_path / "song").mkdir()
    (tmp_path / "song/drums.wav").write_bytes(b"no audio at all")
    with pytest.raises(InputError, match=r"drums\.wav: cannot be read as WAV"):
        read_stems(tmp_path / "song", ["drums"], sample_rate_hz=RATE_HZ)


def test_stems_of_a_stem_file_come_in_the_order_asked_for(tmp_path: Path) -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tones_hz = {"drums": 300.0, "bass": 500.0, "other": 700.0, "vocals": 900.0}
    stems = {stem: 0.5 * np.sin(2 * np.pi * hz * time_s) for stem, hz in tones_hz.items()}
    write_stem_file(tmp_path / "song.stem.mp4", stems)
    order = ["vocals", "drums", "other", "bass"]
    read = read_stems(tmp_path / "song.stem.mp4", order, sample_rate_hz=RATE_HZ)
    for stem, samples in zip(order, read, strict=True):
        middle = samples[RATE_HZ // 2 : 3 * RATE_HZ // 2]
        strongest_hz = np.argmax(np.abs(np.fft.rfft(middle)))
        assert strongest_hz == tones_hz[stem]
        assert np.sqrt(2 * np.mean(middle**2)) == pytest.approx(0.5, rel=0.02)


def test_channels_of_a_stem_file_are_averaged_and_its_rate_is_its_own(tmp_path: Path) -> None:
    time_s = np.arange(2 * 48_000) / 48_000
    left, right = 0.6 * np.sin(2 * np.pi * 300 * time_s), 0.2 * np.sin(2 * np.pi * 500 * time_s)
    stems = {"bass": np.stack([left, right], axis=1)}
    write_stem_file(tmp_path / "song.stem.mp4", stems, rate_hz=48_000)
    (bass,) = read_stems(tmp_path / "song.stem.mp4", ["bass"], sample_rate_hz=RATE_HZ)
    amplitudes = np.abs(np.fft.rfft(bass[RATE_HZ // 2 : 3 * RATE_HZ // 2])) * 2 / RATE_HZ
    assert amplitudes[300] == pytest.approx(0.3, rel=0.02)
    assert amplitudes[500] == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("kept_share", [0.02, 0.6, 0.97])
def test_a_stem_file_that_was_cut_off_is_named(tmp_path: Path, kept_share: float) -> None:
    path = tmp_path / "song.stem.mp4"
    write_stem_file(path, noise_stems(0, 10))
    content = path.read_bytes()
    path.write_bytes(content[: round(kept_share * len(content))])
    with pytest.raises(InputError, match=r"song\.stem\.mp4: .*damaged or incomplete"):
        read_stems(path, ["drums", "vocals"], sample_rate_hz=RATE_HZ)


def test_a_stem_file_that_was_cut_off_between_two_packets_is_named(tmp_path: Path) -> None:
    path = tmp_path / "song.stem.mp4"
    write_stem_file(path, noise_stems(0, 4))
    with av.open(str(path)) as container:
        ends = [p.pos + p.size for p in container.demux() if p.pts is not None and p.pts >= RATE_HZ]
    path.write_bytes(path.read_bytes()[: min(ends)])
    with pytest.raises(InputError, match=r"ends after .* its header says 4.0.* incomplete"):
        read_stems(path, ["drums", "vocals"], sample_rate_hz=RATE_HZ)


def test_a_stem_file_with_four_streams_is_refused(tmp_path: Path) -> None:
    write_stem_file(tmp_path / "song.stem.mp4", noise_stems(0, 1), n_streams=4)
    with pytest.raises(InputError, match="has 4 audio streams, expected 5"):
        read_stems(tmp_path / "song.stem.mp4", ["drums"], sample_rate_hz=RATE_HZ)


def test_a_stem_that_stem_files_do_not_have_is_refused(tmp_path: Path) -> None:
    write_stem_file(tmp_path / "song.stem.mp4", noise_stems(0, 1))
    with pytest.raises(InputError, match=r"corpus.classes: a .stem.mp4 file has no stem flute"):
        read_stems(tmp_path / "song.stem.mp4", ["flute"], sample_rate_hz=RATE_HZ)


def amplitude(samples: np.ndarray, hz: float) -> float:
    """Of a sine among the samples from 0.5 s to 1.5 s."""
    middle = samples[RATE_HZ // 2 : 3 * RATE_HZ // 2]
    return float(np.abs(np.fft.rfft(middle))[round(hz)] * 2 / RATE_HZ)


TONES_HZ = {"mixture": 200.0, "drums": 300.0, "bass": 500.0, "other": 700.0, "vocals": 900.0}


def write_tones(path: Path, tags: list[dict[str, str]]) -> None:
    """Streams in MUSDB18's order, whose tones tell which is which."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tones = {stem: 0.5 * np.sin(2 * np.pi * hz * time_s) for stem, hz in TONES_HZ.items()}
    write_stem_file(path, tones, tags=tags)


@pytest.mark.parametrize("key", ["title", "handler_name"])
def test_titles_that_name_stems_beat_the_order_of_the_streams(tmp_path: Path, key: str) -> None:
    """The tone of MUSDB18's drums is titled Vocals, and so on."""
    titles = ["mixture", "Vocals", "other", "BASS", " drums "]
    write_tones(tmp_path / "song.stem.mp4", [{key: title} for title in titles])
    read = read_stems(tmp_path / "song.stem.mp4", list(TONES_HZ), sample_rate_hz=RATE_HZ)
    heard_hz = dict(zip(TONES_HZ, read, strict=True))
    for stem, hz in {"drums": 900, "bass": 700, "other": 500, "vocals": 300}.items():
        assert amplitude(heard_hz[stem], hz) == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(
    "titles",
    [
        [None] * 5,
        ["Core Media Audio"] * 5,
        [None, "drums", None, None, "vocals"],
        ["My Song (Mix)", "drums", "bass", "other", "vocals"],
    ],
    ids=["none", "of a program", "some, in order", "of the mixture"],
)
def test_without_titles_that_name_stems_their_order_decides(
    tmp_path: Path, titles: list[str | None]
) -> None:
    tags = [{"handler_name": title} if title else {} for title in titles]
    write_tones(tmp_path / "song.stem.mp4", tags)
    stems = ["drums", "bass", "other", "vocals"]
    read = read_stems(tmp_path / "song.stem.mp4", stems, sample_rate_hz=RATE_HZ)
    for stem, samples in zip(stems, read, strict=True):
        assert amplitude(samples, TONES_HZ[stem]) == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(
    ("titles", "message"),
    [
        (
            ["mixture", "drums", "Drums", "other", "vocals"],
            "audio streams 2 and 3 are both titled drums; expected one stream for each stem",
        ),
        (
            [None, None, "drums", None, None],
            "no audio stream is titled bass, and stream 3, its place in MUSDB18, is titled 'drums'",
        ),
        (
            ["mixture", "drums", "sub", "other", "vocals"],
            "no audio stream is titled bass, and stream 3, its place in MUSDB18, is titled"
            " 'sub'; expected the titles mixture, drums, bass, other, vocals, or none",
        ),
        (["Full", "Kick", "Sub", "Pads", "Lead"], "no audio stream is titled drums"),
    ],
)
def test_titles_that_contradict_each_other_or_the_order_are_refused(
    tmp_path: Path, titles: list[str | None], message: str
) -> None:
    write_tones(tmp_path / "song.stem.mp4", [{"title": title} if title else {} for title in titles])
    with pytest.raises(InputError, match=rf"song\.stem\.mp4: {message}"):
        read_stems(tmp_path / "song.stem.mp4", ["drums", "bass"], sample_rate_hz=RATE_HZ)


def clicks(duration_s: float = 2.0) -> np.ndarray:
    """Silence with a click of 2 ms at 1 s."""
    samples = np.zeros(round(duration_s * RATE_HZ), np.float32)
    samples[RATE_HZ : RATE_HZ + 88] = 0.9
    return samples


@pytest.mark.parametrize("start_s", [0.5, 0.02, -0.3])
def test_a_stem_that_starts_late_or_early_is_placed_where_it_belongs(
    tmp_path: Path, start_s: float
) -> None:
    """All clicks sound at the same time, one in a stream of another start."""
    late = clicks()[round(max(0.0, start_s) * RATE_HZ) :]
    late = np.concatenate([np.zeros(round(max(0.0, -start_s) * RATE_HZ), np.float32), late])
    stems = dict.fromkeys(["mixture", "drums", "other", "vocals"], clicks()) | {"bass": late}
    path = tmp_path / "song.stem.mp4"
    write_stem_file(path, stems, starts_s={"bass": start_s})
    with av.open(str(path)) as container:
        starts = [float(s.start_time * s.time_base) for s in container.streams.audio]
    # FFmpeg drops what stands before 0 itself; a late stream keeps its encoder's delay.
    delay_s = 1024 / RATE_HZ
    assert starts[2] == pytest.approx(max(0.0, start_s - delay_s), abs=0.001)
    read = read_stems(path, ["drums", "bass"], sample_rate_hz=RATE_HZ)
    for samples in read:
        first = int(np.argmax(np.abs(samples) > 0.3))
        assert first / RATE_HZ == pytest.approx(1, abs=0.002)
    if start_s == 0.5:
        assert (read[1, : round((start_s - delay_s - 0.001) * RATE_HZ)] == 0).all()


def test_streams_that_all_start_late_start_together_without_silence(tmp_path: Path) -> None:
    path = tmp_path / "song.stem.mp4"
    stems = ["mixture", "drums", "bass", "other", "vocals"]
    write_stem_file(path, dict.fromkeys(stems, clicks()), starts_s=dict.fromkeys(stems, 0.5))
    read = read_stems(path, ["drums", "bass"], sample_rate_hz=RATE_HZ)
    # The encoder's delay is part of a stream that starts late.
    assert read.shape[1] <= 2 * RATE_HZ + 3 * 1024
    assert int(np.argmax(np.abs(read[0]) > 0.3)) / RATE_HZ == pytest.approx(1 + 0.023, abs=0.002)


def test_a_stem_with_a_gap_is_refused(tmp_path: Path) -> None:
    """The packets of one stream are shifted by half a second from its middle on."""
    whole, path = tmp_path / "whole.stem.mp4", tmp_path / "song.stem.mp4"
    write_stem_file(whole, noise_stems(0, 2))
    with av.open(str(whole)) as source, av.open(str(path), "w", format="mp4") as target:
        streams = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size:
                number = packet.stream.index
                if number == 2 and packet.pts > RATE_HZ:
                    packet.pts = packet.dts = packet.pts + RATE_HZ // 2
                packet.stream = streams[number]
                target.mux(packet)
    message = r"stem bass ends after 2\.0\d s, its header says 2\.5\d s; the file is damaged"
    with pytest.raises(InputError, match=message):
        read_stems(path, ["drums", "bass"], sample_rate_hz=RATE_HZ)


def test_two_classes_may_share_a_stem(tmp_path: Path) -> None:
    write_tones(tmp_path / "song.stem.mp4", [])
    a, b = read_stems(tmp_path / "song.stem.mp4", ["drums", "drums"], sample_rate_hz=RATE_HZ)
    np.testing.assert_array_equal(a, b)
    assert amplitude(a, 300) == pytest.approx(0.5, rel=0.02)


def write_song(folder: Path, layout: str, stems: dict[str, np.ndarray]) -> Path:
    if layout == "folder":
        write_wav_folder(folder / "song", stems)
        return folder / "song"
    longest = max(stems.values(), key=len)
    missing = dict.fromkeys(["mixture", "other", "vocals"], longest)
    write_stem_file(folder / "song.stem.mp4", missing | stems)
    return folder / "song.stem.mp4"


@pytest.mark.parametrize("layout", ["folder", "stem file"])
@pytest.mark.parametrize(("policy", "expected_s"), [("pad", 2.0), ("trim", 1.5), ("error", None)])
def test_stems_of_other_lengths_are_refused_padded_or_trimmed(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    layout: str,
    policy: str,
    expected_s: float | None,
) -> None:
    drums, bass = noise(0, 2), noise(1, 1.5)
    path = write_song(tmp_path, layout, {"drums": drums, "bass": bass})
    if expected_s is None:
        message = r"the stems differ in length .*set corpus\.unequal_stems to pad or trim"
        with pytest.raises(InputError, match=message):
            read_stems(path, ["drums", "bass"], sample_rate_hz=RATE_HZ, unequal_lengths=policy)
        return
    read = read_stems(path, ["drums", "bass"], sample_rate_hz=RATE_HZ, unequal_lengths=policy)
    # AAC ends with its last packet of 1024 samples.
    assert read.shape[1] / RATE_HZ == pytest.approx(expected_s, abs=0.03)
    assert re.search(r"differ in length \(drums 2\.0\d s, bass 1\.5\d s\)", caplog.text)
    if layout == "folder":
        n = read.shape[1]
        np.testing.assert_array_equal(read[0], drums[:n])
        np.testing.assert_array_equal(read[1], np.pad(bass, (0, len(drums)))[:n])


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize("format_name", ["WAV", "WAVEX", "RF64"])
def test_wav_files_that_were_all_cut_off_alike_are_named(
    tmp_path: Path, subtype: str, format_name: str
) -> None:
    (tmp_path / "song").mkdir()
    for stem in ("drums", "bass"):
        file = tmp_path / f"song/{stem}.wav"
        soundfile.write(file, noise(0, 4), RATE_HZ, subtype=subtype, format=format_name)
        assert read_stems(tmp_path / "song", [stem], sample_rate_hz=RATE_HZ).shape[1] == 4 * RATE_HZ
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
    message = r"drums\.wav ends after 2\.0. s, its header says 4\.00 s; the file is damaged"
    with pytest.raises(InputError, match=message):
        read_stems(tmp_path / "song", ["drums", "bass"], sample_rate_hz=RATE_HZ)


@pytest.mark.parametrize(
    ("format_name", "subtype"), [("W64", "PCM_16"), ("WAV", "IMA_ADPCM"), ("WAV", "MS_ADPCM")]
)
@pytest.mark.parametrize("policy", ["error", "pad", "trim"])
def test_a_wav_file_of_another_kind_that_was_cut_off_is_neither_padded_nor_trimmed(
    tmp_path: Path, format_name: str, subtype: str, policy: str
) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 4)})
    file = tmp_path / "song/bass.wav"
    samples = np.stack([noise(1, 4), noise(2, 4)], axis=1)
    soundfile.write(file, samples, RATE_HZ, format=format_name, subtype=subtype)
    stems = ["drums", "bass"]
    read = read_stems(tmp_path / "song", stems, sample_rate_hz=RATE_HZ, unequal_lengths=policy)
    assert read.shape[1] / RATE_HZ == pytest.approx(4, abs=0.1)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    message = r"bass\.wav ends after (1\.9|2\.0)\d s, its header says 4\.0\d s"
    with pytest.raises(InputError, match=message):
        read_stems(tmp_path / "song", stems, sample_rate_hz=RATE_HZ, unequal_lengths=policy)


def test_integers_stored_as_floats_are_refused_and_overshoots_are_kept(tmp_path: Path) -> None:
    stems = {"drums": noise(0, 2), "bass": np.round(32768 * noise(1, 2))}
    write_wav_folder(tmp_path / "song", stems)
    message = r"bass\.wav: its peak is 1\d{4}; expected full scale at ±1, with overshoots up to ±32"
    with pytest.raises(InputError, match=message):
        read_stems(tmp_path / "song", ["drums", "bass"], sample_rate_hz=22_050)
    hot = {"drums": 40 * stems["drums"] / np.abs(stems["drums"]).max() * 0.75}
    write_wav_folder(tmp_path / "hot", hot)
    read = read_stems(tmp_path / "hot", ["drums"], sample_rate_hz=RATE_HZ)
    assert np.abs(read).max() == pytest.approx(30)


@needs_real_songs
@needs_ffmpeg
@pytest.mark.parametrize(
    ("split", "name"), [("test", "Punk"), ("test", "Rock"), ("train", "Rockabilly")]
)
def test_real_stems_equal_what_musdb_reads(split: str, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import musdb
    path = real_song(split, name)
    database = musdb.DB(root=path.parents[1], subsets=[split])
    track = next(t for t in database.tracks if t.name == f"Music Delta - {name}")
    order = ["drums", "bass", "other", "vocals"]
    ours = read_stems(path, order, sample_rate_hz=RATE_HZ)
    theirs = track.stems[1:]
    assert ours.shape == theirs.shape[:2]
    # musdb clips at full scale, which we do not.
    within = (np.abs(theirs) < 1 - SIXTEEN_BIT_STEP).all(axis=2)
    assert within.mean() > 0.999
    difference = np.abs(ours - theirs.mean(axis=2))[within]
    assert difference.max() <= SIXTEEN_BIT_STEP

import itertools
import re
from pathlib import Path

import av
import librosa
import numpy as np
import pytest
import soundfile
from corpus_files import noise, noise_stems, stems_of, write_stem_file, write_wav_folder
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError

RATE_HZ = 44_100


def test_channels_are_averaged_also_where_mono_stands_beside_stereo(tmp_path: Path) -> None:
    left, right, mono = noise(0, 1), noise(1, 1), noise(2, 1)
    stems = {"drums": np.stack([left, right], axis=1), "bass": mono}
    write_wav_folder(tmp_path / "song", stems)
    read = stems_of(tmp_path / "song", ["bass", "drums"])
    assert read.dtype == np.float32
    np.testing.assert_allclose(read[0], mono, atol=1e-7)
    np.testing.assert_allclose(read[1], (left + right) / 2, atol=1e-7)


@pytest.mark.parametrize("suffix", ["wav", "flac", "mka"])
def test_the_left_channel_may_be_read_alone_and_is_the_only_one_of_a_mono_file(
    tmp_path: Path, suffix: str
) -> None:
    left, right, mono = noise(0, 1), noise(1, 1), noise(2, 1)
    stereo = np.stack([left, right], axis=1)
    for name, samples in {"drums": stereo, "bass": mono}.items():
        file = tmp_path / f"song/{name}.{suffix}"
        file.parent.mkdir(exist_ok=True)
        if suffix == "mka":
            write_matroska(file, np.atleast_2d(samples.T))
        else:
            subtype = "FLOAT" if suffix == "wav" else "PCM_24"
            soundfile.write(file, samples, RATE_HZ, subtype=subtype)
    classes = {name: [f"{name}.{suffix}"] for name in ("drums", "bass")}
    read = read_classes(tmp_path / "song", classes, sample_rate_hz=RATE_HZ, channels="left")
    np.testing.assert_allclose(read, np.stack([left, mono]), atol=1e-6)


def write_matroska(file: Path, channels: np.ndarray) -> None:
    """Write float samples (channel, sample) into a container that libsndfile does not know."""
    layout = "mono" if len(channels) == 1 else "stereo"
    with av.open(str(file), "w", format="matroska") as container:
        stream = container.add_stream("pcm_f32le", rate=RATE_HZ, layout=layout)
        interleaved = np.ascontiguousarray(channels.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=layout)
        frame.sample_rate = RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_the_left_channel_is_resampled_and_a_broken_right_one_is_still_refused(
    tmp_path: Path,
) -> None:
    left, right = noise(0, 1), noise(1, 1)
    write_wav_folder(tmp_path / "song", {"drums": np.stack([left, right], axis=1)})
    classes = {"drums": ["drums"]}
    read = read_classes(tmp_path / "song", classes, sample_rate_hz=22_050, channels="left")
    expected = librosa.resample(left, orig_sr=RATE_HZ, target_sr=22_050, res_type="soxr_hq")
    np.testing.assert_allclose(read[0], expected, atol=1e-6)
    right[100] = np.nan
    write_wav_folder(tmp_path / "broken", {"drums": np.stack([left, right], axis=1)})
    with pytest.raises(InputError, match="not a finite number"):
        read_classes(tmp_path / "broken", classes, sample_rate_hz=22_050, channels="left")


def test_another_sample_rate_is_resampled_as_librosa_does(tmp_path: Path) -> None:
    samples = noise(0, 1, sample_rate_hz=48_000)
    write_wav_folder(tmp_path / "song", {"drums": samples}, rate_hz=48_000)
    read = stems_of(tmp_path / "song", ["drums"], sample_rate_hz=22_050)
    expected = librosa.resample(samples, orig_sr=48_000, target_sr=22_050, res_type="soxr_hq")
    np.testing.assert_allclose(read[0], expected, atol=1e-6)


def test_stems_of_different_rates_come_to_one_rate(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 2)})
    slow = noise(1, 2, sample_rate_hz=22_050)
    soundfile.write(tmp_path / "song/bass.wav", slow, 22_050, subtype="FLOAT")
    read = stems_of(tmp_path / "song", ["drums", "bass"], sample_rate_hz=22_050)
    assert read.shape == (2, 44_100)
    np.testing.assert_allclose(read[1], slow, atol=1e-7)


def test_overshoots_are_kept(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": np.array([0.0, 1.5, -30.0])})
    read = stems_of(tmp_path / "song", ["drums"])
    np.testing.assert_array_equal(read[0], [0.0, 1.5, -30.0])


def test_a_stem_that_is_a_little_shorter_is_padded_with_silence(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 2), "bass": noise(1, 1.95)})
    read = stems_of(tmp_path / "song", ["drums", "bass"])
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
    read = stems_of(path, ["drums", "bass"])
    assert read.shape[1] >= round(0.2 * RATE_HZ)
    assert read.any(axis=1).all()


def test_wav_files_are_read_whatever_the_case_of_their_suffix(tmp_path: Path) -> None:
    samples = noise(0, 1)
    write_wav_folder(tmp_path / "song", {"drums": samples})
    (tmp_path / "song/drums.wav").rename(tmp_path / "song/drums.WAV")
    read = stems_of(tmp_path / "song", ["drums"])
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
        (
            np.round(32768 * noise(1, 2)),
            r"bass\.wav: its peak is 1\d{4}; expected full scale at ±1",
        ),
    ],
)
def test_a_stem_that_cannot_be_used_is_named(
    tmp_path: Path, bass: np.ndarray, message: str
) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 2), "bass": bass})
    with pytest.raises(InputError, match=message):
        stems_of(tmp_path / "song", ["drums", "bass"])


def test_a_missing_stem_is_named(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "song", {"drums": noise(0, 1)})
    with pytest.raises(InputError, match=f"{tmp_path}/song: bass.wav is missing"):
        stems_of(tmp_path / "song", ["drums", "bass"])


def test_bytes_that_are_no_wav_are_named(tmp_path: Path) -> None:
    (tmp_path / "song").mkdir()
    (tmp_path / "song/drums.wav").write_bytes(b"no audio at all")
    with pytest.raises(InputError, match=r"drums\.wav: cannot be read as WAV"):
        stems_of(tmp_path / "song", ["drums"])


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
            stems_of(path, ["drums", "bass"], unequal_lengths=policy)
        return
    read = stems_of(path, ["drums", "bass"], unequal_lengths=policy)
    # AAC ends with its last packet of 1024 samples.
    assert read.shape[1] / RATE_HZ == pytest.approx(expected_s, abs=0.03)
    assert re.search(r"differ in length \(drums 2\.0\d s, bass 1\.5\d s\)", caplog.text)
    if layout == "folder":
        n = read.shape[1]
        np.testing.assert_array_equal(read[0], drums[:n])
        np.testing.assert_array_equal(read[1], np.pad(bass, (0, len(drums)))[:n])


@pytest.mark.parametrize(
    ("format_name", "subtype"),
    [
        *itertools.product(["WAV", "WAVEX", "RF64"], ["PCM_16", "PCM_24", "FLOAT"]),
        *itertools.product(["WAV"], ["IMA_ADPCM", "MS_ADPCM"]),
        ("W64", "PCM_16"),
    ],
)
@pytest.mark.parametrize("policy", ["error", "pad", "trim"])
def test_a_wav_file_that_was_cut_off_is_named_and_neither_padded_nor_trimmed(
    tmp_path: Path, format_name: str, subtype: str, policy: str
) -> None:
    (tmp_path / "song").mkdir()
    samples = np.stack([noise(1, 4), noise(2, 4)], axis=1)
    files = [tmp_path / f"song/{stem}.wav" for stem in ("drums", "bass")]
    for file in files:
        soundfile.write(file, samples, RATE_HZ, format=format_name, subtype=subtype)
    read = stems_of(tmp_path / "song", ["drums", "bass"], unequal_lengths=policy)
    # Blocks of ADPCM are filled up.
    filled_s = 0.1 if subtype.endswith("ADPCM") else 0
    assert read.shape[1] / RATE_HZ == pytest.approx(4, abs=filled_s)
    # One alone at first, and then both alike.
    for file in reversed(files):
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
        message = rf"{file.name} ends after (1\.9|2\.0)\d s, its header says 4\.0\d s; .* damaged"
        with pytest.raises(InputError, match=message):
            stems_of(tmp_path / "song", ["drums", "bass"], unequal_lengths=policy)

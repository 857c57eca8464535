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

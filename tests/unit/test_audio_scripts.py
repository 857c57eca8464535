"""The scripts from stems to splits, called one after the other as the workflow does."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import h5py
import librosa
import numpy as np
import pandas as pd
import pytest
import soundfile
from collect_segments import main as collect_segments
from compute_mel_filters import main as compute_mel_filters
from compute_mels import main as compute_mels
from corpus_files import noise_stems, write_wav_folder
from cut_segments import main as cut_segments
from join_split import main as join_split
from librosa_mel import librosa_log_mel
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.segments import SegmentSettings
from stemlens.errors import InputError
from stemlens.tables import read_table
from stemlens.target_type import MULTI_LABEL

RATE_HZ = 22_050
SETTINGS = MelSettings(RATE_HZ, 2048, 735, 40, 0.0, RATE_HZ / 2, -100.0)


def cut(folder: Path, song: str, *, broken_songs: str = "stop", unequal: str = "error") -> None:
    cut_segments(
        str(folder / song),
        str(folder / "segments" / song),
        str(folder / "segments" / f"{song}.csv"),
        song=song,
        split="train",
        classes=[{"name": "low", "stem": "bass"}, {"name": "high", "stem": "vocals"}],
        unequal_stems=unequal,
        broken_songs=broken_songs,
        threshold_db=-60,
        settings=SegmentSettings(
            RATE_HZ, duration_s=2, min_active_s=1, frame_length=2048, hop_length=512
        ),
    )


def compute_split(folder: Path, songs: Sequence[str], settings: MelSettings = SETTINGS) -> None:
    """The mels of cut songs, joined."""
    compute_mel_filters(str(folder / "filters.h5"), settings=settings)
    for song in songs:
        compute_mels(
            str(folder / "segments" / song),
            str(folder / f"segments/{song}.csv"),
            str(folder / "filters.h5"),
            str(folder / f"mel/{song}.h5"),
            classes=["low", "high"],
            mixes={"most": 15, "seed": 0},
            target_type=MULTI_LABEL,
            settings=settings,
            duration_s=2,
        )
    join_split(
        [str(folder / f"mel/{s}.h5") for s in songs], str(folder / "train.h5"), split="train"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two songs, cut: one whose second segment of three lacks a class, one silent."""
    loud = noise_stems(0, 7)
    loud["bass"][2 * 44_100 : 4 * 44_100] = 0
    write_wav_folder(tmp_path / "loud song", loud)
    silent = {stem: 0 * samples for stem, samples in noise_stems(0, 5).items()}
    write_wav_folder(tmp_path / "silent", silent)
    for song in ("loud song", "silent"):
        cut(tmp_path, song)
    return tmp_path


def test_a_song_becomes_segments_and_a_table(folder: Path) -> None:
    names = sorted(path.name for path in (folder / "segments/loud song").iterdir())
    assert names == ["000-high.wav", "000-low.wav", "002-high.wav", "002-low.wav"]
    table = pd.read_csv(folder / "segments/loud song.csv")
    columns = ["song", "split", "segment", "start_s", "active_s_low", "active_s_high"]
    assert list(table.columns) == [*columns, "kept", "reason"]
    assert list(table["song"]) == ["loud song"] * 3
    assert list(table["kept"]) == [True, False, True]


@pytest.mark.parametrize(("name", "stem"), [("low", "bass"), ("high", "vocals")])
def test_a_class_holds_the_stem_that_the_config_gives_it(
    folder: Path, name: str, stem: str
) -> None:
    original, rate_hz = soundfile.read(folder / f"loud song/{stem}.wav", dtype="float32")
    resampled = librosa.resample(original, orig_sr=rate_hz, target_sr=RATE_HZ, res_type="soxr_hq")
    segment, _ = soundfile.read(folder / f"segments/loud song/002-{name}.wav")
    np.testing.assert_allclose(segment, resampled[4 * RATE_HZ : 6 * RATE_HZ], atol=1e-6)


@pytest.mark.parametrize(("floor_db", "names"), [(40.0, "low"), (-20.0, "high")])
def test_a_floor_above_the_signal_is_refused_with_its_key_before_anything_is_stored(
    folder: Path, floor_db: float, names: str
) -> None:
    """One class is much softer: of all mixes it alone would be a constant."""
    for path in (folder / "segments/loud song").glob("*-high.wav"):
        samples, rate_hz = soundfile.read(path, dtype="float32")
        soundfile.write(path, 1e-3 * samples, rate_hz, subtype="FLOAT")
    settings = replace(SETTINGS, floor_db=floor_db)
    message = (
        rf"segments/loud song: {names} in segment 0: .* louder than mel\.floor_db, {floor_db:g}"
    )
    with pytest.raises(InputError, match=message):
        compute_split(folder, ["loud song"], settings)
    assert not (folder / "mel/loud song.h5").exists()


def test_segments_become_mels_and_songs_a_split(folder: Path) -> None:
    songs = ("loud song", "silent")
    compute_split(folder, songs)
    with h5py.File(folder / "train.h5") as file:
        assert file["mel"].shape == (2, 3, 40, 60)
        assert list(file["segment"]) == [0, 2]
        assert list(file["start_s"]) == [0, 4]
        assert list(file["song"].asstr()) == ["loud song"] * 2
        for row, segment in enumerate((0, 2)):
            for mix, name in enumerate(("low", "high")):
                wav = folder / f"segments/loud song/{segment:03d}-{name}.wav"
                expected = librosa_log_mel(soundfile.read(wav)[0], SETTINGS)
                np.testing.assert_allclose(file["mel"][row, mix], expected, atol=1e-3)


def test_a_song_that_cannot_be_read_stops_the_job_and_leaves_nothing(tmp_path: Path) -> None:
    write_wav_folder(tmp_path / "bad", {"bass": noise_stems(0, 3)["bass"]})
    with pytest.raises(InputError, match=r"bad: vocals\.wav is missing"):
        cut(tmp_path, "bad")
    assert not (tmp_path / "segments").exists()


def test_a_song_that_cannot_be_read_is_left_out_with_its_reason_where_that_is_wanted(
    folder: Path,
) -> None:
    write_wav_folder(folder / "bad", {"bass": noise_stems(0, 3)["bass"]})
    cut(folder, "bad", broken_songs="skip")
    assert list((folder / "segments/bad").iterdir()) == []
    songs = ["silent", "bad", "loud song"]
    tables = [str(folder / f"segments/{song}.csv") for song in songs]

    collect_segments(tables, str(folder / "segments.csv"))

    table = read_table(folder / "segments.csv")
    assert list(table["song"]) == ["silent"] * 2 + ["bad"] + ["loud song"] * 3
    assert list(table["kept"]) == [False, False, False, True, False, True]
    assert table["reason"][2].endswith("copy the song again or change corpus.classes")
    unknown = ["segment", "start_s", "active_s_low", "active_s_high"]
    assert table.loc[2, unknown].isna().all()
    assert list(table["segment"].dropna()) == [0, 1, 0, 1, 2]
    compute_split(folder, songs)
    with h5py.File(folder / "train.h5") as file:
        assert list(file["song"].asstr()) == ["loud song"] * 2


def unread(folder: Path, kind: str) -> None:
    """A song named bad that cannot be read."""
    stems = noise_stems(0, 3)
    if kind == "shorter":
        stems["bass"] = stems["bass"][:44_100]
    if kind == "not a number":
        stems["bass"][5] = np.nan
    if kind == "missing":
        del stems["bass"]
    write_wav_folder(folder / "bad", stems)
    if kind == "no WAV file":
        (folder / "bad/bass.wav").write_bytes(b"RIFF?")
    if kind == "cut off":
        content = (folder / "bad/bass.wav").read_bytes()
        (folder / "bad/bass.wav").write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("kind", ["missing", "shorter", "not a number", "no WAV file", "cut off"])
def test_the_reason_is_the_same_wherever_the_corpus_lies(tmp_path: Path, kind: str) -> None:
    reasons = []
    for place in ("here", "elsewhere"):
        unread(tmp_path / place, kind)
        cut(tmp_path / place, "bad", broken_songs="skip")
        reasons += list(read_table(tmp_path / place / "segments/bad.csv")["reason"])
    assert len(reasons) == 2
    assert reasons[0] == reasons[1]
    assert reasons[0].startswith(("bass.wav", "the stems differ"))


def test_a_split_of_which_no_song_can_be_read_is_refused_with_the_first_reason(
    folder: Path,
) -> None:
    (folder / "bad").mkdir()
    cut(folder, "bad", broken_songs="skip")
    table = str(folder / "segments/bad.csv")
    message = (
        r"^split train: none of its songs can be read; expected one or more\. The first: bad: bass"
    )
    with pytest.raises(InputError, match=message) as raised:
        collect_segments([table], str(folder / "segments.csv"))
    assert "\n" not in str(raised.value)
    assert not (folder / "segments.csv").exists()
    with pytest.raises(InputError, match=r"segments/train/\*\.csv or mood/train/\*\.csv: lower"):
        compute_split(folder, ["bad"])


@pytest.mark.parametrize(("unequal", "n_segments"), [("pad", 3), ("trim", 2)])
def test_stems_of_other_lengths_are_padded_or_trimmed_where_that_is_wanted(
    tmp_path: Path, unequal: str, n_segments: int
) -> None:
    stems = noise_stems(0, 7)
    stems["bass"] = stems["bass"][: 5 * 44_100]
    write_wav_folder(tmp_path / "song", stems)
    with pytest.raises(InputError, match="the stems differ in length"):
        cut(tmp_path, "song")
    cut(tmp_path, "song", unequal=unequal)
    assert len(read_table(tmp_path / "segments/song.csv")) == n_segments


def test_a_song_that_was_trimmed_to_a_short_stem_is_not_called_short(tmp_path: Path) -> None:
    stems = noise_stems(0, 4)
    stems["bass"] = stems["bass"][:441]
    write_wav_folder(tmp_path / "song", stems)
    cut(tmp_path, "song", unequal="trim")
    (reason,) = read_table(tmp_path / "segments/song.csv")["reason"]
    assert reason == "its stems last 0.01 s together, less than a segment of 2 s"

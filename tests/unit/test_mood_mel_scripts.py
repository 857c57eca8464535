"""From recordings to labelled spectrograms and the table of songs with moods."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from collect_mood_songs import main as collect_mood_songs
from compute_mel_filters import main as compute_mel_filters
from compute_mood_mels import main as compute_mood_mels
from librosa_mel import librosa_log_mel
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mel_store import read_attributes, read_examples
from stemlens.audio.segment_table import read_segment_table
from stemlens.errors import InputError
from stemlens.moods.quadrants import QUADRANTS
from stemlens.tables import read_table
from stemlens.target_type import SINGLE_LABEL

RATE_HZ = 8000
SETTINGS = MelSettings(RATE_HZ, 256, 200, 12, 0.0, 4000.0, -100.0)


def write_noise(path: Path, duration_s: float, seed: int) -> str:
    noise = np.random.default_rng(seed).normal(0, 0.1, round(duration_s * RATE_HZ))
    soundfile.write(path, noise, RATE_HZ, subtype="FLOAT")
    return str(path)


@pytest.fixture
def shard(tmp_path):
    """Songs of a shard: name, file, quadrant; the third is too short, the fourth damaged."""
    (tmp_path / "bad.wav").write_bytes(b"RIFF?")
    return [
        ["long", write_noise(tmp_path / "long.wav", 5.5, 0), "Q3"],
        ["one", write_noise(tmp_path / "one.wav", 2.0, 1), "Q1"],
        ["short", write_noise(tmp_path / "short.wav", 1.9, 2), "Q2"],
        ["bad", str(tmp_path / "bad.wav"), "Q4"],
    ]


def compute(songs, folder, *, broken_songs="skip"):
    compute_mel_filters(str(folder / "filters.h5"), settings=SETTINGS)
    compute_mood_mels(
        [[name, f"corpus/{name}.wav", quadrant] for name, _, quadrant in songs],
        [file for _, file, _ in songs],
        str(folder / "filters.h5"),
        str(folder / "mels.h5"),
        str(folder / "songs.csv"),
        split="train",
        broken_songs=broken_songs,
        per_song=2,
        position="start",
        duration_s=2.0,
        target_type=SINGLE_LABEL,
        settings=SETTINGS,
    )
    return read_table(folder / "songs.csv").set_index("song")


def test_excerpts_become_the_mels_of_librosa_with_the_songs_mood(shard, tmp_path):
    compute(shard, tmp_path)
    examples = read_examples(tmp_path / "mels.h5")
    assert examples.target_type == SINGLE_LABEL
    assert read_attributes(tmp_path / "mels.h5")[0] == list(QUADRANTS)
    table = read_segment_table(tmp_path / "mels.h5")
    assert list(table["song"]) == ["long", "long", "one"]
    assert list(table["start_s"]) == [0, 2, 0]
    assert [QUADRANTS[n] for n in examples.targets.argmax(axis=1)] == ["Q3", "Q3", "Q1"]
    assert (examples.targets.sum(axis=1) == 1).all()
    for mel, song, start_s in zip(examples.mels, table["song"], table["start_s"], strict=True):
        samples, _ = soundfile.read(tmp_path / f"{song}.wav")
        first = round(start_s * RATE_HZ)
        expected = librosa_log_mel(samples[first : first + 2 * RATE_HZ], SETTINGS)
        np.testing.assert_allclose(mel, expected, atol=1e-3)


def test_broken_songs_are_left_out_by_name_where_that_is_wanted(shard, tmp_path):
    table = compute(shard, tmp_path)
    assert list(table["n_excerpts"]) == [2, 1, 0, 0]
    assert table["left_out"].isna().tolist() == [True, True, False, False]
    assert table["left_out"]["short"].startswith("lasts 1.90 s, shorter than an excerpt of 2 s")
    assert table["left_out"]["bad"].startswith("cannot be decoded")
    assert (table["split"] == "train").all()


def test_a_table_says_the_same_wherever_the_corpus_lies(shard, tmp_path):
    here = compute(shard, tmp_path)
    there = tmp_path / "elsewhere"
    there.mkdir()
    moved = [[name, shutil.move(file, there), quadrant] for name, file, quadrant in shard]
    pd.testing.assert_frame_equal(compute(moved, tmp_path), here)
    assert list(here["file"]) == [f"corpus/{name}.wav" for name in here.index]


def test_broken_songs_stop_the_job_where_that_is_wanted_and_are_named(shard, tmp_path):
    message = (
        r"^2 of 4 songs cannot be used .*short\.wav: lasts 1\.90 s.*bad\.wav: cannot be decoded"
    )
    with pytest.raises(InputError, match=message) as error:
        compute(shard, tmp_path, broken_songs="stop")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "mels.h5").exists()


def test_a_song_whose_excerpt_is_silent_is_a_broken_one(shard, tmp_path):
    """Its spectrogram would be constant, and yet carry a mood."""
    samples, _ = soundfile.read(tmp_path / "long.wav")
    samples[2 * RATE_HZ :] = 0
    soundfile.write(tmp_path / "long.wav", samples, RATE_HZ, subtype="FLOAT")
    table = compute(shard[:2], tmp_path)
    assert list(table["n_excerpts"]) == [0, 1]
    reason = "from 2.00 s on: nothing in its spectrogram is louder than mel.floor_db"
    assert table["left_out"]["long"].startswith(reason)
    assert list(read_segment_table(tmp_path / "mels.h5")["song"]) == ["one"]
    with pytest.raises(InputError, match=r"^1 of 2 songs cannot be used .* mel\.floor_db, -100 dB"):
        compute(shard[:2], tmp_path, broken_songs="stop")


def test_of_many_broken_songs_the_first_three_are_named_and_the_log_has_all(tmp_path, caplog):
    songs = [[name, str(tmp_path / f"{name}.wav"), "Q1"] for name in "abcde"]
    with pytest.raises(InputError, match=r"^5 of 5 .*a\.wav.*b\.wav.*c\.wav") as error:
        compute(songs, tmp_path, broken_songs="stop")
    assert "d.wav" not in str(error.value)
    assert all(f"{name}.wav" in caplog.text for name in "abcde")


def test_a_shard_of_broken_songs_is_empty_and_every_song_is_listed(shard, tmp_path):
    compute(shard[2:], tmp_path)
    assert read_examples(tmp_path / "mels.h5").mels.shape == (0, 12, 80)
    collect_mood_songs(
        [str(tmp_path / "songs.csv")],
        str(tmp_path / "all.csv"),
        left_out=[["other", "other.mp3", None, "no label"]],
        origins=[["bad", "311", "1999"], ["other", None, "None"], ["short", "NA", "short"]],
    )
    table = read_table(tmp_path / "all.csv")
    assert list(table)[:4] == ["song", "artist", "piece", "file"]
    assert list(table["song"]) == ["bad", "other", "short"]
    assert table["artist"].fillna("").tolist() == ["311", "", "NA"]
    assert list(table["piece"]) == ["1999", "None", "short"]
    assert list(table["split"].fillna("")) == ["train", "", "train"]
    assert table["left_out"][1] == "no label"
    assert table["n_excerpts"].sum() == 0

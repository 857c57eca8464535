"""The scripts from stems to splits, called one after the other as the workflow does."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from collect_segments import main as collect_segments
from compute_mels import main as compute_mels
from corpus_files import noise_stems, write_wav_folder
from cut_segments import main as cut_segments
from join_split import main as join_split
from stemlens.audio.mel_settings import MelSettings

RATE_HZ = 22_050
SETTINGS = MelSettings(RATE_HZ, 2048, 735, 40, 0.0, RATE_HZ / 2, -100.0)


def cut(folder: Path, song: str) -> None:
    cut_segments(
        str(folder / song),
        str(folder / "segments" / song),
        str(folder / "segments" / f"{song}.csv"),
        song=song,
        split="train",
        classes=[{"name": "low", "stem": "bass"}, {"name": "high", "stem": "vocals"}],
        sample_rate_hz=RATE_HZ,
        duration_s=2,
        min_active_s=1,
        activity={"frame_length": 2048, "hop_length": 512, "threshold_db": -60},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two songs, cut: one of two segments, one silent."""
    write_wav_folder(tmp_path / "loud song", noise_stems(0, 5))
    silent = {stem: 0 * samples for stem, samples in noise_stems(0, 5).items()}
    write_wav_folder(tmp_path / "silent", silent)
    for song in ("loud song", "silent"):
        cut(tmp_path, song)
    return tmp_path


def test_a_song_becomes_segments_and_a_table(folder: Path) -> None:
    names = sorted(path.name for path in (folder / "segments/loud song").iterdir())
    assert names == ["000-high.wav", "000-low.wav", "001-high.wav", "001-low.wav"]
    table = pd.read_csv(folder / "segments/loud song.csv")
    columns = ["song", "split", "segment", "start_s", "active_s_low", "active_s_high"]
    assert list(table.columns) == [*columns, "kept", "reason"]
    assert list(table["song"]) == ["loud song"] * 2


def test_tables_are_joined_in_the_order_of_the_songs(folder: Path) -> None:
    tables = [str(folder / f"segments/{song}.csv") for song in ("silent", "loud song")]
    collect_segments(tables, str(folder / "segments.csv"))
    table = pd.read_csv(folder / "segments.csv")
    assert list(table["song"]) == ["silent", "silent", "loud song", "loud song"]
    assert list(table["kept"]) == [False, False, True, True]


def test_segments_become_mels_and_songs_a_split(folder: Path) -> None:
    songs = ("loud song", "silent")
    for song in songs:
        compute_mels(
            str(folder / "segments" / song),
            str(folder / f"segments/{song}.csv"),
            str(folder / f"mel/{song}.h5"),
            song=song,
            classes=["low", "high"],
            settings=SETTINGS,
            duration_s=2,
        )
    join_split(
        [str(folder / f"mel/{s}.h5") for s in songs], str(folder / "train.h5"), split="train"
    )
    with h5py.File(folder / "train.h5") as file:
        assert file["mel"].shape == (2, 3, 40, 60)
        assert np.isfinite(file["mel"][:]).all()
        assert list(file["start_s"]) == [0, 2]
        assert list(file["song"].asstr()) == ["loud song"] * 2

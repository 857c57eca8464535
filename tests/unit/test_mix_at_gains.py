"""Gained mixes of a song's stimulus: from its segments, or from a file of its waveforms."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from compute_mel_filters import main as compute_mel_filters
from cut_waveforms import main as cut_waveforms
from mix_at_gains import main as mix_at_gains
from stemlens.keeps.item_inputs import read_columns
from transformed_songs import (
    CLASSES,
    DURATION_S,
    MIXES,
    NAMES,
    RATE_HZ,
    SETTINGS,
    cut,
    write_song,
)

GAINS_DB = [-20.0, 0.0, 6.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A song with two segments and one with none, cut and as waveforms."""
    compute_mel_filters(str(tmp_path / "filters.h5"), settings=SETTINGS)
    for song, n_segments in {"two": 2, "none": 0}.items():
        write_song(tmp_path / song, n_segments=n_segments)
        table = cut(tmp_path, song)
        cut_waveforms(
            str(tmp_path / song),
            table,
            str(tmp_path / f"{song}.h5"),
            song=song,
            classes=CLASSES,
            mixes=MIXES,
            unequal_stems="error",
            selection="last",
            duration_s=DURATION_S,
            sample_rate_hz=RATE_HZ,
        )
    return tmp_path


def mix(made_in: Path, song: str, *, is_mel: bool, **stems: str) -> tuple[np.ndarray, Any]:
    mix_at_gains(
        str(made_in / "inputs.h5"),
        **stems,
        filters=str(made_in / "filters.h5") if is_mel else None,
        song=song,
        classes=NAMES,
        mixes=MIXES,
        gains_db=GAINS_DB,
        selection="last",
        settings=SETTINGS,
    )
    with h5py.File(made_in / "inputs.h5") as file:
        return file["input"][:], read_columns(file["items"])


def segments_of(folder: Path, song: str) -> dict[str, str]:
    return {
        "folder": str(folder / "segments" / song),
        "table": str(folder / f"segments/{song}.csv"),
    }


def test_spectrograms_are_the_same_from_segments_and_from_waveforms(folder: Path) -> None:
    of_segments, items = mix(folder, "two", is_mel=True, **segments_of(folder, "two"))
    of_waveforms, again = mix(folder, "two", is_mel=True, waveforms=str(folder / "two.h5"))
    np.testing.assert_array_equal(of_segments, of_waveforms)
    assert items.equals(again)
    assert (items["song"] == "two").all()
    assert len(of_segments) == len(items) == 3 + 2 * len(GAINS_DB)


def test_waveforms_are_sums_of_stems_of_which_one_has_the_gain(folder: Path) -> None:
    found, items = mix(folder, "two", is_mel=False, waveforms=str(folder / "two.h5"))
    with h5py.File(folder / "two.h5") as file:
        (stems,) = file["waveform"][:]
    for row in items.index[items["class"] != ""]:
        factor = 10 ** (items["gain_db"][row] / 20)
        factors = [factor if name == items["class"][row] else 1 for name in NAMES]
        np.testing.assert_allclose(found[row], np.dot(factors, stems), atol=1e-6)


@pytest.mark.parametrize("is_mel", [True, False])
def test_a_song_without_a_segment_has_no_mixes(folder: Path, *, is_mel: bool) -> None:
    every = [{"waveforms": str(folder / "none.h5")}]
    every += [segments_of(folder, "none")] if is_mel else []
    for stems in every:
        found, items = mix(folder, "none", is_mel=is_mel, **stems)
        assert len(found) == len(items) == 0
        assert list(items.columns) == ["mix", "class", "gain_db", "song"]

"""The stimuli of a song and what transformations make of them, as inputs of models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import soundfile
from compute_mel_filters import main as compute_mel_filters
from compute_mels import main as compute_mels
from cut_waveforms import main as cut_waveforms
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.transformations import TRANSFORMATIONS
from stemlens.keeps.item_inputs import read_columns
from stemlens.keeps.transformed import item_seed, two_segments
from stemlens.target_type import MULTI_LABEL
from transform_stimuli import main as transform_stimuli
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

CHANGES: dict[str, list[float | bool]] = {
    "noise": [20, 0],
    "polarity_inversion": [True],
    "left_channel": [True],
}


@dataclass(frozen=True)
class Made:
    """What the script wrote."""

    inputs: np.ndarray
    items: pd.DataFrame

    def one(self, of_class: str, name: str, strength: float | None = None) -> np.ndarray:
        is_it = (self.items["class"] == of_class) & (self.items["transformation"] == name)
        if strength is not None:
            is_it &= self.items["strength"] == strength
        (row,) = np.flatnonzero(is_it)
        return self.inputs[row]


def transform(
    folder: Path,
    song: str,
    *,
    label: str | None = None,
    changes: Mapping[str, Sequence[float | bool]] = CHANGES,
    settings: MelSettings | None = None,
    sample_rate_hz: int = RATE_HZ,
    **options: Any,
) -> Made:
    filters = None
    if settings:
        filters = str(folder / "filters.h5")
        compute_mel_filters(filters, settings=settings)
    transform_stimuli(
        str(folder / song),
        str(folder / f"segments/{song}.csv"),
        str(folder / "inputs.h5"),
        **{
            "song": label or song,
            "classes": CLASSES,
            "unequal_stems": "error",
            "selection": "first",
            "duration_s": DURATION_S,
            "transformations": changes,
            "transformed_at_hz": 44_100,
            "seed": 0,
            "sample_rate_hz": sample_rate_hz,
            "filters": filters,
            "settings": settings,
            **options,
        },
    )
    with h5py.File(folder / "inputs.h5") as file:
        return Made(file["input"][:], read_columns(file["items"]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Songs with two segments, one, and none."""
    for song, n_segments in {"two": 2, "one": 1, "none": 0}.items():
        write_song(tmp_path / song, n_segments=n_segments)
        cut(tmp_path, song)
    return tmp_path


def test_each_class_and_the_mix_have_the_stimulus_another_segment_and_transformations(
    folder: Path,
) -> None:
    made = transform(folder, "two")
    assert list(made.items.columns) == ["class", "song", "transformation", "strength"]
    assert list(made.items["class"].unique()) == ["low", "high", "mix"]
    assert list(made.items["song"].unique()) == ["two"]
    for _, of_class in made.items.groupby("class"):
        changes = ["noise", "noise", "polarity_inversion", "left_channel"]
        assert list(of_class["transformation"]) == ["original", "other_segment", *changes]
        assert list(of_class["strength"][2:]) == [20, 0, 1, 1]
        assert of_class["strength"][:2].isna().all()
    assert made.inputs.dtype == np.float32
    assert made.inputs.shape == (18, 2 * RATE_HZ)


def test_a_song_of_one_segment_has_no_other(folder: Path) -> None:
    made = transform(folder, "one", changes={"gain": [-6]})
    assert list(made.items["transformation"]) == ["original", "gain"] * 3


@pytest.mark.parametrize("settings", [None, SETTINGS])
def test_a_song_without_a_segment_has_an_empty_file(
    folder: Path, settings: MelSettings | None
) -> None:
    made = transform(folder, "none", settings=settings)
    assert list(made.items.columns) == ["class", "song", "transformation", "strength"]
    assert made.inputs.shape == ((0, 40, 60) if settings else (0, 2 * RATE_HZ))


def test_at_their_own_rate_untransformed_items_are_the_waveforms_of_the_stimuli(
    folder: Path,
) -> None:
    made = transform(folder, "two", sample_rate_hz=44_100)
    cut_waveforms(
        str(folder / "two"),
        str(folder / "segments/two.csv"),
        str(folder / "waveforms.h5"),
        song="two",
        classes=CLASSES,
        mixes=MIXES,
        unequal_stems="error",
        selection="first",
        duration_s=DURATION_S,
        sample_rate_hz=44_100,
    )
    with h5py.File(folder / "waveforms.h5") as file:
        stems = file["waveform"][0]
    np.testing.assert_array_equal(made.one("low", "original"), stems[0])
    np.testing.assert_array_equal(made.one("high", "original"), stems[1])
    np.testing.assert_array_equal(made.one("mix", "original"), stems[0] + stems[1])


def test_untransformed_spectrograms_are_those_of_the_run(folder: Path) -> None:
    """But for the frames at its ends, as the segment is cut before it is resampled."""
    compute_mel_filters(str(folder / "filters.h5"), settings=SETTINGS)
    compute_mels(
        str(folder / "segments/two"),
        str(folder / "segments/two.csv"),
        str(folder / "filters.h5"),
        str(folder / "mel.h5"),
        classes=NAMES,
        mixes=MIXES,
        target_type=MULTI_LABEL,
        settings=SETTINGS,
        duration_s=DURATION_S,
    )
    made = transform(folder, "two", settings=SETTINGS)
    with h5py.File(folder / "mel.h5") as file:
        expected = dict(zip(["low", "high", "mix"], file["mel"][0], strict=True))
        other = dict(zip(["low", "high", "mix"], file["mel"][1], strict=True))
    for name in ("low", "high", "mix"):
        for item, mel in {"original": expected[name], "other_segment": other[name]}.items():
            difference_db = np.abs(made.one(name, item) - mel)
            assert difference_db[:, 2:-2].max() < 1e-4
            assert difference_db.max() < 0.2
    np.testing.assert_allclose(
        made.one("low", "polarity_inversion"), made.one("low", "original"), atol=1e-4
    )


def test_the_left_channel_is_read_from_the_stems(folder: Path) -> None:
    made = transform(folder, "two", sample_rate_hz=44_100)
    of_stem = {
        stem: soundfile.read(folder / f"two/{stem}.wav", dtype="float32")[0][: 2 * 44_100]
        for stem in ("bass", "vocals")
    }
    np.testing.assert_allclose(made.one("low", "original"), of_stem["bass"].mean(axis=1), atol=1e-7)
    np.testing.assert_array_equal(made.one("low", "left_channel"), of_stem["bass"][:, 0])
    mixed = of_stem["bass"][:, 0] + of_stem["vocals"][:, 0]
    np.testing.assert_allclose(made.one("mix", "left_channel"), mixed, atol=1e-7)


def test_transformations_are_made_before_resampling(folder: Path) -> None:
    """What a low-pass removes at 44.1 kHz is missing at 8 kHz, in the same place."""
    made = transform(folder, "one", changes={"low_pass": [1000]}, sample_rate_hz=8000)
    original = soundfile.read(folder / "one/bass.wav", dtype="float32")[0].mean(axis=1)
    filtered = TRANSFORMATIONS["low_pass"].apply(original[: 2 * 44_100], 44_100, 1000, 0)
    found = made.one("low", "low_pass")
    assert found.shape == (16_000,)
    at_s = np.arange(16_000) / 8000
    expected = np.interp(at_s, np.arange(2 * 44_100) / 44_100, filtered)
    np.testing.assert_allclose(found[100:-100], expected[100:-100], atol=2e-3)


def test_items_draw_each_for_themselves_and_adding_one_changes_no_other(folder: Path) -> None:
    made = transform(folder, "two", changes={"noise": [20]})
    more = transform(folder, "two", changes={"reverberation": [0.2], "noise": [0, 20]})
    np.testing.assert_array_equal(made.one("low", "noise"), more.one("low", "noise", 20))
    others = [
        made.one("high", "noise") - made.one("high", "original") + made.one("low", "original"),
        made.one("mix", "noise") - made.one("mix", "original") + made.one("low", "original"),
        more.one("low", "noise", 0),
        transform(folder, "two", label="test/two").one("low", "noise", 20),
        transform(folder, "two", seed=1).one("low", "noise", 20),
    ]
    noises = np.stack([made.one("low", "noise"), *others]) - made.one("low", "original")
    assert np.abs(np.corrcoef(noises) - np.eye(len(noises))).max() < 0.05


def test_the_same_arguments_give_the_same_file(folder: Path) -> None:
    first = transform(folder, "two")
    np.testing.assert_array_equal(transform(folder, "two").inputs, first.inputs)


def test_seeds_of_items_are_the_same_on_every_machine() -> None:
    arguments = (0, "song", "bass", "noise", 20)
    assert item_seed(*arguments) == item_seed(0, "song", "bass", "noise", 20.0)
    changed = [(1, *arguments[1:])]
    for place, value in enumerate(("other", "other", "other", 21), start=1):
        changed.append((*arguments[:place], value, *arguments[place + 1 :]))
    seeds = {item_seed(*each) for each in (arguments, *changed)}
    assert len(seeds) == 6
    assert all(0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize(
    ("selection", "starts_s"),
    [("first", [0, 2]), ("last", [6, 4]), ("most_active", [4, 0])],
)
def test_the_other_segment_is_the_next_best_of_the_same_selection(
    selection: str, starts_s: list[float]
) -> None:
    segments = pd.DataFrame(
        {
            "song": ["a"] * 4,
            "start_s": [0.0, 2.0, 4.0, 6.0],
            "active_s_low": [1.5, 1.0, 1.8, 1.2],
            "active_s_high": [1.6, 1.9, 1.7, 1.3],
        },
        index=[3, 5, 6, 9],
    )
    chosen = two_segments(segments, NAMES, selection=selection)
    assert list(chosen["start_s"]) == starts_s

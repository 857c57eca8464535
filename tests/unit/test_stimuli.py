import unicodedata

import h5py
import numpy as np
import pandas as pd
import pytest
from mel_splits import CLASSES, write_random_split
from stemlens.activations.stimuli import find_stimuli, select_stimuli
from stemlens.audio.mel_store import read_mixes
from stemlens.audio.mixes import mix_targets
from stemlens.audio.segment_table import read_segment_table
from stemlens.errors import InputError


def segments_of(rows):
    return pd.DataFrame(
        rows, columns=["song", "segment", "start_s", "active_s_drums", "active_s_bass"]
    )


SEGMENTS = segments_of(
    [
        ("Zoe", 0, 0.0, 9.0, 5.0),
        ("Zoe", 1, 10.0, 7.0, 6.0),
        ("Zoe", 3, 30.0, 6.0, 10.0),
        ("Ann", 5, 50.0, 10.0, 5.5),
        ("Ann", 2, 20.0, 5.5, 5.5),
        ("Ann", 8, 80.0, 10.0, 5.0),
    ]
)


@pytest.mark.parametrize(
    ("selection", "start_s"),
    [
        # Zoe's least active stems play for 5, 6 and 6 s, Ann's for 5.5, 5.5 and 5 s.
        ("most_active", {"Ann": 20.0, "Zoe": 10.0}),
        ("first", {"Ann": 20.0, "Zoe": 0.0}),
    ],
)
def test_one_segment_per_song_gives_a_stimulus_per_class(selection, start_s):
    stimuli = select_stimuli(
        SEGMENTS, ["drums", "bass"], selection=selection, targets=mix_targets(2)
    )
    assert list(stimuli["stimulus"]) == [0, 1, 2, 3]
    assert list(stimuli["class"]) == ["drums", "drums", "bass", "bass"]
    assert list(stimuli["song"]) == ["Ann", "Zoe", "Ann", "Zoe"]
    assert dict(zip(stimuli["song"], stimuli["start_s"], strict=True)) == start_s
    assert stimuli.groupby("song")["start_s"].nunique().eq(1).all()


def test_the_best_segment_need_not_be_the_first_nor_the_loudest_in_sum():
    segments = segments_of(
        [("Ann", 0, 0.0, 10.0, 5.0), ("Ann", 1, 10.0, 6.0, 6.0), ("Bea", 0, 0.0, 9.0, 9.0)]
    )
    stimuli = select_stimuli(
        segments, ["drums", "bass"], selection="most_active", targets=mix_targets(2)
    )
    assert list(stimuli["start_s"]) == [10.0, 0.0, 10.0, 0.0]


def test_row_and_mix_lead_to_the_stem_alone(tmp_path):
    write_random_split(tmp_path / "test.h5", {"Zoe": 3, "Ann": 2, "Bea": 4})
    segments = read_segment_table(tmp_path / "test.h5")
    targets = read_mixes(tmp_path / "test.h5")
    stimuli = select_stimuli(segments, CLASSES, selection="most_active", targets=targets)
    assert len(stimuli) == 3 * len(CLASSES)
    with h5py.File(tmp_path / "test.h5") as file:
        for row in stimuli.to_dict("records"):
            assert file["song"].asstr()[row["row"]] == row["song"]
            assert file["start_s"][row["row"]] == row["start_s"]
            playing = np.flatnonzero(file["target"][row["row"], row["mix"]])
            assert [CLASSES[index] for index in playing] == [row["class"]]


@pytest.mark.parametrize("songs", [[], ["Ann"], ["Ann", "Ann"]])
def test_a_single_song_makes_no_pair(songs):
    segments = segments_of([(song, 0, 0.0, 9.0, 9.0) for song in songs])
    with pytest.raises(InputError, match=rf"only {len(set(songs))} song.* at least 2"):
        select_stimuli(segments, ["drums", "bass"], selection="first", targets=mix_targets(2))


def test_find_stimuli_refuses_a_song_without_a_stimulus():
    stimuli = pd.DataFrame({"class": ["drums", "drums", "bass"], "song": ["a", "b", "a"]})
    with pytest.raises(InputError, match=r"figures\.songs: 'b' has no stimulus.*'a'"):
        find_stimuli(stimuli, "bass", ["a", "b"])


@pytest.mark.parametrize(
    ("class_name", "songs", "rows"),
    [
        ("bass", ["Zoë", "Ann"], [5, 3]),
        ("drums", ["Bea", unicodedata.normalize("NFD", "Zoë")], [1, 2]),
        ("bass", [], [3, 4]),
    ],
    ids=["as named", "in another code point", "the first two"],
)
def test_find_stimuli_keeps_the_order_of_the_named_songs(class_name, songs, rows):
    stimuli = pd.DataFrame(
        {"class": ["drums"] * 3 + ["bass"] * 3, "song": ["Ann", "Bea", "Zoë"] * 2}
    )
    assert find_stimuli(stimuli, class_name, songs) == rows

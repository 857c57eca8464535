from collections import Counter

import numpy as np
import pytest
from stemlens.errors import InputError
from stemlens.moods.songs import QUADRANTS, MoodSong
from stemlens.moods.split import assign_splits


def songs_of(n, *, n_artists=None, seed=0):
    """Songs of random quadrants; with artists, some of whom have many songs."""
    rng = np.random.default_rng(seed)
    shares = rng.zipf(1.8, n) % n_artists if n_artists else None
    return [
        MoodSong(
            str(number),
            f"{number}.mp3",
            str(number),
            artist=f"artist {shares[number]}" if n_artists else None,
            quadrant=str(rng.choice(QUADRANTS, p=[0.4, 0.3, 0.2, 0.1])),
        )
        for number in range(n)
    ]


def split(songs, *, test_share=0.25, seed=0):
    return assign_splits(songs, test_share=test_share, seed=seed)


@pytest.mark.parametrize("test_share", [0.1, 0.25, 0.5])
@pytest.mark.parametrize("n", [80, 1000])
def test_each_quadrant_gives_its_share(n, test_share):
    songs = songs_of(n)
    split_of = split(songs, test_share=test_share)
    totals = Counter(song.quadrant for song in songs)
    tested = Counter(song.quadrant for song in songs if split_of[song.name] == "test")
    for quadrant in QUADRANTS:
        assert abs(tested[quadrant] - test_share * totals[quadrant]) <= 0.5


@pytest.mark.parametrize("seed", range(5))
def test_no_artist_stands_in_both_splits(seed):
    songs = songs_of(400, n_artists=90, seed=seed)
    split_of = split(songs, seed=seed)
    splits_of_artist = {}
    for song in songs:
        splits_of_artist.setdefault(song.artist, set()).add(split_of[song.name])
    assert all(len(splits) == 1 for splits in splits_of_artist.values())
    share = Counter(split_of.values())["test"] / len(songs)
    assert 0.15 < share < 0.35


def test_excerpts_of_one_song_stay_together_also_where_only_one_names_the_artist():
    songs = [
        MoodSong(f"{number}{part}", "", str(number), artist, quadrant="Q1")
        for number in range(40)
        for part, artist in (("a", f"artist {number % 20}"), ("b", None))
    ]
    split_of = split(songs)
    for song in songs:
        others = [s for s in songs if int(s.song) % 20 == int(song.song) % 20]
        assert {split_of[other.name] for other in others} == {split_of[song.name]}


def test_a_seed_gives_one_split_whatever_the_order_and_another_seed_another():
    songs = songs_of(200)
    assert split(songs) == split(songs[::-1])
    assert split(songs) != split(songs, seed=1)


def test_an_added_song_moves_few_others():
    songs = songs_of(400)
    before, after = split(songs[:-1]), split(songs)
    assert sum(before[name] != after[name] for name in before) <= 1


def test_two_songs_of_a_quadrant_are_divided_and_one_is_trained_on():
    songs = [MoodSong(name, "", name, quadrant="Q1") for name in "ab"]
    assert sorted(split(songs).values()) == ["test", "train"]
    assert split(songs, test_share=0.9).keys() == {"a", "b"}
    assert sorted(split(songs, test_share=0.9).values()) == ["test", "train"]
    assert split(songs[:1]) == {"a": "train"}


def test_a_stated_split_is_followed_and_must_be_whole():
    songs = [
        MoodSong("a", "", "a", quadrant="Q1", split="test"),
        MoodSong("b", "", "b", quadrant="Q1", split="test"),
        MoodSong("c", "", "c", quadrant="Q2", split="train"),
    ]
    assert split(songs) == {"a": "test", "b": "test", "c": "train"}
    with pytest.raises(InputError, match="d has no split, a has one; expected a split for all"):
        split([*songs, MoodSong("d", "", "d", quadrant="Q1")])

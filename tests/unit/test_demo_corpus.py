import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpus_files import needs_ffmpeg
from render_demo_corpus import main as render_demo_corpus
from stemlens.corpora.demo_corpus import SAMPLE_RATE_HZ, STEMS, compose_split, render, write_song

DURATION_S = 8.0


def songs(split: str, n_songs: int, *, seed: int = 0) -> list[dict[str, np.ndarray]]:
    pieces = compose_split(split, n_songs, duration_s=DURATION_S, seed=seed)
    return [render(piece, duration_s=DURATION_S) for piece in pieces]


def is_equal(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(a[stem], b[stem]) for stem in STEMS)


def test_a_seed_gives_the_same_songs_again() -> None:
    assert is_equal(songs("train", 1)[0], songs("train", 1)[0])


def test_a_song_does_not_depend_on_how_many_follow() -> None:
    assert is_equal(songs("train", 1)[0], songs("train", 3)[0])


def test_other_seeds_splits_and_numbers_give_other_songs() -> None:
    first, second = songs("train", 2)
    others = [second, songs("test", 1)[0], songs("train", 1, seed=1)[0]]
    for other in others:
        for stem in STEMS:
            assert not np.array_equal(first[stem], other[stem])


def test_stems_are_stereo_of_the_given_length_and_their_sum_stays_below_full_scale() -> None:
    for song in songs("test", 4):
        assert list(song) == list(STEMS)
        assert {audio.shape for audio in song.values()} == {(8 * SAMPLE_RATE_HZ, 2)}
        assert np.abs(sum(song.values())).max() == pytest.approx(0.9, abs=1e-5)


def test_every_stem_plays_in_most_songs() -> None:
    played = dict.fromkeys(STEMS, 0)
    for song in songs("train", 12):
        for stem in STEMS:
            played[stem] += np.sqrt(np.mean(song[stem] ** 2)) > 1e-3
    assert min(played.values()) >= 9


def test_songs_differ_in_tempo_programs_and_metre() -> None:
    pieces = list(compose_split("train", 12, duration_s=30, seed=0))
    assert len({piece.tempo_bpm for piece in pieces}) == 12
    for stem in STEMS:
        assert len({piece.parts[stem].program for piece in pieces}) >= 3
    assert len({round(piece.parts["bass"].gain_db, 3) for piece in pieces}) == 12


def test_the_mixture_is_the_sum_of_the_stems(tmp_path: Path) -> None:
    write_song(tmp_path, songs("train", 1)[0])
    read = {path.stem: soundfile.read(path)[0] for path in tmp_path.iterdir()}
    mixture = read.pop("mixture")
    assert set(read) == set(STEMS)
    np.testing.assert_allclose(mixture, sum(read.values()), atol=3 * 2**-15)


@needs_ffmpeg
def test_musdb_reads_the_corpus(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import musdb
    folders = {"train": [f"{tmp_path}/train/One"], "test": [f"{tmp_path}/test/Two"]}
    render_demo_corpus(folders, duration_s=2.0, seed=0)
    tracks = musdb.DB(root=tmp_path, is_wav=True).tracks
    assert sorted(track.name for track in tracks) == ["One", "Two"]
    for track in tracks:
        assert track.targets["vocals"].audio.shape == (2 * SAMPLE_RATE_HZ, 2)

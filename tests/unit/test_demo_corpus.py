import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpus_files import needs_ffmpeg
from render_demo_corpus import main as render_demo_corpus
from stemlens.corpora.demo_composition import Note, Part, Piece
from stemlens.corpora.demo_corpus import SAMPLE_RATE_HZ, STEMS, compose_split, render, write_song

DURATION_S = 8.0


def songs(split: str, n_songs: int, *, seed: int = 0) -> list[dict[str, np.ndarray]]:
    pieces = compose_split(split, n_songs, duration_s=DURATION_S, seed=seed)
    return [render(piece, duration_s=DURATION_S) for piece in pieces]


def test_a_song_does_not_depend_on_how_many_follow() -> None:
    alone, first = songs("train", 1)[0], songs("train", 3)[0]
    assert all(np.array_equal(alone[stem], first[stem]) for stem in STEMS)


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


def test_songs_differ_in_tempo_programs_and_levels() -> None:
    pieces = list(compose_split("train", 12, duration_s=30, seed=0))
    assert len({piece.tempo_bpm for piece in pieces}) == 12
    for stem in STEMS:
        assert len({piece.parts[stem].program for piece in pieces}) >= 3
    assert len({round(piece.parts["bass"].gain_db, 3) for piece in pieces}) == 12


def test_pieces_last_as_long_as_asked_for_and_stems_rest_at_times() -> None:
    n_rests = 0
    for piece in compose_split("train", 12, duration_s=30, seed=0):
        wanted_beats = 30 * piece.tempo_bpm / 60
        starts = [[note.start_beat for note in part.notes] for part in piece.parts.values()]
        assert max(map(max, starts)) >= wanted_beats - 4  # the longest bar
        gaps_beats = [np.diff([0, *sorted(beats), wanted_beats]).max() for beats in starts]
        n_rests += sum(gap >= 12 for gap in gaps_beats)  # four of the shortest bars
    assert 1 <= n_rests <= 24


@pytest.mark.parametrize(("split", "seed"), [("test", 22), ("train", 25), ("test", 88)])
def test_no_note_is_so_high_that_the_synthesizer_never_returns(split: str, seed: int) -> None:
    pieces = compose_split(split, 16, duration_s=31, seed=seed)
    parts = [part for piece in pieces for part in piece.parts.values()]
    assert max(note.pitch for part in parts for note in part.notes) <= 96


FLUTE, ORGAN = 73, 16


def rendered(*, tempo_bpm: float = 120, **parts: Part) -> dict[str, np.ndarray]:
    """Render for 4 s; stems that are not given rest."""
    rest = Part(program=0, is_drums=False, gain_db=0, notes=())
    return render(Piece(tempo_bpm, {stem: parts.get(stem, rest) for stem in STEMS}), duration_s=4)


def playing(pitch: int, *, start_beat: float = 0, program: int = FLUTE, gain_db: float = 0) -> Part:
    note = Note(start_beat, duration_beats=2, pitch=pitch, velocity=100)
    return Part(program, is_drums=False, gain_db=gain_db, notes=(note,))


@pytest.mark.parametrize(("tempo_bpm", "begins_s"), [(60, 2), (150, 0.8)])
def test_a_note_begins_at_its_beat(tempo_bpm: float, begins_s: float) -> None:
    song = rendered(tempo_bpm=tempo_bpm, other=playing(69, start_beat=2, program=ORGAN))
    audible = np.abs(song["other"]).max(axis=1) > 0.01
    assert audible.argmax() / SAMPLE_RATE_HZ == pytest.approx(begins_s, abs=0.05)


def test_a_note_sounds_at_its_pitch() -> None:
    sound = rendered(vocals=playing(69))["vocals"][: SAMPLE_RATE_HZ // 2, 0]
    strongest_hz = 2 * np.abs(np.fft.rfft(sound)).argmax()
    assert strongest_hz == pytest.approx(440, abs=4)


def test_gain_and_program_of_a_part_are_heard() -> None:
    song = rendered(
        bass=playing(60), other=playing(60, gain_db=-6), vocals=playing(60, program=ORGAN)
    )
    np.testing.assert_allclose(song["other"], song["bass"] * 10 ** (-6 / 20), atol=1e-6)
    assert not np.allclose(song["vocals"], song["bass"], atol=0.1)
    assert (song["drums"] == 0).all()


def test_a_piece_in_which_all_rest_is_silence() -> None:
    assert all((audio == 0).all() for audio in rendered().values())


def test_drums_are_played_by_a_drum_kit() -> None:
    melodic = playing(38, program=0)
    drums = replace(melodic, is_drums=True)
    song = rendered(bass=melodic, drums=drums)
    assert not np.allclose(song["drums"], song["bass"], atol=0.1)


def test_the_mixture_is_the_sum_of_the_stems(tmp_path: Path) -> None:
    write_song(tmp_path, songs("train", 1)[0])
    read = {path.stem: soundfile.read(path)[0] for path in tmp_path.iterdir()}
    mixture = read.pop("mixture")
    assert set(read) == set(STEMS)
    np.testing.assert_allclose(mixture, sum(read.values()), atol=3 * 2**-15)


def test_the_script_writes_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    for run in ("first", "second"):
        folders = {split: [f"{tmp_path}/{run}/{split}/One"] for split in ("train", "test")}
        render_demo_corpus(folders, duration_s=2.0, seed=3)
    files = sorted(path.relative_to(tmp_path / "first") for path in tmp_path.glob("first/*/*/*"))
    assert len(files) == 2 * 5
    for file in files:
        content = (tmp_path / "first" / file).read_bytes()
        assert content == (tmp_path / "second" / file).read_bytes()
        info = soundfile.info(tmp_path / "first" / file)
        assert (info.samplerate, info.frames) == (22_050, 44_100)
        assert (info.channels, info.subtype) == (2, "PCM_16")


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

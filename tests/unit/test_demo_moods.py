import hashlib
import json
import subprocess
import sys
from collections import Counter
from dataclasses import astuple, replace
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
from render_mood_demo import main as render_mood_demo
from stemlens.corpora.demo_composition import Note, Piece
from stemlens.corpora.demo_corpus import SAMPLE_RATE_HZ, compose_split, render
from stemlens.corpora.demo_mood_songs import DemoMoodSong, demo_mood_songs
from stemlens.corpora.demo_moods import compose_mood, write_mood_song
from stemlens.moods.quadrants import QUADRANTS

DURATION_S = 6.0
AROUSED, QUIET = ("Q1", "Q2"), ("Q3", "Q4")
PLEASANT, UNPLEASANT = ("Q1", "Q4"), ("Q2", "Q3")
# Krumhansl & Kessler (1982): how well each pitch class fits a key, from its tonic up.
FIT_IN_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
FIT_IN_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def compose_some(quadrant: str, n: int) -> list[Piece]:
    rngs = [np.random.default_rng([QUADRANTS.index(quadrant), number]) for number in range(n)]
    return [compose_mood(quadrant, rng, duration_s=DURATION_S) for rng in rngs]


@pytest.fixture(scope="module")
def pieces() -> dict[str, list[Piece]]:
    """Enough of each quadrant for means to differ by more than chance."""
    return {quadrant: compose_some(quadrant, 80) for quadrant in QUADRANTS}


@pytest.fixture(scope="module")
def mixes(pieces: dict[str, list[Piece]]) -> dict[str, list[np.ndarray]]:
    """Quadrant → some of its pieces as they sound, (sample, channel)."""
    return {quadrant: [mix(piece) for piece in pieces[quadrant][:20]] for quadrant in QUADRANTS}


def mix(piece: Piece) -> np.ndarray:
    return np.sum(list(render(piece, duration_s=DURATION_S).values()), axis=0)


def melodic_notes(piece: Piece) -> list[Note]:
    return [note for part in piece.parts.values() if not part.is_drums for note in part.notes]


def rms_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64))))


def is_major(piece: Piece) -> bool:
    """Say whether the best of all 24 keys is a major one (Krumhansl's algorithm)."""
    sounding_beats = np.zeros(12)
    for note in melodic_notes(piece):
        sounding_beats[note.pitch % 12] += note.duration_beats
    fits = [
        max(np.corrcoef(np.roll(profile, tonic), sounding_beats)[0, 1] for tonic in range(12))
        for profile in (FIT_IN_MAJOR, FIT_IN_MINOR)
    ]
    return fits[0] > fits[1]


def test_aroused_moods_are_faster_and_of_shorter_notes_that_are_struck_harder(
    pieces: dict[str, list[Piece]],
) -> None:
    tempo_bpm = {q: np.mean([piece.tempo_bpm for piece in pieces[q]]) for q in QUADRANTS}
    notes = {q: [(p, note) for p in pieces[q] for note in melodic_notes(p)] for q in QUADRANTS}
    length_s = {
        q: np.mean([note.duration_beats * 60 / piece.tempo_bpm for piece, note in notes[q]])
        for q in QUADRANTS
    }
    velocity = {q: np.mean([note.velocity for _, note in notes[q]]) for q in QUADRANTS}
    for aroused in AROUSED:
        for quiet in QUIET:
            assert tempo_bpm[aroused] > 1.4 * tempo_bpm[quiet]
            assert length_s[aroused] < 0.6 * length_s[quiet]
            assert velocity[aroused] > velocity[quiet] + 8


def test_pleasant_moods_are_higher(pieces: dict[str, list[Piece]]) -> None:
    pitch = {
        q: np.mean([note.pitch for piece in pieces[q] for note in melodic_notes(piece)])
        for q in QUADRANTS
    }
    for pleasant in PLEASANT:
        for unpleasant in UNPLEASANT:
            assert pitch[pleasant] > pitch[unpleasant] + 4


def test_most_pleasant_pieces_are_in_major_and_most_unpleasant_ones_in_minor(
    pieces: dict[str, list[Piece]],
) -> None:
    major = {q: np.mean([is_major(p) for p in pieces[q] if melodic_notes(p)]) for q in QUADRANTS}
    assert min(major[q] for q in PLEASANT) > 0.6
    assert max(major[q] for q in UNPLEASANT) < 0.4


def test_levels_fall_from_tense_to_happy_to_calm_to_sad(mixes: dict[str, list[np.ndarray]]) -> None:
    levels_db = [np.mean([rms_db(m) for m in mixes[q]]) for q in ("Q2", "Q1", "Q4", "Q3")]
    assert (np.diff(levels_db) < -2).all()


def test_aroused_moods_sound_brighter_and_busier(mixes: dict[str, list[np.ndarray]]) -> None:
    centroid_hz, onsets = {}, {}
    for quadrant in QUADRANTS:
        signals = [m.mean(axis=1) for m in mixes[quadrant]]
        centroid_hz[quadrant] = np.mean(
            [librosa.feature.spectral_centroid(y=s, sr=SAMPLE_RATE_HZ).mean() for s in signals]
        )
        onsets[quadrant] = np.mean(
            [len(librosa.onset.onset_detect(y=s, sr=SAMPLE_RATE_HZ)) for s in signals]
        )
    for aroused in AROUSED:
        for quiet in QUIET:
            assert centroid_hz[aroused] > 1.3 * centroid_hz[quiet]
            assert onsets[aroused] > 1.3 * onsets[quiet]


def test_neighbouring_quadrants_share_levels_and_tempi(pieces: dict[str, list[Piece]]) -> None:
    for first, second in (AROUSED, QUIET):
        for cue in ("tempo_bpm", "level_db"):
            a, b = ([getattr(piece, cue) for piece in pieces[q]] for q in (first, second))
            assert max(min(a), min(b)) < min(max(a), max(b))


@pytest.mark.parametrize("quadrant", QUADRANTS)
def test_a_piece_sounds_at_its_level_unless_that_would_clip(
    quadrant: str, pieces: dict[str, list[Piece]], mixes: dict[str, list[np.ndarray]]
) -> None:
    n_at_level = 0
    for piece, samples in zip(pieces[quadrant], mixes[quadrant], strict=False):
        peak = np.abs(samples).max()
        assert peak <= 0.9 + 1e-5
        assert piece.level_db is not None
        if peak < 0.899:
            assert rms_db(samples) == pytest.approx(piece.level_db, abs=0.01)
            n_at_level += 1
        else:
            assert rms_db(samples) <= piece.level_db + 0.01
    assert n_at_level >= 10


def test_a_level_that_would_clip_is_lowered_and_silence_stays_silence(
    pieces: dict[str, list[Piece]],
) -> None:
    piece = pieces["Q1"][0]
    assert np.abs(mix(replace(piece, level_db=0.0))).max() == pytest.approx(0.9, abs=1e-5)
    rests = {stem: replace(part, notes=()) for stem, part in piece.parts.items()}
    assert (mix(replace(piece, parts=rests)) == 0).all()


def test_no_note_is_so_high_that_the_synthesizer_never_returns() -> None:
    for quadrant in QUADRANTS:
        for piece in compose_some(quadrant, 300):
            assert max((note.pitch for note in melodic_notes(piece)), default=0) <= 91


def test_the_instrument_corpus_keeps_its_notes() -> None:
    notes = [
        [split, stem, part.program, round(part.gain_db, 6), round(piece.tempo_bpm, 6)]
        + [[float(value) for value in astuple(note)] for note in part.notes]
        for split in ("train", "test")
        for piece in compose_split(split, 4, duration_s=31, seed=0)
        for stem, part in piece.parts.items()
    ]
    digest = hashlib.sha256(json.dumps(notes).encode()).hexdigest()
    assert digest[:16] == "f1356e351cbe56d9"


@pytest.mark.parametrize("n_songs", [4, 10, 24])
def test_songs_are_divided_evenly_over_the_quadrants(n_songs: int) -> None:
    songs = demo_mood_songs("corpus", n_songs)
    counts = Counter(song.quadrant for song in songs)
    assert len({song.name for song in songs}) == len({song.file for song in songs}) == n_songs
    assert set(counts) == set(QUADRANTS)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_a_song_is_listed_with_its_name_quadrant_and_file() -> None:
    songs = demo_mood_songs("some/corpus", 6)
    assert songs[5] == DemoMoodSong("Mood Song 006", "Q2", "some/corpus/Q2/Mood Song 006.wav")
    assert demo_mood_songs("some/corpus", 3) == songs[:3]


def test_listing_songs_needs_no_numerical_library() -> None:
    code = (
        "import sys; from stemlens.corpora.demo_mood_songs import demo_mood_songs;"
        "assert demo_mood_songs('r', 4);"
        "sys.exit(bool({'numpy', 'scipy', 'soundfile', 'symusic'} & set(sys.modules)))"
    )
    folder = Path(__file__).parents[2] / "scripts"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)


def write(song: DemoMoodSong, seed: int) -> bytes:
    write_mood_song(song, duration_s=2.0, seed=seed)
    return Path(song.file).read_bytes()


def test_a_song_depends_on_its_seed_and_its_name_alone(tmp_path: Path) -> None:
    (first, *_, fifth) = demo_mood_songs(str(tmp_path / "few"), 5)
    same = demo_mood_songs(str(tmp_path / "many"), 40)[0]
    content = write(first, seed=3)
    assert write(same, seed=3) == content
    assert fifth.quadrant == first.quadrant
    assert write(fifth, seed=3) != content
    assert write(first, seed=4) != content


def test_the_script_writes_every_song_as_16_bit_stereo(tmp_path: Path) -> None:
    songs = demo_mood_songs(str(tmp_path), 5)
    render_mood_demo(
        [[song.name, song.quadrant] for song in songs],
        [song.file for song in songs],
        duration_s=2.5,
        seed=0,
    )
    assert sorted(map(str, tmp_path.rglob("*.wav"))) == sorted(song.file for song in songs)
    for song in songs:
        info = soundfile.info(song.file)
        assert (info.samplerate, info.frames) == (SAMPLE_RATE_HZ, 2.5 * SAMPLE_RATE_HZ)
        assert (info.channels, info.subtype) == (2, "PCM_16")
        assert soundfile.read(song.file)[0].any()

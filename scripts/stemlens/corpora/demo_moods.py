"""Music of four moods, composed from a seed: the mood demo corpus, labelled by construction.

A mood is a quadrant of the valence-arousal plane. The moods differ in the cues that listeners
rely on: mode, tempo, register, dynamics, articulation and timbre, in decreasing order of
importance and with additive effects (Eerola, Friberg & Bresin 2013). Every cue is drawn from a
range, and most ranges of neighbouring quadrants overlap, so that no single cue gives the mood
away.

References
----------
T. Eerola, A. Friberg, R. Bresin, "Emotional expression in music: contribution, linearity, and
additivity of primary musical cues", Frontiers in Psychology 4:487, 2013.

A. Gabrielsson, E. Lindström, "The role of structure in the musical expression of emotions", in
Handbook of Music and Emotion, Oxford University Press, 2010.

P. N. Juslin, P. Laukka, "Expression, perception, and induction of musical emotions", Journal of
New Music Research 33(3), 2004.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import soundfile

from stemlens.atomic import replacing
from stemlens.corpora.demo_composition import (
    BEATS_PER_BAR,
    MAJOR,
    MINOR,
    PROGRESSIONS,
    Frame,
    Piece,
    arrange,
)
from stemlens.corpora.demo_corpus import SAMPLE_RATE_HZ, render
from stemlens.corpora.demo_mood_songs import DemoMoodSong

HIGHEST_MOOD_PITCH = 91
"""G6; with some programs, the synthesizer hangs on some higher notes."""
PHRYGIAN, HARMONIC_MINOR = (0, 1, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 8, 11)


@dataclass(frozen=True)
class MoodCues:
    """How music of one mood is played.

    Numbers are drawn uniformly from (low, high). From other tuples an element is drawn with equal
    probability; a repeated one is more likely. G&L: Gabrielsson & Lindström 2010; J&L: Juslin &
    Laukka 2004, whose tenderness is taken for calm.

    Attributes
    ----------
    tempo_bpm
        Fast in happiness and anger, slow in sadness and serenity (G&L).
    scales
        Major in happiness and serenity, minor in sadness, tension and anger (G&L). Dissonance in
        tension and anger (G&L), here through scales with a semitone next to the tonic.
    level_db
        RMS in dBFS: high in anger, medium to high in happiness, medium to low in tenderness,
        low in sadness (J&L).
    velocity_offset
        Louder tones are brighter: sharp timbre in anger, bright in happiness, soft in tenderness,
        dull in sadness (J&L).
    register_shift
        In semitones: high in happiness and serenity, low in sadness (G&L). For anger, both high
        and low pitch are reported; here it is low.
    articulation
        Sounding share of a note's written length: staccato in happiness and anger, legato in
        sadness and tenderness (J&L).
    drums_probability, bass_patterns, chord_patterns
        Firm, busy rhythm in anger, regular and light in happiness, flowing in serenity, sparse
        and held in sadness (after G&L).
    programs
        Stem → General MIDI programs (drum kits): fast attacks and bright timbre in happiness,
        many high partials and noise in anger, slow attacks in sadness, soft timbre in
        tenderness (J&L).
    """

    tempo_bpm: tuple[float, float]
    scales: tuple[tuple[int, ...], ...]
    level_db: tuple[float, float]
    velocity_offset: tuple[int, int]
    register_shift: tuple[int, int]
    articulation: tuple[float, float]
    drums_probability: float
    bass_patterns: tuple[str, ...]
    chord_patterns: tuple[str, ...]
    programs: Mapping[str, tuple[int, ...]]


CUES = {
    "Q1": MoodCues(  # high valence, high arousal: happy
        tempo_bpm=(108, 164),
        scales=(MAJOR, MAJOR, MAJOR, MAJOR, MAJOR, MINOR),
        level_db=(-25, -18),
        velocity_offset=(-10, 10),
        register_shift=(5, 14),
        articulation=(0.4, 0.75),
        drums_probability=0.7,
        bass_patterns=("root and fifth", "walking", "octaves"),
        chord_patterns=("strummed", "offbeat", "offbeat", "arpeggio"),
        programs={
            "drums": (0, 8, 40),
            "bass": (32, 33, 34),
            "vocals": (22, 56, 72, 85),
            "other": (0, 12, 12, 13, 25, 25, 27, 105),
        },
    ),
    "Q2": MoodCues(  # low valence, high arousal: angry, tense
        tempo_bpm=(104, 176),
        scales=(MINOR, MINOR, PHRYGIAN, PHRYGIAN, HARMONIC_MINOR, MAJOR),
        level_db=(-21, -14),
        velocity_offset=(5, 25),
        register_shift=(-9, 1),
        articulation=(0.5, 0.9),
        drums_probability=0.95,
        bass_patterns=("eighths", "eighths", "octaves"),
        chord_patterns=("strummed", "strummed", "held"),
        programs={
            "drums": (16, 16, 24, 25),
            "bass": (34, 38, 38, 39),
            "vocals": (30, 61, 81, 84),
            "other": (27, 29, 29, 30, 30, 30, 44, 81),
        },
    ),
    "Q3": MoodCues(  # low valence, low arousal: sad
        tempo_bpm=(52, 84),
        scales=(MINOR, MINOR, MINOR, MINOR, MINOR, MAJOR),
        level_db=(-36, -28),
        velocity_offset=(-40, -20),
        register_shift=(-9, -2),
        articulation=(0.85, 1.0),
        drums_probability=0.1,
        bass_patterns=("long", "long", "root and fifth"),
        chord_patterns=("held", "held", "held", "strummed"),
        programs={
            "drums": (0, 8, 40),
            "bass": (32, 43, 43),
            "vocals": (40, 52, 53, 68),
            "other": (0, 19, 42, 42, 42, 48, 49, 52),
        },
    ),
    "Q4": MoodCues(  # high valence, low arousal: calm
        tempo_bpm=(60, 100),
        scales=(MAJOR, MAJOR, MAJOR, MAJOR, MAJOR, MINOR),
        level_db=(-31, -22),
        velocity_offset=(-25, -5),
        register_shift=(4, 12),
        articulation=(0.75, 1.0),
        drums_probability=0.15,
        bass_patterns=("long", "root and fifth", "walking"),
        chord_patterns=("arpeggio", "arpeggio", "held"),
        programs={
            "drums": (0, 8, 40),
            "bass": (32, 33, 35),
            "vocals": (54, 71, 73, 75),
            "other": (0, 4, 11, 11, 24, 24, 46, 46),
        },
    ),
}
"""Cues of each quadrant."""


def compose_mood(quadrant: str, rng: np.random.Generator, *, duration_s: float) -> Piece:
    """Compose a piece as in `compose`, in the mood of a quadrant; the drums may be silent."""
    cues = CUES[quadrant]
    frame = Frame(
        rng=rng,
        duration_s=duration_s,
        tempo_bpm=float(rng.uniform(*cues.tempo_bpm)),
        beats_per_bar=int(rng.choice(BEATS_PER_BAR)),
        tonic=int(rng.integers(12)),
        scale=cues.scales[rng.integers(len(cues.scales))],
        degrees=PROGRESSIONS[rng.integers(len(PROGRESSIONS))],
        bass_patterns=cues.bass_patterns,
        chord_patterns=cues.chord_patterns,
        highest_pitch=HIGHEST_MOOD_PITCH,
        register_shift=int(rng.integers(*cues.register_shift, endpoint=True)),
        articulation=float(rng.uniform(*cues.articulation)),
        velocity_offset=int(rng.integers(*cues.velocity_offset, endpoint=True)),
    )
    parts = arrange(frame, cues.programs)
    if rng.random() >= cues.drums_probability:
        parts["drums"] = replace(parts["drums"], notes=())
    return Piece(frame.tempo_bpm, parts, level_db=float(rng.uniform(*cues.level_db)))


def write_mood_song(song: DemoMoodSong, *, duration_s: float, seed: int) -> None:
    """Compose a song from the corpus's seed and its name; write its mix as WAV (16 bit, stereo)."""
    # From the name rather than a position, so that a song does not change with the number of songs.
    rng = np.random.default_rng(np.random.SeedSequence([seed, *song.name.encode()]))
    stems = render(compose_mood(song.quadrant, rng, duration_s=duration_s), duration_s=duration_s)
    with replacing(song.file) as file:
        soundfile.write(file, sum(stems.values()), SAMPLE_RATE_HZ, subtype="PCM_16")

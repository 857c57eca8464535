"""Short pieces of music, composed from a seed: the notes and instruments of the demo corpus.

Pieces differ in tempo, metre, key, mode, chords, instruments, playing patterns, levels and
rests, so that a network has something to generalise over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

BEATS_PER_BAR = (4, 4, 4, 3)
"""Metres to choose from."""
BARS_PER_SECTION = 4
REST_PROBABILITY = 0.07
"""Probability that a stem rests for a whole section."""
HIGHEST_PITCH = 96
"""C7; the synthesizer hangs on some higher notes."""

# General MIDI programs, counted from 0, and drum kits.
PROGRAMS = {
    "drums": (0, 8, 16, 24, 25, 40),
    "bass": (32, 33, 34, 35, 36, 38, 39),
    "vocals": (52, 53, 54, 85),
    "other": (0, 1, 4, 11, 16, 19, 24, 25, 26, 27, 29, 30, 48, 50, 61, 62),
}
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 3), (0, 0, 3, 4), (5, 3, 0, 4), (0, 2, 3, 4))
BASS_PATTERNS = ("eighths", "root and fifth", "walking", "long", "octaves")
CHORD_PATTERNS = ("held", "strummed", "arpeggio", "offbeat")
KICK, SNARE, RIM, TOM, COWBELL = 36, 38, 37, 45, 56
CLOSED_HAT, OPEN_HAT, RIDE, CRASH = 42, 46, 51, 49


@dataclass(frozen=True)
class Note:
    """One note; times in beats, `pitch` and `velocity` as in MIDI (0 to 127)."""

    start_beat: float
    duration_beats: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Part:
    """The notes of one stem and the General MIDI program (or drum kit) that plays them."""

    program: int
    is_drums: bool
    gain_db: float
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Piece:
    """A composed piece: its tempo in beats per minute, and one part per stem.

    `level_db` is the RMS level of all parts together in dBFS; None: as loud as possible.
    """

    tempo_bpm: float
    parts: dict[str, Part]
    level_db: float | None = None


@dataclass(frozen=True)
class Frame:
    """What all parts of a piece have in common; `rng` makes every choice.

    Attributes
    ----------
    duration_s
        The piece lasts at least this long.
    tonic
        Pitch class of the key, 0 for C.
    scale
        Scale degrees in semitones above the tonic.
    degrees
        The chord progression: a degree per bar.
    highest_pitch
        Higher notes are transposed down by octaves.
    register_shift
        Transposition of all parts except the drums, in semitones.
    articulation
        Sounding share of a note's written length, in all parts except the drums.
    velocity_offset
        Added to every mean velocity.
    """

    rng: np.random.Generator
    duration_s: float
    tempo_bpm: float
    beats_per_bar: int
    tonic: int
    scale: tuple[int, ...]
    degrees: tuple[int, ...]
    bass_patterns: tuple[str, ...] = BASS_PATTERNS
    chord_patterns: tuple[str, ...] = CHORD_PATTERNS
    highest_pitch: int = HIGHEST_PITCH
    register_shift: int = 0
    articulation: float = 1.0
    velocity_offset: int = 0

    def note(
        self, start_beat: float, duration_beats: float, degree: int, *, lowest: int, velocity: int
    ) -> Note:
        """Place a scale degree in the octave that starts at the MIDI pitch `lowest`."""
        lowest += self.register_shift
        octave, step = divmod(degree, len(self.scale))
        pitch = lowest + (self.tonic - lowest) % 12 + self.scale[step] + 12 * octave
        while pitch > self.highest_pitch:
            pitch -= 12
        duration_beats *= self.articulation
        return Note(start_beat, duration_beats, pitch, self.velocity(velocity))

    def bars(self) -> list[tuple[int, int]]:
        """Draw the sections in which a part plays: first beat and chord degree of their bars."""
        n_bars = int(np.ceil(self.duration_s * self.tempo_bpm / 60 / self.beats_per_bar))
        n_sections = -(-n_bars // BARS_PER_SECTION)
        plays = self.rng.random(n_sections) >= REST_PROBABILITY
        return [
            (bar * self.beats_per_bar, self.degrees[bar % len(self.degrees)])
            for bar in range(n_bars)
            if plays[bar // BARS_PER_SECTION]
        ]

    def velocity(self, mean: int) -> int:
        """Draw a velocity around a mean."""
        return int(np.clip(self.rng.normal(mean + self.velocity_offset, 8), 20, 127))


def compose(rng: np.random.Generator, *, duration_s: float) -> Piece:
    """Compose a piece with the stems of `PROGRAMS` that lasts at least `duration_s`."""
    frame = Frame(
        rng=rng,
        duration_s=duration_s,
        tempo_bpm=float(rng.uniform(72, 168)),
        beats_per_bar=int(rng.choice(BEATS_PER_BAR)),
        tonic=int(rng.integers(12)),
        scale=MAJOR if rng.random() < 0.5 else MINOR,
        degrees=PROGRESSIONS[rng.integers(len(PROGRESSIONS))],
    )
    return Piece(frame.tempo_bpm, arrange(frame, PROGRAMS))


def arrange(frame: Frame, programs: Mapping[str, Sequence[int]]) -> dict[str, Part]:
    """Compose a part for each stem, played by one of its General MIDI programs (drum kits)."""
    players: dict[str, Callable[[Frame], list[Note]]] = {
        "drums": _play_drums,
        "bass": _play_bass,
        "vocals": _sing,
        "other": _play_chords,
    }
    return {
        stem: Part(
            program=int(frame.rng.choice(programs[stem])),
            is_drums=stem == "drums",
            gain_db=float(frame.rng.uniform(-9, 0)),
            notes=tuple(play(frame)),
        )
        for stem, play in players.items()
    }


def _play_drums(frame: Frame) -> list[Note]:
    rng, beats = frame.rng, frame.beats_per_bar
    cymbal = int(rng.choice([CLOSED_HAT, CLOSED_HAT, OPEN_HAT, RIDE, COWBELL]))
    cymbal_step = float(rng.choice([0.25, 0.5, 0.5, 1.0]))
    backbeat = int(rng.choice([SNARE, SNARE, RIM]))
    groove = rng.choice(["rock", "four on the floor", "half time", "syncopated"])
    kicks = {
        "rock": [0.0, 2.0, 2.5],
        "four on the floor": [0.0, 1.0, 2.0, 3.0],
        "half time": [0.0, 1.5],
        "syncopated": [0.0, 0.75, 1.5, 2.75],
    }[str(groove)]
    snares = [2.0] if groove == "half time" else [1.0, 3.0]
    notes = []
    for bar, (start, _) in enumerate(frame.bars()):
        hits = [(beat, KICK, 105) for beat in kicks] + [(beat, backbeat, 100) for beat in snares]
        hits += [(step, cymbal, 75) for step in np.arange(0, beats, cymbal_step)]
        if bar % BARS_PER_SECTION == 0:
            hits.append((0.0, CRASH, 90))
        if bar % BARS_PER_SECTION == BARS_PER_SECTION - 1 and rng.random() < 0.7:
            hits += [(beats - 1 + step, TOM + 2 * i, 95) for i, step in enumerate((0, 0.25, 0.5))]
        notes += [
            Note(start + beat, 0.2, drum, frame.velocity(velocity))
            for beat, drum, velocity in hits
            if beat < beats
        ]
    return notes


def _play_bass(frame: Frame) -> list[Note]:
    pattern = frame.rng.choice(frame.bass_patterns)
    notes = []
    for start, degree in frame.bars():
        if pattern == "long":
            line = [(0.0, float(frame.beats_per_bar), degree)]
        elif pattern == "eighths":
            line = [(step, 0.5, degree) for step in np.arange(0, frame.beats_per_bar, 0.5)]
        elif pattern == "octaves":
            steps = np.arange(0, frame.beats_per_bar, 0.5)
            line = [(step, 0.4, degree + 7 * (i % 2)) for i, step in enumerate(steps)]
        else:
            tones = (0, 4, 0, 4) if pattern == "root and fifth" else (0, 2, 4, 5)
            line = [(float(i), 0.95, degree + tones[i]) for i in range(frame.beats_per_bar)]
        notes += [
            frame.note(start + beat, length, tone, lowest=28, velocity=100)
            for beat, length, tone in line
        ]
    return notes


def _sing(frame: Frame) -> list[Note]:
    rng = frame.rng
    lowest = int(rng.choice([52, 57, 60, 64]))
    lengths = [(0.5, 1.0, 1.5), (1.0, 2.0), (0.5, 0.5, 1.0)][rng.integers(3)]
    notes = []
    for start, degree in frame.bars():
        beat, tone = 0.0, degree % 7 + 2 * int(rng.integers(3))
        while beat < frame.beats_per_bar:
            length = min(float(rng.choice(lengths)), frame.beats_per_bar - beat)
            if rng.random() < 0.9:
                notes.append(
                    frame.note(start + beat, 0.95 * length, tone, lowest=lowest, velocity=95)
                )
            beat, tone = beat + length, max(0, tone + int(rng.integers(-2, 3)))
    return notes


def _play_chords(frame: Frame) -> list[Note]:
    rng = frame.rng
    pattern = rng.choice(frame.chord_patterns)
    lowest = int(rng.choice([43, 48, 55, 60]))
    n_tones = int(rng.choice([3, 4]))
    notes = []
    for start, degree in frame.bars():
        tones = [degree + 2 * i for i in range(n_tones)]
        if pattern == "arpeggio":
            steps = np.arange(0, frame.beats_per_bar, 0.5)
            line = [(step, 0.6, [tones[i % n_tones]]) for i, step in enumerate(steps)]
        elif pattern == "held":
            line = [(0.0, float(frame.beats_per_bar), tones)]
        else:
            offset = 0.5 if pattern == "offbeat" else 0.0
            line = [(beat + offset, 0.45, tones) for beat in range(frame.beats_per_bar)]
        notes += [
            frame.note(start + beat, length, tone, lowest=lowest, velocity=85)
            for beat, length, chord in line
            for tone in chord
        ]
    return notes

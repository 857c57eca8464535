"""Songs composed from their labels: a melody above chords, both played by one instrument.

What no label says is drawn for each song: metre, melody and its rhythm, order of chords,
articulation, accents, balance of melody and chords, and where in a bar the excerpt begins.
"""

from collections.abc import Mapping

import numpy as np
import soxr

from stemlens.corpora.concept_design import CONCEPTS
from stemlens.corpora.demo_composition import BEATS_PER_BAR, MAJOR, MINOR, Note, Part, Piece
from stemlens.corpora.demo_corpus import SAMPLE_RATE_HZ, new_synthesizer, play

SCALES = {"major": MAJOR, "minor": MINOR}
CHORD_TONES = {
    "fifth": (0, 4),
    "suspended": (0, 3, 4),
    "triad": (0, 2, 4),
    "seventh": (0, 2, 4, 6),
}
"""Scale degrees above the root of a chord."""
CHORD_ROOTS = (0, 0, 0, 4)
"""Tonic, three times as often, and dominant: their fourths and fifths are perfect in both modes."""
LOWEST_PITCHES = {"low": 48, "middle": 60, "high": 72, "highest": 84}
"""Of the octave of the melody, as MIDI pitches: it does not depend on the key. Chords lie in the
octave below."""
DEGREE_WEIGHTS = (4, 1, 3, 1, 1, 1, 1)
"""How often the melody has each scale degree: most often the tonic, and the
third that tells the mode."""
PROGRAMS = {"music box": 10, "trumpet": 56, "oboe": 68, "flute": 73}
"""General MIDI programs, counted from 0, each of another family: those that the synthesizer plays
in tune in all registers. It plays many others, such as piano and organ, at wrong pitches."""
STEPS_PER_BEAT = 4
"""Times in a beat at which the melody may have a note."""


def compose_song(labels: Mapping[str, str], rng: np.random.Generator, *, n_beats: float) -> Piece:
    """Compose a song of at least `n_beats`, of which parts are ``melody`` and ``chords``.

    Parameters
    ----------
    labels
        One level per concept of `stemlens.corpora.concept_design.CONCEPTS`. All but the loudness
        are in the notes.
    """
    beats_per_bar = int(rng.choice(BEATS_PER_BAR))
    tonic = CONCEPTS["key"].index(labels["key"])
    scale = np.array(SCALES[labels["mode"]])
    lowest = LOWEST_PITCHES[labels["register"]]
    notes_per_bar = int(labels["note_density"]) * beats_per_bar
    melody_share, chord_share = rng.uniform(0.6, 0.95, size=2)
    weights = np.array(DEGREE_WEIGHTS) / sum(DEGREE_WEIGHTS)
    melody, chords = [], []
    for first in range(0, int(np.ceil(n_beats)), beats_per_bar):
        steps = rng.choice(STEPS_PER_BEAT * beats_per_bar, notes_per_bar, replace=False)
        starts = np.sort(steps) / STEPS_PER_BEAT
        degrees = rng.choice(len(scale), notes_per_bar, p=weights)
        lengths = melody_share * np.diff(starts, append=beats_per_bar)
        pitches = _in_octave(tonic + scale[degrees], lowest)
        for start, length, pitch in zip(starts, lengths, pitches, strict=True):
            melody.append(Note(first + start, length, int(pitch), _velocity(rng, 90)))
        tones = int(rng.choice(CHORD_ROOTS)) + np.array(CHORD_TONES[labels["chord"]])
        pitches = _in_octave(tonic + scale[tones % len(scale)], lowest - 12)
        for beat in range(beats_per_bar):
            velocity = _velocity(rng, 70 if beat else 85)
            chords += [Note(first + beat, chord_share, int(pitch), velocity) for pitch in pitches]
    program = PROGRAMS[labels["instrument"]]
    parts = {
        "melody": Part(program, False, 0.0, tuple(melody)),
        "chords": Part(program, False, float(rng.uniform(-9, -3)), tuple(chords)),
    }
    return Piece(float(labels["tempo"]), parts, level_db=float(labels["loudness"]))


def render_song(
    labels: Mapping[str, str],
    rng: np.random.Generator,
    *,
    duration_s: float,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
) -> np.ndarray:
    """Compose a song and render an excerpt that begins anywhere in the first bar.

    Returns
    -------
    ndarray, float32, shape (sample,)
        One channel, at the RMS level of the label: scaled once it has the sample rate asked for,
        since a lower one loses what is above half of it.
    """
    tempo_bpm = float(labels["tempo"])
    # Else every onset of a tempo would have its place in the spectrogram, and give it away.
    skipped_s = rng.uniform(0, max(BEATS_PER_BAR)) * 60 / tempo_bpm
    played_s = skipped_s + duration_s
    piece = compose_song(labels, rng, n_beats=played_s * tempo_bpm / 60)
    synthesizer = new_synthesizer()
    n_samples = round(played_s * SAMPLE_RATE_HZ)
    mix = np.zeros((n_samples, 2), np.float32)
    for part in piece.parts.values():
        mix += play(synthesizer, part, tempo_bpm, n_samples=n_samples)
    excerpt = mix.mean(axis=1)[-round(duration_s * SAMPLE_RATE_HZ) :]
    resampled = soxr.resample(excerpt, SAMPLE_RATE_HZ, sample_rate_hz)
    signal = np.zeros(round(duration_s * sample_rate_hz), np.float32)
    # Rounded to samples of another rate, it may end one sample earlier or later.
    signal[: len(resampled)] = resampled[: len(signal)]
    assert piece.level_db is not None
    rms = np.sqrt(np.mean(np.square(signal, dtype=np.float64)))
    return signal * np.float32(10 ** (piece.level_db / 20) / rms)


def _in_octave(pitches: np.ndarray, lowest: int) -> np.ndarray:
    """Transpose pitches by octaves to the one that begins at `lowest`."""
    return lowest + (pitches - lowest) % 12


def _velocity(rng: np.random.Generator, mean: int) -> int:
    return int(np.clip(rng.normal(mean, 8), 20, 127))

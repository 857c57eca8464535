"""The demo corpus: composed pieces, rendered with a sound font, in MUSDB18-HQ's layout."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile
import symusic

from stemlens.atomic import replacing
from stemlens.corpora.demo_composition import Part, Piece, compose

SAMPLE_RATE_HZ = 22_050
"""Half of MUSDB18's: the rate of the paper's experiment, in half the disk space."""

TICKS_PER_BEAT = 480
STEMS = ("drums", "bass", "other", "vocals")


def compose_split(split: str, n_songs: int, *, duration_s: float, seed: int) -> Iterator[Piece]:
    """Compose the songs of a split; the splits share a distribution, but no song."""
    entropy = [seed, {"train": 0, "test": 1}[split]]
    for sequence in np.random.SeedSequence(entropy).spawn(n_songs):
        yield compose(np.random.default_rng(sequence), duration_s=duration_s)


def render(piece: Piece, *, duration_s: float) -> dict[str, np.ndarray]:
    """Render each stem of a piece, cut or padded with silence to `duration_s`.

    Returns
    -------
    dict
        Stem → float32 array of shape (sample, 2) at `SAMPLE_RATE_HZ`. One gain for all stems
        brings their sum to the piece's RMS level over both channels, or to a peak of 0.9 where
        the piece has no level or its level needs a higher peak.
    """
    synthesizer = new_synthesizer()
    n_samples = round(duration_s * SAMPLE_RATE_HZ)
    stems = {
        stem: play(synthesizer, piece.parts[stem], piece.tempo_bpm, n_samples=n_samples)
        for stem in STEMS
    }
    mix = sum(stems.values(), np.zeros_like(stems[STEMS[0]]))
    peak = float(np.abs(mix).max())
    gain = 0.9 / peak if peak else 1
    if peak and piece.level_db is not None:
        rms = float(np.sqrt(np.mean(np.square(mix, dtype=np.float64))))
        gain = min(gain, 10 ** (piece.level_db / 20) / rms)
    return {stem: np.float32(gain) * audio for stem, audio in stems.items()}


def new_synthesizer() -> symusic.Synthesizer:
    """Load the sound font; the synthesizer plays at `SAMPLE_RATE_HZ`."""
    return symusic.Synthesizer(str(_sound_font()), SAMPLE_RATE_HZ)


def play(
    synthesizer: symusic.Synthesizer, part: Part, tempo_bpm: float, *, n_samples: int
) -> np.ndarray:
    """Render a part with its gain, cut or padded with silence; float32 (sample, 2)."""
    audio = np.zeros((n_samples, 2), dtype=np.float32)
    if part.notes:
        played = synthesizer.render(_score(part, tempo_bpm), True).T[:n_samples]
        audio[: len(played)] = played * 10 ** (part.gain_db / 20)
    return audio


def write_song(folder: str | Path, stems: dict[str, np.ndarray]) -> None:
    """Write ``<stem>.wav`` for each stem and their sum as ``mixture.wav`` (16 bit, stereo)."""
    for name, audio in {**stems, "mixture": sum(stems.values())}.items():
        with replacing(Path(folder) / f"{name}.wav") as file:
            soundfile.write(file, audio, SAMPLE_RATE_HZ, subtype="PCM_16")


def _sound_font() -> Path:
    # A data file of pretty_midi, found without importing that.
    spec = find_spec("pretty_midi")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pretty_midi is not installed: pip install pretty_midi")
    return Path(spec.origin).parent / "TimGM6mb.sf2"


def _score(part: Part, tempo_bpm: float) -> symusic.Score:
    score = symusic.Score(TICKS_PER_BEAT)
    score.tempos.append(symusic.Tempo(0, tempo_bpm))
    track = symusic.Track("", part.program, part.is_drums)
    for note in part.notes:
        track.notes.append(
            symusic.Note(
                round(note.start_beat * TICKS_PER_BEAT),
                max(1, round(note.duration_beats * TICKS_PER_BEAT)),
                note.pitch,
                note.velocity,
            )
        )
    score.tracks.append(track)
    return score

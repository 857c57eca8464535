from itertools import pairwise
from pathlib import Path

import h5py
import librosa
import numpy as np
import pytest
from render_concepts import main as render_concepts
from stemlens.audio.mel_filters import write_filters
from stemlens.audio.mel_settings import MelSettings
from stemlens.corpora.concept_design import BLOCK, CONCEPTS, balanced_labels
from stemlens.corpora.concept_songs import PROGRAMS, compose_song, render_song
from stemlens.corpora.demo_composition import Note, Part, Piece
from stemlens.corpora.demo_corpus import SAMPLE_RATE_HZ, new_synthesizer, play
from stemlens.keeps.item_inputs import read_items

PLAIN = {
    "tempo": "125",
    "key": "C",
    "mode": "major",
    "chord": "triad",
    "register": "middle",
    "loudness": "-26",
    "note_density": "1",
    "instrument": "music box",
}
# Krumhansl and Kessler 1982, from C: how well each pitch class fits a key.
PROFILES = {
    "major": [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    "minor": [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
}


@pytest.fixture(scope="module")
def songs() -> list[tuple[dict[str, str], Piece]]:
    labels = balanced_labels(96, seed=0).to_dict("records")
    return [
        (of_song, compose_song(of_song, np.random.default_rng(n), n_beats=24))
        for n, of_song in enumerate(labels)
    ]


def chords_of(piece: Piece) -> dict[float, list[int]]:
    """Beat → pitches that are struck then."""
    struck: dict[float, list[int]] = {}
    for note in piece.parts["chords"].notes:
        struck.setdefault(note.start_beat, []).append(note.pitch)
    return struck


def sung(seed: int = 0, *, duration_s: float = 6.0, **labels: str) -> np.ndarray:
    return render_song(PLAIN | labels, np.random.default_rng(seed), duration_s=duration_s)


def test_all_notes_are_of_the_scale_and_the_melody_has_the_third_of_its_mode(songs) -> None:
    for labels, piece in songs:
        tonic = CONCEPTS["key"].index(labels["key"])
        of_key = librosa.key_to_degrees(f"{labels['key']}:{labels['mode'][:3]}")
        notes = [note for part in piece.parts.values() for note in part.notes]
        assert {note.pitch % 12 for note in notes} <= set(of_key)
        thirds = {(note.pitch - tonic) % 12 for note in piece.parts["melody"].notes} & {3, 4}
        assert thirds == {{"major": 4, "minor": 3}[labels["mode"]]}


def test_key_and_mode_are_those_that_pitch_classes_suggest_where_chords_are_triads(songs) -> None:
    found = []
    for labels, piece in songs:
        if labels["chord"] != "triad":
            continue
        lengths = np.zeros(12)
        for part in piece.parts.values():
            for note in part.notes:
                lengths[note.pitch % 12] += note.duration_beats
        fits = {
            (key, mode): np.corrcoef(lengths, np.roll(profile, tonic))[0, 1]
            for mode, profile in PROFILES.items()
            for tonic, key in enumerate(CONCEPTS["key"])
        }
        found.append(max(fits, key=fits.get) == (labels["key"], labels["mode"]))
    assert np.mean(found) > 0.7  # by chance 1 / 24


def test_chords_have_the_intervals_of_their_label_above_tonic_or_dominant(songs) -> None:
    intervals = {
        ("fifth", "major"): [{0, 7}],
        ("suspended", "major"): [{0, 5, 7}],
        ("triad", "major"): [{0, 4, 7}],
        ("seventh", "major"): [{0, 4, 7, 11}, {0, 4, 7, 10}],
        ("fifth", "minor"): [{0, 7}],
        ("suspended", "minor"): [{0, 5, 7}],
        ("triad", "minor"): [{0, 3, 7}],
        ("seventh", "minor"): [{0, 3, 7, 10}],
    }
    n_tonic, n_dominant = 0, 0
    for labels, piece in songs:
        tonic = CONCEPTS["key"].index(labels["key"])
        expected = intervals[labels["chord"], labels["mode"]]
        for pitches in chords_of(piece).values():
            above = [{(pitch - tonic - root) % 12 for pitch in pitches} for root in (0, 7)]
            is_tonic, is_dominant = (found in expected for found in above)
            assert is_tonic or is_dominant
            n_tonic += is_tonic
            n_dominant += is_dominant
    assert 2 * n_dominant < n_tonic < 5 * n_dominant


def test_chords_are_struck_on_every_beat_and_the_piece_has_its_tempo(songs) -> None:
    for labels, piece in songs:
        beats = sorted(chords_of(piece))
        assert beats == list(range(len(beats)))
        assert len(beats) >= 24
        assert piece.tempo_bpm == float(labels["tempo"])


@pytest.mark.parametrize("tempo", CONCEPTS["tempo"])
def test_the_tempo_is_heard(tempo: str) -> None:
    audio = sung(tempo=tempo, note_density="3", duration_s=10.0)
    found, _ = librosa.beat.beat_track(y=audio, sr=SAMPLE_RATE_HZ, start_bpm=float(tempo))
    assert np.atleast_1d(found)[0] == pytest.approx(float(tempo), rel=0.04)


def test_the_melody_has_as_many_notes_per_beat_as_its_label_says(songs) -> None:
    for labels, piece in songs:
        starts = [note.start_beat for note in piece.parts["melody"].notes]
        assert (
            len(starts) == len(set(starts)) == len(chords_of(piece)) * int(labels["note_density"])
        )


def test_each_part_has_an_octave_of_its_own_that_depends_on_the_register_alone(songs) -> None:
    lowest = {"low": 48, "middle": 60, "high": 72, "highest": 84}
    means: dict[str, list[float]] = {}
    for labels, piece in songs:
        for part, shift in (("melody", 0), ("chords", -12)):
            first = lowest[labels["register"]] + shift
            pitches = [note.pitch for note in piece.parts[part].notes]
            assert first <= min(pitches) <= max(pitches) < first + 12
            means.setdefault(labels["register"], []).append(np.mean(pitches))
    ordered = [means[register] for register in CONCEPTS["register"]]
    assert all(max(low[::2]) < min(high[::2]) for low, high in pairwise(ordered))


@pytest.mark.parametrize("instrument", CONCEPTS["instrument"])
def test_a_higher_register_sounds_higher(instrument: str) -> None:
    centroids = [
        librosa.feature.spectral_centroid(
            y=sung(instrument=instrument, register=register), sr=SAMPLE_RATE_HZ
        ).mean()
        for register in CONCEPTS["register"]
    ]
    assert centroids == sorted(centroids)


@pytest.mark.parametrize("loudness", CONCEPTS["loudness"])
def test_the_level_is_that_of_the_label(loudness: str) -> None:
    audio = sung(loudness=loudness, key="F#", chord="seventh")
    rms = librosa.feature.rms(y=audio, frame_length=len(audio), hop_length=len(audio), center=False)
    assert 20 * np.log10(rms.item()) == pytest.approx(float(loudness), abs=1e-3)


def test_the_loudest_songs_do_not_clip() -> None:
    loudest = CONCEPTS["loudness"][-1]
    peaks = [
        np.abs(sung(seed, loudness=loudness, register=register, tempo=tempo)).max()
        for seed, loudness, register, tempo in [
            (seed, loudest, register, tempo)
            for seed in range(2)
            for register in CONCEPTS["register"]
            for tempo in CONCEPTS["tempo"]
        ]
    ]
    assert max(peaks) < 0.9


def test_instruments_differ_and_both_parts_have_the_same_one(songs) -> None:
    programs = {
        instrument: {
            part.program
            for labels, piece in songs
            if labels["instrument"] == instrument
            for part in piece.parts.values()
        }
        for instrument in CONCEPTS["instrument"]
    }
    assert {len(of_instrument) for of_instrument in programs.values()} == {1}
    families = {program // 8 for of_instrument in programs.values() for program in of_instrument}
    assert len(families) == 4


@pytest.mark.parametrize("instrument", CONCEPTS["instrument"])
def test_the_synthesizer_plays_each_instrument_in_tune_in_all_registers(instrument: str) -> None:
    synthesizer = new_synthesizer()
    for pitch in range(36, 96):
        note = Note(0, 2, pitch, 90)
        part = Part(PROGRAMS[instrument], False, 0.0, (note,))
        audio = play(synthesizer, part, 120, n_samples=SAMPLE_RATE_HZ).mean(axis=1)[1000:]
        power = np.abs(np.fft.rfft(audio * np.hanning(len(audio)))) ** 2
        hz = np.fft.rfftfreq(len(audio), 1 / SAMPLE_RATE_HZ)
        fundamental_hz = librosa.midi_to_hz(pitch)
        harmonics_hz = fundamental_hz * np.maximum(1, np.round(hz / fundamental_hz))
        is_harmonic = np.abs(hz - harmonics_hz) < np.maximum(0.02 * harmonics_hz, 4)
        assert power[is_harmonic].sum() > 0.6 * power[hz > 20].sum()


def test_songs_of_the_same_labels_differ_and_the_same_seed_gives_the_same_song() -> None:
    first, again, other = sung(0), sung(0), sung(1)
    assert first.dtype == np.float32
    assert first.shape == (6 * SAMPLE_RATE_HZ,)
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=1e-3)


def test_excerpts_begin_anywhere_in_a_beat() -> None:
    phases = []
    for seed in range(12):
        audio = sung(seed, tempo="70", duration_s=4.0)
        onsets = librosa.onset.onset_detect(y=audio, sr=SAMPLE_RATE_HZ, units="time")
        turns = np.exp(2j * np.pi * onsets * 70 / 60)
        phases.append(np.angle(turns.mean()))
    # A mean direction of 1 would be the same moment in all.
    assert np.abs(np.exp(1j * np.array(phases)).mean()) < 0.6


def test_the_script_writes_spectrograms_or_waveforms_of_the_same_songs(tmp_path: Path) -> None:
    settings = MelSettings(22_050, 2048, 735, 40, 0, 11_025, -100)
    filters, mels, waveforms = (str(tmp_path / f"{name}.h5") for name in ("f", "m", "w"))
    write_filters(filters, settings)
    common = {"n_songs": 96, "duration_s": 1.0, "seed": 3}
    render_concepts(mels, **common, sample_rate_hz=22_050, filters=filters, settings=settings)
    render_concepts(waveforms, **common, sample_rate_hz=16_000)
    items = read_items([mels])
    assert list(items.columns) == ["song", BLOCK, *CONCEPTS, "path", "row"]
    assert items["song"].iloc[[0, 95]].tolist() == ["concept-0001", "concept-0096"]
    assert read_items([waveforms]).drop(columns="path").equals(items.drop(columns="path"))
    with h5py.File(mels) as file:
        found = file["input"][:]
    with h5py.File(waveforms) as file:
        heard = file["input"][:]
    assert found.shape == (96, 40, 30)
    assert heard.shape == (96, 16_000)
    levels_db = 10 * np.log10(np.mean(heard.astype(float) ** 2, axis=1))
    np.testing.assert_allclose(levels_db, items["loudness"].astype(float), atol=1e-3)
    audio = render_song(items.iloc[4].to_dict(), np.random.default_rng([3, 4]), duration_s=1.0)
    expected = librosa.feature.melspectrogram(
        y=audio, sr=22_050, n_fft=2048, hop_length=735, n_mels=40, pad_mode="constant"
    )
    expected_db = 10 * np.log10(np.maximum(expected[:, :30], 1e-10))
    np.testing.assert_allclose(found[4], expected_db, atol=0.01)
    resampled = librosa.resample(audio, orig_sr=22_050, target_sr=16_000)
    assert np.corrcoef(heard[4], resampled)[0, 1] > 0.99

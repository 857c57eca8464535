"""Transformed stimuli as the explorer plays them."""

import base64
import io
import json

import numpy as np
import pandas as pd
import pytest
import soundfile
from encode_transformed import main as encode_transformed
from stemlens.keeps.item_inputs import write_inputs
from stemlens.keeps.names import MIX, ORIGINAL, OTHER_SEGMENT

RATE_HZ = 8000
KINDS = [(ORIGINAL, np.nan), (OTHER_SEGMENT, np.nan), ("low_pass", 2000.0)]


def write_song(path, song, tones_hz):
    """Tones of each class and transformation, 1 s each."""
    rows = [(name, song, *kind) for name in ("bass", MIX) for kind in KINDS]
    time_s = np.arange(RATE_HZ) / RATE_HZ
    signals = [0.5 * np.sin(2 * np.pi * tone_hz * time_s) for tone_hz in tones_hz]
    columns = ["class", "song", "transformation", "strength"]
    made = np.array(signals, np.float32).reshape(-1, RATE_HZ)
    write_inputs(path, made, pd.DataFrame(rows[: len(made)], columns=columns))
    return str(path)


@pytest.fixture
def inputs(tmp_path):
    """Three songs, the first of which has no segment."""
    return [
        write_song(tmp_path / "a.h5", "A", []),
        write_song(tmp_path / "b.h5", "1999", range(100, 700, 100)),
        write_song(tmp_path / "c.h5", "C", range(1000, 1600, 100)),
    ]


@pytest.mark.parametrize("n_songs", [1, 2])
def test_the_first_songs_with_stimuli_are_heard_without_their_other_segments(
    inputs, tmp_path, n_songs
):
    path = tmp_path / "transformed.json"
    encode_transformed(inputs, str(path), sample_rate_hz=RATE_HZ, n_songs=n_songs)
    sounds = json.loads(path.read_text("utf-8"))["sounds"]
    named = [{name: value for name, value in sound.items() if name != "audio"} for sound in sounds]
    assert named == [
        {"song": song, "class": name, "transformation": transformation, "strength": strength}
        for song in ("1999", "C")[:n_songs]
        for name in ("bass", MIX)
        for transformation, strength in ((ORIGINAL, None), ("low_pass", 2000))
    ]
    tones_hz = []
    for sound in sounds:
        signal, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(sound["audio"])))
        assert signal.ndim == 1
        assert rate_hz == RATE_HZ
        middle = signal[RATE_HZ // 4 : RATE_HZ * 3 // 4]
        tones_hz.append(2 * int(np.abs(np.fft.rfft(middle)).argmax()))
    assert tones_hz == [100, 300, 400, 600, 1000, 1200, 1300, 1500][: 4 * n_songs]


def test_without_stimuli_there_is_nothing_to_hear(inputs, tmp_path):
    path = tmp_path / "transformed.json"
    encode_transformed(inputs[:1], str(path), sample_rate_hz=RATE_HZ, n_songs=2)
    assert json.loads(path.read_text("utf-8")) == {"sounds": []}

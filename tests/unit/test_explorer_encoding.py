"""What the explorer's page holds: numbers, tables, JSON, pictures and sounds as text."""

import base64
import io
import json
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image
from stemlens.explorer.encoding import (
    LOSSLESS_UP_TO,
    UNDEFINED,
    mp3,
    page_json,
    quantised,
    table_columns,
    webp,
)
from stemlens.tables import read_table, write_table

NASTY = (
    "</script><script>alert(1)</script>",
    "</SCRIPT >",
    "<!-- <script>",
    "<![CDATA[",
    "]]>",
    "&lt;/script&gt;",
    "\u2028\u2029",
    '"\\"\n\r\t\x00',
    "Zoë 🎵",
    "${title} $$ {{x}}",
)


def decoded(encoded):
    """What a page makes of `quantised`."""
    data = np.frombuffer(base64.b64decode(encoded["values"]), np.uint8).reshape(-1, 3)
    steps = data @ np.array([1, 2**8, 2**16], float)
    values = encoded["low"] + (encoded["high"] - encoded["low"]) * steps / (2**24 - 2)
    return np.where(steps == UNDEFINED, np.nan, values)


def test_quantised_numbers_come_back_within_half_a_step():
    values = np.random.default_rng(0).normal(3, 7, 1000)
    values[[4, 500]] = np.nan
    back = decoded(quantised(values))
    assert np.isnan(back).nonzero()[0].tolist() == [4, 500]
    step = (np.nanmax(values) - np.nanmin(values)) / (2**24 - 2)
    np.testing.assert_allclose(back, values, rtol=0, atol=0.5001 * step)


def test_the_lowest_and_the_highest_number_come_back_exactly():
    values = np.array([-0.1, 0.3, 17.2])
    back = decoded(quantised(values))
    assert back[0] == -0.1
    assert back[-1] == 17.2


@pytest.mark.parametrize("values", [[2.5, 2.5], [-1.0], [0.0, np.nan], [np.nan, np.nan], []])
def test_constant_undefined_and_no_numbers_come_back(values):
    np.testing.assert_array_equal(decoded(quantised(np.array(values))), values)


def test_quantised_numbers_are_json():
    json.dumps(quantised(np.array([np.nan])), allow_nan=False)


def as_columns(table, path):
    """A table as a page reads it from the CSV file."""
    write_table(path, table)
    columns = json.loads(page_json(table_columns(read_table(path))))
    return {
        name: column
        if isinstance(column, list)
        else [column["values"][code] for code in column["codes"]]
        for name, column in columns.items()
    }


def test_a_table_keeps_the_numbers_of_its_file(tmp_path):
    numbers = [0.1 + 0.2, 1e-9, -1 / 3, 1e22, 7.0, np.nan, 0.0]
    counts = [1, 2, 3, 4, 5, 6, 2**53 - 1]
    seeds = pd.array([0, 1, 2, None, 4, 5, 6], "Int64")
    table = pd.DataFrame({"mean": numbers, "n_songs": counts, "seed": seeds})
    columns = as_columns(table, tmp_path / "table.csv")
    expected = [None if np.isnan(each) else float(f"{each:.10g}") for each in numbers]
    assert columns["mean"] == expected
    assert columns["n_songs"] == counts
    assert columns["seed"] == [0, 1, 2, None, 4, 5, 6]


def test_a_table_keeps_its_text_and_only_empty_text_is_empty(tmp_path):
    songs = ["1999", "None", "nan", "", "007", "NA", 'a,b\n"c"', "1999"]
    columns = as_columns(pd.DataFrame({"song": songs}), tmp_path / "table.csv")
    assert columns["song"] == songs


def test_a_table_shows_what_is_true_and_columns_without_any_value(tmp_path):
    table = pd.DataFrame({"kept": [True, False], "note": [np.nan, np.nan]})
    columns = as_columns(table, tmp_path / "table.csv")
    assert columns == {"kept": ["True", "False"], "note": ["", ""]}


def test_a_table_without_rows_has_its_columns():
    columns = table_columns(pd.DataFrame({"song": pd.Series(dtype=str), "mean": []}))
    assert columns == {"song": {"values": [], "codes": []}, "mean": []}


class Blocks(HTMLParser):
    """Tags of a page, and the text of its script blocks, as an HTML parser finds them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("text", [*NASTY, "".join(NASTY)])
def test_nothing_in_json_ends_its_script_block(text):
    written = page_json({text: [text, {"deeper": text}]})
    assert "<" not in written
    assert not set("\u2028\u2029") & set(written)
    blocks = Blocks(f"<script>{written}</script><p>after</p>")
    assert blocks.tags == ["script", "p"]
    assert json.loads(blocks.texts[0]) == {text: [text, {"deeper": text}]}


def test_json_has_no_numbers_that_are_none():
    with pytest.raises(ValueError, match="JSON"):
        page_json(float("nan"))


def greys(text):
    """Pixels, 0 to 255, of a picture whose red, green and blue are one."""
    with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
        assert picture.format == "WEBP"
        pixels = np.asarray(picture.convert("RGB"), int)
    assert np.ptp(pixels, axis=-1).max() <= 2
    return pixels.mean(axis=-1)


def test_the_first_band_is_at_the_bottom_and_the_first_map_on_top():
    maps = np.zeros((2, 3, 4))
    maps[0, 0] = 1
    maps[1, 2, 3] = 1
    pixels = greys(webp(maps, 0.0, 1.0))
    assert pixels.shape == (6, 4)
    expected = np.zeros((6, 4))
    expected[2] = expected[3, 3] = 255
    np.testing.assert_array_equal(pixels, expected)


def test_small_maps_are_exact_to_half_a_shade_each_between_its_own_extremes():
    maps = np.random.default_rng(1).normal(size=(5, 4, 9)) * np.arange(1, 6)[:, None, None]
    low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    pixels = greys(webp(maps, low, high)).reshape(5, 4, 9)[:, ::-1]
    span = (high - low)[:, None, None]
    back = low[:, None, None] + span * pixels / 255
    assert (np.abs(back - maps) <= 0.5001 * span / 255).all()


def test_large_maps_lose_little():
    bands, frames = np.mgrid[:96, :160]
    assert bands.size > LOSSLESS_UP_TO
    maps = (np.sin(bands / 9) + np.cos(frames / 13))[None]
    pixels = greys(webp(maps, -2.0, 2.0))[::-1]
    expected = (maps[0] + 2) / 4 * 255
    assert np.abs(pixels - expected).mean() < 3
    assert np.abs(pixels - expected).max() < 16


def test_what_lies_beyond_the_scale_is_black_or_white_and_a_constant_map_is_drawn():
    assert greys(webp(np.array([[[-9.0, 9.0]]]), 0.0, 1.0)).tolist() == [[0, 255]]
    assert len(np.unique(greys(webp(np.full((1, 2, 2), 3.0), 3.0, 3.0)))) == 1


def heard(text):
    """Samples and sampling rate in Hz of an MP3."""
    return soundfile.read(io.BytesIO(base64.b64decode(text)))


def sine(hz, rate_hz, duration_s=2.0, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(duration_s * rate_hz)) / rate_hz)


@pytest.mark.parametrize(
    ("rate_hz", "played_at_hz"),
    [(8000, 8000), (22050, 22050), (44100, 44100), (10000, 11025), (6000, 8000), (96000, 48000)],
)
def test_a_sound_keeps_length_pitch_and_level_at_a_rate_that_mp3_knows(rate_hz, played_at_hz):
    signal, found_hz = heard(mp3(sine(440, rate_hz), rate_hz))
    assert found_hz == played_at_hz
    assert signal.ndim == 1
    assert len(signal) / found_hz == pytest.approx(2, abs=0.3)
    second = signal[found_hz // 2 : found_hz // 2 + found_hz]
    assert np.abs(np.fft.rfft(second)).argmax() == 440
    # LAME leaves some headroom.
    assert np.sqrt(2) * second.std() == pytest.approx(0.5, rel=0.1)


def test_a_sound_beyond_full_scale_is_quieter_and_not_clipped():
    signal, rate_hz = heard(mp3(sine(440, 8000, amplitude=3.0), 8000))
    spectrum = np.abs(np.fft.rfft(signal[rate_hz // 2 : rate_hz // 2 + rate_hz]))
    # Clipping would add odd harmonics: of a square wave, the third has a third of the amplitude.
    assert spectrum[3 * 440] < 0.02 * spectrum[440]
    assert np.abs(signal).max() == pytest.approx(1, abs=0.1)


def test_silence_and_the_shortest_sound_can_be_encoded():
    signal, _ = heard(mp3(np.zeros(8000), 8000))
    assert np.abs(signal).max() < 1e-4
    heard(mp3(np.zeros(1), 8000))

"""Names of songs in figures; the fonts are those of this test, whatever is installed."""

import logging
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from stemlens.figures.segment_overview import plot_segment_overview
from stemlens.figures.song_labels import song_labels
from stemlens.figures.style import save_figure
from stemlens.names import slugs

JAPANESE, ARABIC, EMOJI = "日本の歌", "أغنية", "Song 🎵"


def write_font(path: Path, family: str, characters: str) -> Path:
    """A font that draws each character as a square."""
    pen = TTGlyphPen(None)
    for move, point in zip(
        (pen.moveTo, pen.lineTo, pen.lineTo, pen.lineTo),
        ((0, 0), (0, 500), (500, 500), (500, 0)),
        strict=True,
    ):
        move(point)
    pen.closePath()
    square = pen.glyph()
    names = [".notdef", *(f"u{ord(c):X}" for c in characters)]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): f"u{ord(c):X}" for c in characters})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture(autouse=True)
def only_dejavu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what comes with Matplotlib, its font of boxes among it."""
    fonts = font_manager.fontManager
    shipped = [e for e in fonts.ttflist if e.name.startswith(("DejaVu Sans", "Last Resort"))]
    monkeypatch.setattr(fonts, "ttflist", shipped)


@pytest.fixture
def japanese_font(tmp_path: Path) -> str:
    path = write_font(tmp_path / "squares.ttf", "Test Japanese", JAPANESE)
    font_manager.fontManager.addfont(path)
    return "Test Japanese"


def test_names_that_the_usual_font_has_are_drawn_as_they_are() -> None:
    names = ["Ümläut & Söhne", "Песня", ARABIC, 'It\'s "quoted" $x^$']
    assert song_labels(names) == ({name: name for name in names}, ["DejaVu Sans"])


def test_another_font_helps_out_where_it_has_the_characters(
    japanese_font: str, caplog: pytest.LogCaptureFixture
) -> None:
    labels, families = song_labels([JAPANESE, "Ann"])
    assert labels == {JAPANESE: JAPANESE, "Ann": "Ann"}
    assert families == ["DejaVu Sans", japanese_font]
    assert caplog.text == ""


def test_a_name_that_no_font_has_gives_way_to_its_slug_and_a_warning_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    names = [JAPANESE, EMOJI, "Ann"]
    labels, families = song_labels(names)
    assert labels == {**slugs(names), "Ann": "Ann"}
    assert families == ["DejaVu Sans"]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"no installed font has every character of {JAPANESE}, {EMOJI}:" in record.message


def test_long_names_are_cut_and_line_breaks_are_blanks() -> None:
    long = "a long name " * 20
    labels, _ = song_labels([long, "two\nlines"])
    assert labels[long].endswith("…")
    assert len(labels[long]) == 60
    assert labels["two\nlines"] == "two lines"


@pytest.mark.parametrize("suffix", ["png", "pdf"])
@pytest.mark.parametrize("font", [None, "japanese_font"])
def test_no_figure_draws_a_box(
    tmp_path: Path, request: pytest.FixtureRequest, font: str | None, suffix: str
) -> None:
    if font:
        request.getfixturevalue(font)
    names = [JAPANESE, EMOJI, ARABIC, "x" * 250]
    rows = pd.DataFrame(
        {"song": names, "split": "test", "start_s": 0.0, "kept": True, "reason": np.nan}
    )
    figure = plot_segment_overview(rows, ["bass"], split="test", duration_s=2, min_active_s=1)
    # Matplotlib warns of a glyph that is missing, and of a layout that leaves no room.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save_figure(figure, [tmp_path / f"figure.{suffix}"])
    drawn = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert (JAPANESE in drawn) == bool(font)
    assert ARABIC in drawn
    plt.close(figure)

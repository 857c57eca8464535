import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from stemlens.figures.feature_maps import StimulusMaps, plot_feature_maps
from stemlens.figures.segment_overview import DROPPED, KEPT, plot_segment_overview
from stemlens.figures.style import COLOURS, class_styles, legend_above, save_figure
from stemlens.figures.threshold_sweep import plot_threshold_sweep
from stemlens.figures.training_history import plot_training_history

ODD_NAME = "Für $^$ & <b>größer</b>"  # Between dollar signs, a lone ^ is no formula.


@pytest.fixture
def history():
    rng = np.random.default_rng(0)
    columns = ["loss", "macro_f1", "subset_accuracy"]
    names = [prefix + column for prefix in ("", "validation_", "saved_") for column in columns]
    return pd.DataFrame(rng.random((5, 9)), columns=names).assign(epoch=range(1, 6))


@pytest.fixture
def stimuli():
    rng = np.random.default_rng(0)
    shapes = {"input": (40, 30), "conv1": (20, 10), "conv2": (5, 2)}
    return [
        StimulusMaps(song, start_s, {layer: rng.normal(size=s) for layer, s in shapes.items()})
        for song, start_s in ((ODD_NAME, 0.0), ("Ann", 12.5))
    ]


def draw_feature_maps(stimuli):
    return plot_feature_maps(
        stimuli,
        strides={"input": (1, 1), "conv1": (2, 3), "conv2": (6, 12)},
        class_name="bass",
        filter_number=2,
        duration_s=10,
        band_centres_hz=np.linspace(50, 3000, 40),
        input_label="Level in dB",
    )


def test_history_curves_are_the_columns_of_the_table(history):
    figure = plot_training_history([history])
    labels = {
        "loss": "Cross-entropy in nats",
        "macro_f1": "Macro F1",
        "subset_accuracy": "Share with every class right",
    }
    for axis, (column, label) in zip(figure.axes, labels.items(), strict=True):
        assert (axis.get_xlabel(), axis.get_ylabel()) == ("Epoch", label)
        training, validation, saved = axis.get_lines()
        assert saved.get_xydata().tolist() == [[5, history[f"saved_{column}"].iloc[-1]]]
        np.testing.assert_array_equal(training.get_xdata(), [1, 2, 3, 4, 5])
        np.testing.assert_array_equal(training.get_ydata(), history[column])
        np.testing.assert_array_equal(validation.get_ydata(), history[f"validation_{column}"])


def test_without_validation_the_history_has_one_curve_per_panel(history):
    figure = plot_training_history([history.filter(regex="^(?!validation_)")])
    assert [len(axis.get_lines()) for axis in figure.axes] == [2, 2, 2]


def test_feature_maps_show_the_arrays_on_one_scale_per_layer(stimuli):
    figure = draw_feature_maps(stimuli)
    panels = [axis for axis in figure.axes if axis.get_images()]
    for number, layer in enumerate(["input", "conv1", "conv2"]):
        row = [stimulus.maps[layer] for stimulus in stimuli]
        every_value = np.concatenate(row)
        scale = (every_value.min(), every_value.max())
        for axis, values in zip(panels[2 * number : 2 * number + 2], row, strict=True):
            (image,) = axis.get_images()
            np.testing.assert_array_equal(image.get_array(), values)
            assert image.origin == "lower"
            # 40 bands and 30 frames; the maps of conv2 are 5 × 2 cells of 6 × 12.
            covered = {"input": (10, 40), "conv1": (10, 40), "conv2": (8, 30)}[layer]
            assert image.get_extent() == [0, covered[0], 0, covered[1]]
            assert axis.get_xlim() == (0, 10)
            assert axis.get_ylim() == (0, 40)
            assert image.get_clim() == scale


def test_feature_maps_name_quantities_and_units(stimuli):
    figure = draw_feature_maps(stimuli)
    panels = [axis for axis in figure.axes if axis.get_images()]
    titles = [axis.get_title(loc="left") for axis in panels[::2]]
    assert titles == ["Input (40 × 30)", "conv1, filter 2 (20 × 10)", "conv2, filter 2 (5 × 2)"]
    assert {axis.get_ylabel() for axis in panels[::2]} == {"Frequency in Hz"}
    assert [axis.get_xlabel() for axis in panels[-2:]] == [
        "Time in s, from 0 s of the song",
        "Time in s, from 12.5 s of the song",
    ]
    colour_bars = [axis.get_ylabel() for axis in figure.axes if axis not in panels]
    assert colour_bars == ["Level in dB", "Activation", "Activation"]


def test_frequencies_stand_at_their_band(stimuli):
    """Band k of 40 has its centre at 50 + k · 2950/39 Hz, and is drawn from k to k + 1."""
    axis = draw_feature_maps(stimuli).axes[0]
    labels = [text.get_text() for text in axis.get_yticklabels()]
    assert labels == ["100", "500", "1000", "2000"]
    expected = [(hz - 50) / 2950 * 39 + 0.5 for hz in (100, 500, 1000, 2000)]
    np.testing.assert_allclose(axis.get_yticks(), expected)


def draw_overview(rows, split="train"):
    table = pd.DataFrame(rows, columns=["split", "song", "start_s", "kept", "reason"])
    return plot_segment_overview(
        table, ["drums", "bass"], split=split, duration_s=10, min_active_s=5
    )


def song_names(axis):
    return [text.get_text() for text in axis.get_yticklabels()]


def legend_of(figure):
    (legend,) = figure.legends
    colours = [handle.get_facecolor()[:3] for handle in legend.get_patches()]
    return dict(zip([text.get_text() for text in legend.get_texts()], colours, strict=True))


def test_the_overview_shows_each_candidate_and_what_it_lacks():
    drums, bass = (to_rgb(style["color"]) for style in class_styles(["drums", "bass"]).values())
    neither = "drums active 0.00 s < 5 s; bass active 4.99 s < 5 s"
    figure = draw_overview(
        [
            ("train", ODD_NAME, 0.0, True, None),
            ("train", ODD_NAME, 10.0, False, "bass active 1.00 s < 5 s"),
            ("train", "Ann", 0.0, False, neither),
            ("train", "Bea", 0.0, False, "its stems last 7.00 s together, less than a segment"),
            ("train", "Dan", np.nan, False, "train/Dan: bass.wav is missing; active bass needed"),
            ("train", "Eve", 0.0, False, "no stem of bass"),
            ("train", "Eve", 10.0, False, "no stem of bass"),
            ("test", "Cid", 0.0, True, None),
        ]
    )
    (axis,) = figure.axes
    songs = song_names(axis)
    assert songs == ["Ann", "Bea", "Dan", "Eve", ODD_NAME]
    bars = {
        (
            songs[round(bar.get_y() + bar.get_height() / 2)],
            bar.get_x(),
            bar.get_width(),
            round(bar.get_height(), 3),
            bar.get_facecolor()[:3],
        )
        for bar in axis.patches
    }
    assert bars == {
        (ODD_NAME, 0, 10, 0.8, to_rgb(KEPT)),
        (ODD_NAME, 10, 10, 0.8, to_rgb(DROPPED)),
        (ODD_NAME, 10, 10, 0.4, bass),
        ("Ann", 0, 10, 0.8, to_rgb(DROPPED)),
        ("Ann", 0, 10, 0.4, drums),
        ("Ann", 0, 10, 0.4, bass),
        ("Bea", 0, 10, 0.8, to_rgb(DROPPED)),
        ("Eve", 0, 10, 0.8, to_rgb(DROPPED)),
        ("Eve", 10, 10, 0.8, to_rgb(DROPPED)),
    }
    # Stripes stand in the order of the classes, from top to bottom.
    assert axis.yaxis_inverted()
    stripes = {bar.get_facecolor()[:3]: bar.get_y() for bar in axis.patches if bar.get_y() < 0.1}
    assert (stripes[drums], stripes[bass]) == pytest.approx((-0.4, 0))
    texts = {songs[round(text.get_position()[1])]: text.get_text() for text in axis.texts}
    assert texts == {"Bea": " too short", "Dan": " cannot be read", "Eve": " no stem of bass"}
    assert len(axis.texts) == len(texts)
    assert axis.get_xlabel() == "Time in s"
    title = axis.get_title(loc="left")
    assert "1 of 6 candidate segments" in title
    assert "1 of 5 songs" in title
    assert legend_of(figure) == {
        "kept": to_rgb(KEPT),
        "dropped": to_rgb(DROPPED),
        "drums active < 5 s": drums,
        "bass active < 5 s": bass,
    }


def test_the_legend_of_the_overview_has_what_is_drawn_and_no_more():
    kept = ("train", "Ann", 0.0, True, None)
    assert list(legend_of(draw_overview([kept]))) == ["kept"]
    dropped = ("train", "Ann", 0.0, False, "bass active 1.00 s < 5 s")
    assert list(legend_of(draw_overview([dropped]))) == ["dropped", "bass active < 5 s"]


@pytest.mark.parametrize("n_songs", [13, 50, 100, 150])
def test_the_overview_of_many_songs_stays_legible(n_songs):
    """Each song is named once, in order, in type of 6 points at least that overlaps no other."""
    names = [f"{number:03d} – {'a long name of a song ' * 3}" for number in range(n_songs)]
    rows = [
        ("test", name, 10.0 * number, number % 3 > 0, "drums active 0.00 s < 5 s")
        for name in names
        for number in range(25)
    ]
    figure = draw_overview(rows, "test")
    figure.draw_without_rendering()
    width, height = figure.get_size_inches()
    assert width / height > 1
    assert max(width, height) <= 17
    labels = [label for axis in figure.axes for label in axis.get_yticklabels()]
    assert [label.get_text()[:3] for label in labels] == [name[:3] for name in names]
    assert min(label.get_fontsize() for label in labels) >= 6
    for axis in figure.axes:
        boxes = [label.get_window_extent() for label in axis.get_yticklabels()]
        assert all(above.y0 >= below.y1 for above, below in itertools.pairwise(boxes))
        # 2 mm in time at least, and half a millimetre for each of four stripes.
        bar = axis.patches[0].get_window_extent()
        assert bar.width / figure.dpi > 2 / 25.4
        assert bar.height / figure.dpi > 4 * 0.5 / 25.4
    lefts = [axis.get_tightbbox().x0 for axis in figure.axes]
    rights = [axis.get_window_extent().x1 for axis in figure.axes]
    assert all(right < left for right, left in zip(rights, lefts[1:], strict=False))


@pytest.fixture
def sweep():
    """Thresholds in any order, the test split first."""
    rows = [
        ("test", -40, 3, 2),
        ("test", -60, 9, 4),
        ("train", -40, 11, 5),
        ("train", -50, 17, 8),
        ("test", -50, 9, 3),
        ("train", -60, 20, 8),
    ]
    return pd.DataFrame(rows, columns=["split", "threshold_db", "n_segments", "n_songs"])


def lines_of(axis):
    """What a panel shows: (x, y, colour, style) of each line."""
    return [
        (list(line.get_xdata()), list(line.get_ydata()), line.get_color(), line.get_linestyle())
        for line in axis.get_lines()
    ]


def test_the_sweep_shows_counts_by_threshold_and_what_is_expected(sweep):
    expected = {"train_segments": 16, "test_songs": 3}
    figure = plot_threshold_sweep(sweep, threshold_db=-52.5, expected=expected)
    rising_db = [-60, -50, -40]
    in_use = ([-52.5, -52.5], [0, 1], "0.3", ":")
    segments, songs = figure.axes
    assert lines_of(segments) == [
        (rising_db, [20, 17, 11], COLOURS[0], "-"),
        (rising_db, [9, 9, 3], COLOURS[1], "-"),
        in_use,
        ([0, 1], [16, 16], COLOURS[0], "--"),
    ]
    assert lines_of(songs) == [
        (rising_db, [8, 8, 5], COLOURS[0], "-"),
        (rising_db, [4, 3, 2], COLOURS[1], "-"),
        in_use,
        ([0, 1], [3, 3], COLOURS[1], "--"),
    ]
    assert [axis.get_ylabel() for axis in figure.axes] == [
        "Segments kept",
        "Songs with a segment kept",
    ]
    assert {axis.get_xlabel() for axis in figure.axes} == {"Activity threshold in dBFS (RMS)"}
    (legend,) = figure.legends
    assert [
        (text.get_text(), line.get_color(), line.get_linestyle())
        for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    ] == [
        ("train", COLOURS[0], "-"),
        ("test", COLOURS[1], "-"),
        ("threshold in use: -52.5 dBFS", "0.3", ":"),
        ("expected: 16 training segments", COLOURS[0], "--"),
        ("expected: 3 test songs", COLOURS[1], "--"),
    ]


def test_what_is_expected_stays_in_sight_above_every_count(sweep):
    expected = {"train_segments": 50, "test_songs": 40}
    figure = plot_threshold_sweep(sweep, threshold_db=-60, expected=expected)
    assert [axis.get_ylim()[0] for axis in figure.axes] == [0, 0]
    assert figure.axes[0].get_ylim()[1] > 50
    assert figure.axes[1].get_ylim()[1] > 40


def test_where_nothing_is_expected_the_sweep_has_no_line_for_it(sweep):
    expected = {"train_segments": None, "test_songs": 0}
    figure = plot_threshold_sweep(sweep, threshold_db=-60, expected=expected)
    assert [len(axis.get_lines()) for axis in figure.axes] == [3, 4]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["train", "test", "threshold in use: -60 dBFS", "expected: 0 test songs"]


COLOUR_VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""What linear RGB looks like (Machado, Oliveira and Fernandes 2009, severity 1)."""


def cielab(linear_rgb):
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ratios = to_xyz @ np.clip(linear_rgb, 0, 1) / [0.9505, 1, 1.089]
    x, y, z = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_ten_classes_differ_in_colour_for_the_colour_blind_and_in_marker_or_line_in_grey(vision):
    styles = list(class_styles([f"class{n}" for n in range(10)]).values())
    rgb = np.array([to_rgb(style["color"]) for style in styles])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = [cielab(COLOUR_VISION[vision] @ colour) for colour in linear]
    distances = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    assert min(distances) > 15
    assert len({style["marker"] for style in styles}) == 10
    assert [style["linestyle"] for style in styles] == ["-"] * 5 + ["-."] * 5


def test_a_legend_of_long_names_is_not_wider_than_its_figure():
    figure = plt.figure(figsize=(6, 3))
    names = [f"a class with a rather long name, {n}" for n in range(10)]
    legend_above(figure, [Patch(label=name) for name in names])
    figure.canvas.draw()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == names
    extent = legend.get_window_extent()
    assert extent.x0 >= 0
    assert extent.x1 <= figure.bbox.width


def test_segments_of_ten_classes_have_stripes_that_are_tall_enough_to_see():
    names = [f"class{n}" for n in range(10)]
    reason = "; ".join(f"{name} active 1.00 s < 5 s" for name in names)
    rows = [("train", song, 0.0, False, reason) for song in "AB"]
    columns = ["split", "song", "start_s", "kept", "reason"]
    segments = pd.DataFrame(rows, columns=columns)
    arguments = {"split": "train", "duration_s": 10, "min_active_s": 5}
    figure = plot_segment_overview(segments, names, **arguments)
    figure.canvas.draw()
    stripes = [bar for bar in figure.axes[0].patches if bar.get_facecolor()[:3] != to_rgb(DROPPED)]
    assert len(stripes) == 20
    height_points = min(bar.get_window_extent().height for bar in stripes) / figure.dpi * 72
    assert height_points > 2


def test_a_figure_is_saved_whole_and_alike_each_time(tmp_path, stimuli):
    """The song's name must come through as it is: no formula, no markup, no missing letter."""
    contents = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        figure = draw_feature_maps(stimuli)
        save_figure(figure, [folder / "figure1.png", folder / "figure1.pdf"])
        assert sorted(path.name for path in folder.iterdir()) == ["figure1.pdf", "figure1.png"]
        contents.append([path.read_bytes() for path in sorted(folder.iterdir())])
    assert contents[0] == contents[1]
    pdf, png = contents[0]
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"CreationDate" not in pdf
    assert png.startswith(b"\x89PNG")
    height, width, _ = plt.imread(tmp_path / "first" / "figure1.png").shape
    np.testing.assert_allclose([width, height], 200 * figure.get_size_inches(), atol=1)
    assert f"bass: {ODD_NAME}" in [text.get_text() for axis in figure.axes for text in axis.texts]

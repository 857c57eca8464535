"""What charts, tables, matrix and maps show is what the run's files say."""

import h5py
import numpy as np
import pandas as pd
import pytest
from explorer_page import CENTRES_HZ, MAPS, MEASURES, MODELS, N_BANDS, N_FRAMES, SONGS
from mel_splits import CLASSES
from stemlens.audio.mel_store import spectrogram_batches
from stemlens.tables import read_table

LAYERS = ["input", "conv1", "conv2", "dense1", "output"]
HALF_STEP = 1 / (2 * 65534)


def curve(rows, series, line="trained"):
    """Values of a plotted curve by layer; NaN where undefined."""
    chosen = (row for row in rows if row["series"] == series and row["line"] == line)
    return pd.Series({row["layer"]: row["value"] for row in chosen}, dtype=float)


def of_layers(table, value, **wanted):
    """A column of the rows of a table that are as wanted, by layer."""
    is_wanted = np.logical_and.reduce([table[name] == each for name, each in wanted.items()])
    return table[is_wanted].set_index("layer")[value]


def choose(page, name, value):
    page.locator(f"#controls [name={name}]").select_option(value)


def assert_equal(plotted, expected):
    pd.testing.assert_series_equal(plotted, expected, check_names=False, check_index_type=False)


def within(
    explorer,
    name,
    measure,
    training="trained",
    value="mean",
    table="similarity_over_seeds",
    **wanted,
):
    both = {"class_a": name, "class_b": name, "measure": measure, "training": training}
    return of_layers(explorer.table(table), value, **both, **wanted)


def test_curves_are_the_tables_values_and_follow_every_control(opened, explorer):
    page = opened.show(view="curves")
    assert_equal(curve(opened.plotted(), "bass"), within(explorer, "bass", "pearson"))

    choose(page, "measure", "cosine")
    assert_equal(curve(opened.plotted(), "bass"), within(explorer, "bass", "cosine"))

    choose(page, "training", "untrained")
    rows = opened.plotted()
    expected = within(explorer, "drums", "cosine", "untrained")
    assert_equal(curve(rows, "drums", "untrained"), expected)
    assert {row["line"] for row in rows} == {"untrained"}

    choose(page, "training", "trained")
    choose(page, "class", "drums")
    choose(page, "compare", "classes")
    rows = opened.plotted()
    between = {"class_a": "drums", "class_b": "vocals", "measure": "cosine", "training": "trained"}
    expected = of_layers(explorer.table("similarity_over_seeds"), "mean", **between)
    assert_equal(curve(rows, "vocals", "drums and another class"), expected)
    assert_equal(curve(rows, "drums"), within(explorer, "drums", "cosine"))

    choose(page, "axis", "depth")
    positions = {row["layer"]: row["position"] for row in opened.plotted()}
    assert positions == dict(zip(LAYERS, np.linspace(0, 1, len(LAYERS)), strict=True))

    for seed in (1, 0):
        choose(page, "seed", str(seed))
        expected = within(explorer, "drums", "cosine", table="similarity", seed=seed)
        assert_equal(curve(opened.plotted(), "drums"), expected)

    choose(page, "quantity", "contrast")
    wanted = {"class": "drums", "measure": "cosine", "training": "trained", "seed": 0}
    expected = of_layers(explorer.table("contrast"), "contrast", **wanted)
    assert_equal(curve(opened.plotted(), "drums"), expected)


def test_intervals_are_the_tables(opened, explorer):
    opened.show(view="curves")
    for column, end in (("ci_low", "low"), ("ci_high", "high")):
        rows = [{**row, "value": row[end]} for row in opened.plotted()]
        expected = within(explorer, "drums", "pearson", value=column)
        assert expected.notna().all()
        assert_equal(curve(rows, "drums"), expected)


def test_what_is_undefined_is_shown_as_that(opened, explorer):
    page = opened.show(view="curves", **{"class": "vocals", "compare": ""})
    assert np.isnan(within(explorer, "vocals", "pearson")["output"])
    last = next(row for row in opened.plotted() if row["layer"] == "output")
    assert last["value"] is None
    assert page.locator("figure svg").get_by_text("×").count() == 1


def test_the_table_behind_a_chart_has_its_rows(opened):
    page = opened.show(view="curves")
    rows = opened.plotted()
    page.locator("summary").click()
    body = page.locator("details tbody tr")
    body.first.wait_for()
    assert body.count() == len(rows)
    for text, row in zip(body.all_inner_texts(), rows, strict=True):
        layer, _, _, value = text.split("\t")[:4]
        assert layer == row["layer"]
        assert value == ("" if row["value"] is None else f"{row['value']:.3f}")


@pytest.mark.parametrize(
    ("choices", "table", "wanted", "value"),
    [
        (
            {"view": "probes", "quantity": "probe"},
            "probe",
            {"training": "untrained", "class": "bass"},
            "balanced_accuracy",
        ),
        (
            {"view": "probes", "quantity": "silhouette"},
            "separability",
            {"training": "untrained", "measure": "silhouette"},
            "value",
        ),
    ],
)
def test_probes_and_separability_are_the_tables_values(
    opened, explorer, choices, table, wanted, value
):
    opened.show(**choices)
    series = wanted.get("class", "all classes")
    expected = of_layers(explorer.table(table), value, **wanted)
    assert_equal(curve(opened.plotted(), series, "untrained"), expected)


def test_other_charts_are_the_tables_values(opened, explorer):
    opened.show(view="performance", metric="precision", **{"class": "bass"})
    scores = explorer.table("performance_over_seeds").query("metric == 'precision'")
    scores = scores[scores["class"] == "bass"]
    assert [row["value"] for row in opened.plotted()] == scores["value"].to_list()

    opened.show(view="cka", compared="trained and untrained")
    cka = explorer.table("cka").query("training_a == 'trained' and training_b == 'untrained'")
    plotted = {(row["layer_a"], row["layer_b"]): row["cka"] for row in opened.plotted()}
    assert plotted == cka.set_index(["layer_a", "layer_b"])["cka"].to_dict()

    opened.show(view="ladder", measure="pearson_contrast", **{"class": "vocals"})
    ladder = explorer.table("ladder").query("measure == 'pearson_contrast'")
    ladder = ladder[(ladder["class"] == "vocals") & (ladder["training"] == "trained")]
    plotted = curve(opened.plotted(), "paper (instrument)")
    assert_equal(plotted, ladder.set_index("layer")["value"])

    opened.show(view="moods")
    moods = explorer.table("assigned_moods").set_index(["class", "mood"])["share"].to_dict()
    assert {(row["class"], row["mood"]): row["share"] for row in opened.plotted()} == moods

    opened.show(view="verdicts", training="untrained")
    verdicts = explorer.table("hypotheses").query("training == 'untrained'")
    columns = ["verdict", "effect", "ci_low", "ci_high"]
    plotted = [[row["name"][:2], *(row[name] for name in columns)] for row in opened.plotted()]
    expected = verdicts.sort_values("id", kind="stable")[["id", *columns]]
    assert plotted == expected.to_numpy().tolist()


def test_a_verdict_leads_to_the_curve_that_it_speaks_of(opened, explorer):
    page = opened.show(view="verdicts")
    page.get_by_role("link", name="H3: curve").click()
    opened.settled()
    fields = page.locator("#controls [name]")
    chosen = dict(fields.evaluate_all("all => all.map(({ name, value }) => [name, value])"))
    claims = explorer.table("hypothesis_claims").query("id == 'H3' and training == 'trained'")
    verdict = explorer.table("hypotheses").query("id == 'H3' and training == 'trained'").iloc[0]
    decided = claims[claims["effect"] == verdict["effect"]].iloc[0]
    assert chosen["quantity"] == "contrast"
    assert chosen["measure"] == "pearson"
    assert chosen["class"] == decided["class"]
    assert chosen["training"] == "trained"


def test_a_table_is_the_file_and_can_be_sorted_and_filtered(opened, explorer):
    name = "similarity_over_seeds"
    page = opened.show(view="tables", table=name)
    table = read_table(explorer.folder / "tables" / f"{name}.csv")
    rows = page.locator("#output tbody tr")

    def shown(column):
        return [text.split("\t")[table.columns.get_loc(column)] for text in rows.all_inner_texts()]

    assert [float(each or "nan") for each in shown("mean")] == pytest.approx(
        table["mean"].to_list()[:100], abs=0, rel=0, nan_ok=True
    )
    page.get_by_role("button", name="mean", exact=True).click()
    lowest = table["mean"].sort_values()
    assert [float(each) for each in shown("mean")] == lowest.to_list()[:100]
    page.get_by_role("button", name="mean ▴").click()
    assert [float(each) for each in shown("mean")] == lowest.dropna().to_list()[:-101:-1]
    page.get_by_label("Filter").fill("conv2 vocals mse_peak")
    is_kept = (table["layer"] == "conv2") & (table["measure"] == "mse_peak")
    is_kept &= (table["class_a"] == "vocals") | (table["class_b"] == "vocals")
    assert rows.count() == is_kept.sum()
    assert f"of {is_kept.sum()}" in page.locator(".pager").inner_text()


def similarity_of(explorer, model, layer, measure, first, second):
    pairs = read_table(explorer.of_model("similarity", ".csv", model))
    pairs = pairs[pairs["layer"] == layer]
    names = [tuple(explorer.stimuli.loc[number, ["class", "song"]]) for number in (first, second)]
    for row in pairs.to_dict("records"):
        if {(row["class_a"], row["song_a"]), (row["class_b"], row["song_b"])} == set(names):
            return row[measure]
    raise AssertionError(names)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("measure", MEASURES)
def test_the_matrix_shows_every_pairs_value(opened, explorer, model, measure):
    stimuli = explorer.stimuli
    page = opened.show(
        view="pairs", model=model, measure=measure, layer="conv2", a="bass", b="drums"
    )
    cells = page.locator("td[aria-label]")
    labels = cells.evaluate_all("all => all.map((cell) => cell.ariaLabel)")
    rows, columns = (stimuli.index[stimuli["class"] == name] for name in ("bass", "drums"))
    expected = []
    for row in rows:
        for column in columns:
            songs = stimuli.loc[row, "song"], stimuli.loc[column, "song"]
            if songs[0] == songs[1]:
                expected.append(("no value", None))
                continue
            value = similarity_of(explorer, model, "conv2", measure, row, column)
            expected.append((" and ".join(songs), value))
    assert len(labels) == len(expected) == len(SONGS) ** 2
    for label, (songs, value) in zip(labels, expected, strict=True):
        if value is None:
            assert label == songs
        else:
            shown_songs, shown_value = label.rsplit(": ", 1)
            assert shown_songs == songs
            assert float(shown_value) == pytest.approx(value, abs=0.0006)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_pairs_value_is_that_of_the_file_within_a_step_of_16_bits(opened, explorer, measure):
    page = opened.show(view="pairs")
    for model in MODELS:
        pairs = read_table(explorer.of_model("similarity", ".csv", model)).query(
            "layer == 'dense1'"
        )
        span = pairs[measure].max() - pairs[measure].min()
        for first, second in ((0, 8), (3, 12), (14, 6)):
            value = page.evaluate(
                "async ([model, measure, a, b]) => (await import('explorer/models.js'))"
                ".similarityIn(model, measure, 'dense1')(a, b)",
                [model, measure, first, second],
            )
            expected = similarity_of(explorer, model, "dense1", measure, first, second)
            assert value == pytest.approx(expected, abs=1.01 * HALF_STEP * span)


def test_the_lowest_median_and_highest_pair_are_found(opened, explorer):
    page = opened.show(view="pairs", layer="dense1", a="bass", b="bass")
    pairs = read_table(explorer.of_model("similarity", ".csv")).query("layer == 'dense1'")
    pairs = pairs[(pairs["class_a"] == "bass") & (pairs["class_b"] == "bass")]
    in_order = pairs.sort_values("pearson").reset_index()
    for button, row in (("Lowest value", 0), ("Median", 4), ("Highest value", 9)):
        page.get_by_role("button", name=button).click()
        expected = in_order.loc[row]
        songs = {title.removeprefix("bass: ") for title in page.locator("h3").all_inner_texts()}
        assert songs == {expected["song_a"], expected["song_b"]}
        value = page.locator("p.value").inner_text()
        assert value.endswith(f": {expected['pearson']:.3f}")


@pytest.mark.parametrize("pair", [(0, 8), (11, 13)])
def test_a_pair_is_followed_through_the_layers_of_the_network_and_its_control(
    opened, explorer, pair
):
    a, b = (explorer.stimuli.loc[number, "class"] for number in pair)
    opened.show(view="pairs", measure="pearson", a=a, b=b, pick="-".join(map(str, pair)))
    rows = opened.plotted()
    for model, training in zip(MODELS, ("trained", "untrained"), strict=True):
        expected = [similarity_of(explorer, model, each, "pearson", *pair) for each in LAYERS]
        found = curve(rows, training, "pair")
        assert list(found.index) == LAYERS
        np.testing.assert_allclose(found, expected, atol=2.01 * HALF_STEP)


def test_a_layer_without_a_value_says_so(opened):
    page = opened.show(view="pairs", layer="output", a="vocals", b="vocals")
    assert "No pair has a value here" in page.locator("#output").inner_text()
    assert page.locator("td[aria-selected]").count() == 0


PIXELS = """([part, number]) => {
    const canvas = document.querySelectorAll(`[data-part=${part}] canvas`)[number];
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [canvas.width, canvas.height, [...data]];
}"""
RAMP = "async () => { const { ramp } = await import('explorer/colours.js');" + (
    " return Array.from({ length: 256 }, (_, grey) => ramp(grey / 255)); }"
)


def painted(page, part, number):
    """Shares of the colour ramp, 0 to 1, that a canvas shows; the first band first."""
    width, height, data = page.evaluate(PIXELS, [part, number])
    colours = np.reshape(data, (height, width, 4))[:, :, :3]
    distance = np.abs(colours[:, :, None] - np.array(page.evaluate(RAMP))).sum(-1)
    assert distance.min(-1).max() <= 6
    return distance.argmin(-1)[::-1] / 255


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("filter_number", [1, 3])
def test_maps_are_the_activations_of_both_stimuli_on_one_scale(
    opened, explorer, model, filter_number
):
    first, second = 1, 13
    page = opened.show(
        view="pairs",
        model=model,
        a="drums",
        b="vocals",
        pick=f"{first}-{second}",
        filter=filter_number,
    )
    with h5py.File(explorer.of_model("activations", ".h5", model)) as file:
        for place, layer in enumerate(MAPS):
            maps = file["layers"][layer][:, filter_number - 1]
            pair = maps[[first, second]]
            shown = np.stack([painted(page, "maps", 2 * place + side) for side in (0, 1)])
            expected = (pair - pair.min()) / (pair.max() - pair.min())
            # Maps come with 8 bits between the extremes over all stimuli.
            step = (maps.max() - maps.min()) / 255 / (pair.max() - pair.min())
            np.testing.assert_allclose(shown, expected, atol=1.5 * step + 1.5 / 255)


def test_spectrograms_are_those_of_the_stimuli_on_one_scale_for_all(opened, explorer):
    row = explorer.stimuli.loc[[1, 13]]
    page = opened.show(view="pairs", a="drums", b="vocals", pick="1-13")
    everything, shown = (
        np.concatenate(
            list(
                spectrogram_batches(
                    explorer.folder / "mel" / "test.h5",
                    stimuli["row"].to_numpy(),
                    stimuli["mix"].to_numpy(),
                    batch_size=20,
                )
            )
        )
        for stimuli in (explorer.stimuli, row)
    )
    low, high = everything.min(), everything.max()
    for side in (0, 1):
        expected = (shown[side] - low) / (high - low)
        found = painted(page, "spectrograms", side)
        np.testing.assert_allclose(found, expected, atol=2 / 255)


def test_maps_cover_the_part_of_the_input_that_their_stride_says(opened):
    page = opened.show(view="pairs")
    shares = page.locator("[data-part=maps] canvas").evaluate_all(
        """all => all.map((canvas) => {
            const inner = canvas.getBoundingClientRect();
            const outer = canvas.parentElement.getBoundingClientRect();
            return [inner.height / outer.height, inner.width / outer.width,
                    outer.bottom - inner.bottom, inner.left - outer.left];
        })"""
    )
    expected = []
    for (_, bands, frames), (stride_bands, stride_frames) in MAPS.values():
        covers = [bands * stride_bands / N_BANDS, frames * stride_frames / N_FRAMES, 0, 0]
        expected += [covers, covers]
    np.testing.assert_allclose(shares, expected, atol=0.01)
    assert expected[-1][1] < 1


def test_frequencies_and_times_stand_where_the_bands_and_frames_do(opened):
    page = opened.show(view="pairs")
    ticks = page.locator("[data-part=spectrograms] .map").first.locator("span")
    places = ticks.evaluate_all(
        """all => all.map((tick) => {
            const panel = tick.parentElement.getBoundingClientRect();
            const box = tick.getBoundingClientRect();
            return [tick.textContent, (panel.bottom - (box.top + box.bottom) / 2) / panel.height,
                    ((box.left + box.right) / 2 - panel.left) / panel.width];
        })"""
    )
    hertz = {text: above for text, above, _ in places if "Hz" in text}
    assert set(hertz) == {"500 Hz", "1 kHz", "2 kHz"}
    for text, above in hertz.items():
        number, unit = text.split()
        band = np.interp(float(number) * (1000 if unit == "kHz" else 1), CENTRES_HZ, range(N_BANDS))
        assert above == pytest.approx((band + 0.5) / N_BANDS, abs=0.01)
    seconds = {text: along for text, _, along in places if text.endswith(" s")}
    assert seconds == pytest.approx({"0 s": 0, "1 s": 0.5, "2 s": 1}, abs=0.01)


def test_classes_are_in_the_order_of_the_config(opened):
    page = opened.show(view="curves")
    options = page.locator("[name=class] option").all_inner_texts()
    assert options == ["all classes", *CLASSES]

"""What charts and tables show is what the run's files say."""

import numpy as np
import pandas as pd
import pytest
from explorer_page import LAYERS
from mel_splits import CLASSES
from stemlens.tables import read_table


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
    assert_equal(curve(rows, "vocals", "drums with this class"), expected)
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
    verdicts = explorer.table("hypotheses").query("training == 'untrained'").dropna(subset="effect")
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


def test_a_verdict_about_a_class_that_is_not_there_says_so_and_is_not_counted(opened, explorer):
    page = opened.show(view="verdicts")
    row = page.locator("#output tr", has_text="No flute is like another.")
    assert "○ not applicable" in row.inner_text()
    assert row.locator("td").last.inner_text() == "flute is missing"

    page = opened.show(view="start")
    is_counted = "training == 'trained' and mse_measure != 'mse_peak'"
    verdicts = explorer.table("hypotheses").query(is_counted)["verdict"]
    n_supported = (verdicts == "supported").sum()
    n_applicable = (verdicts != "not applicable").sum()
    assert n_applicable == len(verdicts) - 1
    card = page.locator("li", has_text="applicable hypotheses").inner_text()
    assert card.startswith(f"{n_supported} of {n_applicable}")
    assert "1 not applicable" in card


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


def test_classes_are_in_the_order_of_the_config(opened):
    page = opened.show(view="curves")
    options = page.locator("[name=class] option").all_inner_texts()
    assert options == ["all classes", *CLASSES]

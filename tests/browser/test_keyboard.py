"""What keys do in charts and in the matrix, and what they then read out."""

import re

import pytest
from stemlens.tables import read_table


@pytest.fixture
def chart(opened):
    opened.show(view="start")
    page = opened.show(view="curves", compare="")
    page.locator("[aria-roledescription=chart]").focus()
    return page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    return page.locator("output.readout").inner_text()


def short(value):
    return f"{value:.0f}" if value.is_integer() else f"{value:.3f}"


def value_of(explorer, name, layer):
    table = explorer.table("similarity_over_seeds").query("training == 'trained'")
    is_wanted = (table["class_a"] == name) & (table["class_b"] == name) & (table["layer"] == layer)
    row = table[is_wanted & (table["measure"] == "pearson")].iloc[0]
    numbers = [short(row[column]) for column in ("mean", "ci_low", "ci_high")]
    return f"{layer}, {name}: {numbers[0]} [{numbers[1]}, {numbers[2]}], {row['n_songs']} songs"


def test_arrows_in_a_chart_read_the_tables_values(chart, explorer):
    assert press(chart, "ArrowRight") == value_of(explorer, "drums", "input")
    assert press(chart, "ArrowRight") == value_of(explorer, "drums", "conv1")
    assert press(chart, "ArrowDown") == value_of(explorer, "bass", "conv1")
    assert press(chart, "ArrowRight", "ArrowRight") == value_of(explorer, "bass", "dense1")
    assert press(chart, "ArrowUp", "ArrowLeft") == value_of(explorer, "drums", "conv2")


def test_arrows_stop_at_the_ends_of_a_curve_and_go_round_the_curves(chart, explorer):
    assert press(chart, *["ArrowRight"] * 9) == value_of(explorer, "drums", "output")
    assert press(chart, *["ArrowLeft"] * 9) == value_of(explorer, "drums", "input")
    assert press(chart, *["ArrowDown"] * 3) == value_of(explorer, "drums", "input")


def test_arrows_in_a_chart_do_not_move_the_page_and_other_keys_are_the_browsers(chart):
    chart.evaluate("void (onkeydown = (event) => { window.isTaken = event.defaultPrevented; })")
    for key, is_taken in (("ArrowDown", True), ("ArrowRight", True), ("PageDown", False)):
        press(chart, key)
        assert chart.evaluate("isTaken") == is_taken
    chart.evaluate("onkeydown = null")


def test_an_undefined_value_is_read_with_its_reason(chart):
    said = press(chart, "ArrowRight", "ArrowUp", *["ArrowRight"] * 9)
    assert re.fullmatch(r"output, vocals: undefined: .+", said)


def test_a_mark_shows_where_the_arrows_are(chart):
    assert chart.evaluate("document.querySelector('figure').view.signal('cursor')") == -1
    press(chart, "ArrowRight", "ArrowRight")
    place = chart.evaluate("document.querySelector('figure').view.signal('cursor')")
    row = chart.evaluate("id => document.querySelector('figure').view.data('rows')[id]", place)
    assert (row["layer"], row["series"]) == ("conv1", "drums")


def test_the_mouse_reads_the_same_as_the_keys(chart, explorer):
    box = chart.locator("figure svg .mark-symbol path").first.bounding_box()
    chart.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    readout = chart.locator("output.readout")
    readout.filter(has_text="songs").wait_for()
    said = readout.inner_text()
    layer, name = re.match(r"(\w+), (\w+):", said).groups()
    assert said == value_of(explorer, name, layer)


def test_every_chart_is_read_by_arrows(opened):
    first_words = {
        "start": "input, drums, trained: ",
        "curves": "input, drums, trained: ",
        "pairs": "input, trained: ",
        "verdicts": "H1: ",
        "performance": "paper (instrument), trained: ",
        "probes": "input, drums, trained: ",
        "cka": "input and input: 1",
        "keeps": "input, drums, trained: ",
        "ladder": "input, paper (instrument), trained: ",
        "moods": "drums, Q1: 0.1",
    }
    read = {}
    for view in opened.views():
        page = opened.show(view=view)
        if page.locator("[aria-roledescription=chart]").count():
            page.locator("[aria-roledescription=chart]").focus()
            read[view] = press(page, "ArrowRight")
    assert read.keys() == first_words.keys()
    for view, words in first_words.items():
        assert read[view].startswith(words), (view, read[view])


def test_arrows_and_enter_in_the_matrix_choose_a_pair(opened, explorer):
    page = opened.show(view="pairs", layer="dense1", a="drums", b="bass", pick="0-6")
    stimuli = explorer.stimuli
    assert list(stimuli.loc[[0, 6, 9], "class"]) == ["drums", "bass", "bass"]
    assert page.locator("[role=grid] [tabindex='0']").count() == 1
    page.locator("td[aria-selected=true]").focus()
    # Past the pair of a song with itself, which has no value.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    focused = page.evaluate("document.activeElement.ariaLabel")
    row, column = 3, 7
    songs = stimuli.loc[row, "song"], stimuli.loc[column, "song"]
    assert focused.startswith(" and ".join(songs) + ": ")
    assert page.locator("h3").first.inner_text() == f"drums: {stimuli.loc[0, 'song']}"
    page.keyboard.press("Enter")
    opened.settled()
    assert page.locator("h3").all_inner_texts() == [f"drums: {songs[0]}", f"bass: {songs[1]}"]
    assert page.evaluate("document.activeElement.ariaSelected") == "true"
    assert f"pick={row}-{column}" in page.url
    pairs = read_table(explorer.of_model("similarity", ".csv")).query("layer == 'dense1'")
    is_pair = (pairs["class_a"] == "drums") & (pairs["song_a"] == songs[0])
    is_pair &= (pairs["class_b"] == "bass") & (pairs["song_b"] == songs[1])
    value = pairs.loc[is_pair, "pearson"].item()
    assert page.locator("p.value").inner_text().endswith(f": {value:.3f}")


def test_tab_stops_once_in_the_matrix_at_the_pair_that_was_chosen(opened):
    page = opened.show(view="pairs", a="drums", b="bass", pick="0-6")
    page.locator("tbody tr:nth-child(3) td").nth(0).click()
    stops = page.locator("[role=grid] [tabindex='0']")
    assert stops.count() == 1
    assert stops.get_attribute("aria-selected") == "true"


def test_arrows_stop_at_the_edge_of_the_matrix(opened):
    page = opened.show(view="pairs", a="drums", b="bass", pick="0-6")
    page.locator("td[aria-selected=true]").focus()
    label = "document.activeElement.ariaLabel"
    before = page.evaluate(label)
    page.keyboard.press("ArrowUp")
    assert page.evaluate(label) == before


def test_the_filter_moves_by_arrows_and_stays_in_focus(opened):
    page = opened.show(view="pairs")
    field = page.locator("[name=filter]")
    field.focus()
    page.keyboard.press("ArrowRight")
    opened.settled()
    assert field.input_value() == "2"
    assert field.get_attribute("aria-valuetext") == "2 of 3"
    assert page.evaluate("document.activeElement.name") == "filter"
    titles = page.locator("[data-part=maps] .row b").all_inner_texts()
    assert titles == ["conv1, filter 2 (6 × 8)", "conv2, filter 2 (3 × 2)"]

"""The page as such: it opens from disk, alone, in every view, theme and width."""

import re

import pytest
from chromium import Opened
from explorer_page import MODELS, RUN, SONGS, write_small_explorer

WIDTHS_PX = (1440, 768, 390)
ALL_VIEWS = {
    "start", "curves", "pairs", "verdicts", "performance", "probes",
    "cka", "keeps", "ladder", "moods", "tables", "run",
}  # fmt: skip


def test_it_opens_from_disk_and_every_view_draws_without_a_complaint_or_a_request(opened):
    opened.show(view="start")
    assert set(opened.views()) == ALL_VIEWS
    for view in opened.views():
        page = opened.show(view=view)
        current = page.locator("#views a[aria-current=page]")
        assert current.get_attribute("data-view") == view
        assert page.title() == f"{current.inner_text()} – a & b <corpus> – stemlens"
        assert page.locator("#output").inner_text().strip()


def test_what_the_page_may_not_load_is_noticed(browser, explorer, tmp_path):
    """The check above, checked: the policy refuses it, and that counts as a complaint."""
    text = explorer.page.read_text("utf-8")
    page = tmp_path / "explorer.html"
    page.write_text(text.replace("<footer>", '<img src="other.png"><footer>'), "utf-8")
    opened = Opened(browser, page)
    opened.show(view="start")
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)
    opened.context.close()


def test_every_view_says_what_folds_mean_where_there_are_some(browser, opened, tmp_path):
    assert opened.show(view="start").locator("#folds").is_hidden()
    folded = Opened(browser, write_small_explorer(tmp_path, n_folds=2).page)
    folded.show(view="start")
    for view in folded.views():
        assert "there are 2, and each song" in folded.show(view=view).locator("#folds").inner_text()
    page = folded.show(view="pairs")
    rows = page.locator("tbody th").all_inner_texts()
    folds = [int(re.search(r"\(fold (\d)\)$", row)[1]) for row in rows]
    assert folds == sorted(folds)
    assert {*folds} == {1, 2}
    cells = page.locator("td[aria-label]").evaluate_all("all => all.map((cell) => cell.ariaLabel)")
    for number, label in enumerate(cells):
        row, column = divmod(number, len(rows))
        assert (label == "no value") == (row == column or folds[row] != folds[column])
    folded.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_is_wider_than_the_window(browser, explorer, tmp_path, theme):
    opened = Opened(browser, explorer.page, color_scheme=theme)
    papers = set()
    for width in WIDTHS_PX:
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.show(view="start")
        for view in opened.views():
            page = opened.show(view=view)
            page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (view, width)
            picture = tmp_path / f"{view}-{width}-{theme}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 5000
            papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(papers) == 1
    lightness = sum(map(int, papers.pop()[4:-1].split(",")))
    assert (lightness > 600) == (theme == "light")
    opened.context.close()


def test_the_theme_can_be_chosen_and_charts_follow(opened):
    page = opened.show(view="curves")
    ink = "getComputedStyle(document.querySelector('.role-axis-title text')).fill"
    seen = {}
    for theme in ("light", "dark"):
        page.locator("#theme").select_option(theme)
        opened.settled()
        seen[theme] = page.evaluate(ink)
        assert f"theme={theme}" in page.url
    assert seen["light"] != seen["dark"]
    page.locator("#theme").select_option("")


@pytest.mark.parametrize("view", [{"view": "pairs"}, {"view": "tables", "table": "segments"}])
def test_names_of_songs_are_shown_as_text(opened, view):
    page = opened.show(**view)
    text = page.locator("#output").inner_text()
    for song in SONGS:
        assert song.replace("\u2028", "") in text.replace("\u2028", "").replace("\n", "")
    assert page.locator("#output img, #output script").count() == 0


def test_names_of_a_pair_are_shown_as_text_in_titles_and_labels(opened, explorer):
    stimuli = explorer.stimuli
    first, second = (
        stimuli.index[(stimuli["class"] == name) & (stimuli["song"] == song)][0]
        for name, song in (("drums", SONGS[0]), ("bass", SONGS[1]))
    )
    page = opened.show(view="pairs", a="drums", b="bass", pick=f"{first}-{second}")
    titles = page.locator("h3").all_inner_texts()
    assert titles == [f"drums: {SONGS[0]}", f"bass: {SONGS[1]}"]
    labels = page.locator("audio").evaluate_all("all => all.map((each) => each.ariaLabel)")
    assert labels == titles
    chosen = page.locator("td[aria-selected=true]").get_attribute("aria-label")
    assert chosen.startswith(f"{SONGS[0]} and {SONGS[1]}: ")
    assert page.locator("canvas").first.get_attribute("aria-label").endswith(SONGS[0])


def test_names_and_wordings_of_the_run_are_shown_as_text(opened):
    page = opened.show(view="verdicts")
    assert page.locator("#corpus").inner_text() == "a & b <corpus>"
    assert "Similarity <i>rises</i>." in page.locator("#output").inner_text()
    page.locator("summary", has_text="Similarity").click()
    assert "The paper: <b>Found</b> & stated." in page.locator("#output").inner_text()


def test_the_page_says_what_made_it(opened):
    page = opened.show(view="run")
    page.locator("summary", has_text="config").click()
    text = page.locator("#output").inner_text()
    assert f"commit: {RUN['commit']}" in text
    assert RUN["config"]["corpus"]["root"] in text
    made = "commit c0ffeec0ff with changes; corpus a & b <corpus>, f00df00df0"
    assert page.locator("footer").inner_text().endswith(made)


def test_a_link_shows_the_view_with_its_choices_and_the_address_follows_them(opened, browser):
    choices = {"view": "curves", "measure": "cosine", "class": "bass", "axis": "depth"}
    page = opened.show(**choices)
    page.get_by_label("Compared with").select_option("classes")
    rows = opened.plotted()
    again = Opened(browser, opened.file)
    again.page.goto(page.url)
    assert again.plotted() == rows
    form = again.page.locator("#controls [name]")
    fields = dict(form.evaluate_all("all => all.map(({ name, value }) => [name, value])"))
    assert fields["measure"] == "cosine"
    assert fields["class"] == "bass"
    assert fields["axis"] == "depth"
    assert fields["compare"] == "classes"
    again.context.close()


def test_an_address_of_nothing_shows_the_first_view_and_unknown_choices_the_usual_ones(opened):
    page = opened.show(view="nonsense")
    assert page.locator("#views a[aria-current]").get_attribute("data-view") == "start"
    usual = opened.show(view="pairs").locator("[name=layer]").input_value()
    page = opened.show(view="pairs", model=MODELS[1], layer="none such", a="nobody", filter="x")
    assert page.locator("[name=layer]").input_value() == usual
    assert page.locator("[name=a]").input_value() == "drums"
    assert page.locator("[name=filter]").input_value() == "1"


def test_it_prints_dark_on_white_without_what_paper_cannot_do(opened):
    page = opened.show(view="pairs")
    page.emulate_media(media="print", color_scheme="dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.body).color")
    hidden = [page.locator(name).first.is_visible() for name in ("nav", "form", "audio", "button")]
    kept = [page.locator(name).first.is_visible() for name in ("h1", ".matrix", "canvas")]
    page.emulate_media(media="screen", color_scheme="light")
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(27, 29, 34)")
    assert not any(hidden)
    assert all(kept)

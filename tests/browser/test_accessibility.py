"""Nothing serious for axe-core, and everything within reach of a keyboard."""

import re

import pytest
from explorer_page import MODELS

GRAVE = ("serious", "critical")
FOCUSABLE = """() => {
    const wanted = "a[href], button:enabled, select:enabled, input:enabled, audio, summary, [tabindex='0']";
    const all = [...document.querySelectorAll(wanted)].filter((each) => each.checkVisibility());
    all.forEach((each, number) => { each.dataset.walk = number; });
    return all.length;
}"""
FOCUSED = """() => {
    const at = document.activeElement;
    const style = getComputedStyle(at);
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return [at.dataset.walk ?? null, seen, at.outerHTML.slice(0, 120)];
}"""


@pytest.fixture(scope="module")
def axe():
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_view(opened, axe, theme):
    page = opened.show(view="start")
    page.emulate_media(color_scheme=theme)
    found = {}
    for view in opened.views():
        page = opened.show(view=view)
        for summary in page.locator("figure summary").all():
            summary.click()
        violations = axe.run(page).response["violations"]
        found[view] = [
            (each["id"], [node["html"][:200] for node in each["nodes"]][:3])
            for each in violations
            if each["impact"] in GRAVE
        ]
    page.emulate_media(color_scheme=None)
    assert not any(found.values()), found


def test_axe_finds_what_is_wrong(opened, axe):
    """The check above, checked."""
    page = opened.show(view="start")
    page.evaluate("document.querySelector('#lead').style.color = '#ccc'")
    page.evaluate("document.querySelector('#theme').closest('label').firstChild.remove()")
    ids = {each["id"] for each in axe.run(page).response["violations"] if each["impact"] in GRAVE}
    page.reload()
    assert ids >= {"color-contrast", "select-name"}


def test_tab_reaches_everything_in_every_view_and_leaves_it_again(opened):
    page = opened.show(view="start")
    for view in opened.views():
        page = opened.show(view=view)
        page.evaluate("document.activeElement.blur()")
        n_targets = page.evaluate(FOCUSABLE)
        reached = []
        for _ in range(3 * n_targets + 10):
            page.keyboard.press("Tab")
            number, is_seen, html = page.evaluate(FOCUSED)
            if number is None:
                break
            assert is_seen, (view, html)
            if not reached or reached[-1] != number:
                reached.append(number)
        missed = set(map(str, range(n_targets))) - set(reached)
        assert not missed, (view, missed)
        assert reached == sorted(reached, key=int), view

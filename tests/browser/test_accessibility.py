"""Nothing serious for axe-core, and everything within reach of a keyboard."""

import pytest

GRAVE = ("serious", "critical")
SMALL_TABLE = {"tables": {"table": "segments"}}
"""Choices with which a view has no more rows than the check needs."""
NUMBER_TARGETS = """() => {
    const wanted =
        "a[href], button:enabled, select:enabled, input:enabled, audio, summary, [tabindex='0']";
    const all = [...document.querySelectorAll(wanted)].filter((each) => each.checkVisibility());
    all.forEach((each, number) => { each.dataset.walk = number; });
    return all.map((each) => each.outerHTML.slice(0, 120));
}"""
FOCUSED = """() => {
    const at = document.activeElement;
    const style = getComputedStyle(at);
    const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return [at.dataset.walk ? Number(at.dataset.walk) : null, isSeen];
}"""


@pytest.fixture(scope="module")
def axe():
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


@pytest.fixture(params=["light", "dark"])
def themed(opened, request):
    opened.page.emulate_media(color_scheme=request.param)
    yield opened
    opened.page.emulate_media(color_scheme="light")


def grave_violations(axe, page):
    return {
        each["id"]: [node["html"][:200] for node in each["nodes"]]
        for each in axe.run(page).response["violations"]
        if each["impact"] in GRAVE
    }


def test_axe_finds_nothing_serious_in_any_view(themed, axe):
    found = {}
    for view in themed.views():
        page = themed.show(view=view, **SMALL_TABLE.get(view, {}))
        for details in page.locator("figure details").all():
            details.locator("summary").click()
            details.locator("table").wait_for()
        found[view] = grave_violations(axe, page)
    assert not any(found.values()), found


def test_axe_finds_what_is_wrong(opened, axe):
    """The check above, checked."""
    page = opened.show(view="cka")
    page.evaluate("document.querySelector('#lead').style.color = '#ccc'")
    page.evaluate("document.querySelector('#theme').closest('label').firstChild.remove()")
    assert grave_violations(axe, page).keys() == {"color-contrast", "select-name"}
    page.reload()


def test_tab_reaches_everything_in_every_view_and_leaves_it_again(opened):
    for view in opened.views():
        # As when it has just been opened: nothing has the focus.
        opened.page.goto("about:blank")
        page = opened.show(view=view, **SMALL_TABLE.get(view, {}))
        targets = page.evaluate(NUMBER_TARGETS)
        reached = []
        # A sound has several stops.
        for _ in range(len(targets) + 40):
            page.keyboard.press("Tab")
            number, is_seen = page.evaluate(FOCUSED)
            # Past the last one comes the browser, or the first one again.
            if number is None or (number == 0 and len(reached) > 1):
                break
            assert is_seen, (view, targets[number])
            if number not in reached[-1:]:
                reached.append(number)
        else:
            raise AssertionError(f"{view}: no way out of {targets[number]}")
        assert reached == list(range(len(targets))), (view, targets)


def test_the_skip_link_leads_past_the_navigation(opened):
    opened.page.goto("about:blank")
    page = opened.show(view="curves")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "quantity"

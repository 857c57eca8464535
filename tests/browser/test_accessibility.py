"""Nothing serious for axe-core, and everything within reach of a keyboard."""

import numpy as np
import pytest

GRAVE = ("serious", "critical")
COLOURS = ["color-contrast", "link-in-text-block"]
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


def grave_violations(axe, page, **options):
    return {
        each["id"]: [node["html"][:200] for node in each["nodes"]]
        for each in axe.run(page, options=options or None).response["violations"]
        if each["impact"] in GRAVE
    }


def test_axe_finds_nothing_serious_in_any_view_and_theme(opened, axe):
    found = {}
    for view in opened.views():
        page = opened.show(view=view, **SMALL_TABLE.get(view, {}))
        for details in page.locator("figure details").all():
            details.locator("summary").click()
            details.locator("table").wait_for()
        found[view, "light"] = grave_violations(axe, page)
        # Nothing but colours changes with the theme.
        page.emulate_media(color_scheme="dark")
        found[view, "dark"] = grave_violations(axe, page, runOnly=COLOURS)
        page.emulate_media(color_scheme="light")
    assert not any(found.values()), found


def test_axe_finds_what_is_wrong(opened, axe):
    """The check above, checked."""
    page = opened.show(view="cka")
    page.evaluate("document.querySelector('#lead').style.color = '#ccc'")
    page.evaluate("document.querySelector('#theme').closest('label').firstChild.remove()")
    assert grave_violations(axe, page).keys() == {"color-contrast", "select-name"}
    assert grave_violations(axe, page, runOnly=COLOURS).keys() == {"color-contrast"}
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


def luminance(colour):
    """Relative luminance as WCAG defines it, of red, green and blue from 0 to 255."""
    share = np.array(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_numbers_can_be_read_on_every_colour_of_the_ramp_which_grows_ever_brighter(opened):
    page = opened.show(view="start")
    colours = page.evaluate(
        """async () => {
            const { ramp, inkOn } = await import("explorer/colours.js");
            const shares = Array.from({ length: 1001 }, (_, i) => i / 1000);
            return shares.map((share) => [ramp(share), inkOn(share)]);
        }"""
    )
    behind = np.array([luminance(colour) for colour, _ in colours])
    ink = np.array([{"#000": 0, "#fff": 1}[name] for _, name in colours])
    contrast = (np.maximum(behind, ink) + 0.05) / (np.minimum(behind, ink) + 0.05)
    assert contrast.min() >= 4.5
    assert (np.diff(behind) > -0.002).all()

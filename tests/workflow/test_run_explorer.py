"""The explorer of a run, in a browser: it is about that run, whole, and works."""

import h5py
import pandas as pd
import pytest
from chromium import Opened, chromium
from stemlens.tables import read_table


@pytest.fixture(scope="module")
def results(finished):
    return finished.folder / "results" / "demo"


@pytest.fixture(scope="module")
def opened(results):
    with chromium() as browser:
        opened = Opened(browser, results / "explorer.html")
        opened.show(view="start")
        yield opened
        opened.context.close()


def test_every_view_of_a_run_opens_without_a_complaint_or_a_request(opened):
    for view in opened.views():
        page = opened.show(view=view)
        assert page.locator("#output").inner_text().strip()
    assert opened.complaints == []
    assert opened.requests == []


def test_every_table_of_the_run_is_in_its_page_as_the_file_says(opened, results):
    page = opened.show(view="tables")
    held = page.evaluate("async () => (await import('explorer/data.js')).block('tables')")
    assert set(held) == {path.stem for path in (results / "tables").glob("*.csv")}
    for name in held:
        rows = page.evaluate("async (name) => (await import('explorer/data.js')).table(name)", name)
        table = read_table(results / "tables" / f"{name}.csv")
        assert len(rows) == len(table)
        for column in table:
            shown = [row[column] for row in rows]
            missing = "" if isinstance(shown[0], str) else None
            of_file = [missing if pd.isna(value) else value for value in table[column]]
            if isinstance(shown[0], str):
                of_file = [str(value) for value in of_file]
            assert shown == of_file, (name, column)


def test_the_pairs_are_the_runs_stimuli_and_its_songs_are_heard(opened, results):
    stimuli = read_table(results / "stimuli.csv")
    page = opened.show(view="pairs")
    titles = {f"{row['class']}: {row['song']}" for row in stimuli.to_dict("records")}
    assert set(page.locator("h3").all_inner_texts()) <= titles
    for sound in page.locator("audio").all():
        duration_s = """async (audio) => {
            while (audio.readyState < 1) await new Promise(requestAnimationFrame);
            return audio.duration;
        }"""
        assert sound.evaluate(duration_s) == pytest.approx(10, abs=0.2)


def test_the_pages_models_are_the_runs(opened, results):
    page = opened.show(view="pairs")
    values = page.locator("[name=model] option").evaluate_all("all => all.map((o) => o.value)")
    for model in values:
        page = opened.show(view="pairs", model=model)
        layers = page.locator("[name=layer] option").all_inner_texts()
        with h5py.File(results / "activations" / f"{model}.h5") as file:
            assert set(layers) == set(file["layers"])

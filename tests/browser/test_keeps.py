"""What layers keep: every part shows its table, and transformed stimuli are heard."""

import numpy as np
import pytest
from chromium import Opened
from explorer_page import (
    CLASSES,
    LAYERS,
    SAMPLE_RATE_HZ,
    SONGS,
    TONES_HZ,
    TRANSFORMED,
    write_small_explorer,
)
from keeps_tables import CONCEPTS, JOBS, TRANSFORMATIONS
from stemlens.keeps.names import ALWAYS, NEVER

PARTS = ("gains", "transformations", "retrieval", "concepts")
DECODED = """async (audio) => {
    const { bytes } = await import("explorer/data.js");
    const sound = bytes(audio.src.split(",")[1]).buffer;
    const decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(sound);
    return [...decoded.getChannelData(0)];
}""".replace("RATE", str(SAMPLE_RATE_HZ))


def shown(opened, figure=0, **choices):
    """Rows of a chart of the view."""
    page = opened.show(view="keeps", **choices)
    rows = """number => document.querySelectorAll('figure')[number].view.data('rows')
        .map((row) => ({ ...row }))"""
    return page.evaluate(rows, figure)


def by_curve(rows):
    """Curve → its values by depth."""
    curves = {}
    for row in sorted(rows, key=lambda row: row["depth"]):
        curves.setdefault((row["series"], row["line"]), []).append(row["value"])
    return curves


def of_table(rows, column):
    return rows.set_index("layer")[column][LAYERS].tolist()


def test_every_part_is_drawn_whatever_is_chosen(opened):
    options = """fields => fields.map(({ name, options }) =>
        [name, [...options].map(({ value }) => value)])"""
    for part in PARTS:
        fields = opened.show(view="keeps", part=part).locator("#controls select")
        for name, values in fields.evaluate_all(options):
            if name == "part":
                assert values == [*PARTS]
                continue
            for value in values:
                page = opened.show(view="keeps", part=part, **{name: value})
                assert page.locator(f"[name={name}]").input_value() == value
                assert page.locator("figure svg .mark-symbol path").count() > 0, (part, name, value)


def test_gains_from_which_classes_are_heard_are_those_of_the_table(opened, explorer):
    table = explorer.table("gain_thresholds")
    rows = shown(opened, part="gains")
    assert len(rows) == len(table)
    beyond = {NEVER: "above", ALWAYS: "below"}
    for row in rows:
        is_row = (table["layer"] == row["layer"]) & (table["class"] == row["series"])
        found = table[is_row & (table["training"] == row["line"])].iloc[0]
        if np.isnan(found["threshold_db"]):
            assert row["value"] is None
            assert row["beyond"] == beyond[found["note"].split("; ")[0]]
        else:
            ends = (row["value"], row["low"], row["high"])
            expected = found[["threshold_db", "ci_low", "ci_high"]]
            for value, wanted in zip(ends, expected, strict=True):
                assert value == pytest.approx(wanted) or (value is None and np.isnan(wanted))


def test_a_class_that_is_never_heard_is_said_to_be_so_and_no_undefined_value(opened):
    page = opened.show(view="keeps", part="gains")
    page.locator("[aria-roledescription=chart]").focus()
    for key in ("ArrowRight", *["ArrowDown"] * 4):
        page.keyboard.press(key)
    for _ in LAYERS:
        page.keyboard.press("ArrowLeft")
    said = page.locator("output.readout").inner_text()
    assert said == f"input, vocals, trained: {NEVER}, 9 songs"


def test_an_interval_that_is_open_at_one_end_is_read_with_a_dash(opened, explorer):
    table = explorer.table("gain_thresholds")
    row = table[table["ci_low"].notna() & table["ci_high"].isna()].iloc[0]
    said = opened.page.evaluate(
        "async ends => (await import('explorer/data.js')).interval(...ends)",
        [row["ci_low"], None],
    )
    assert said == f" [{row['ci_low']:.3f}, –]"


def test_accuracy_by_gain_is_that_of_the_chosen_class(opened, explorer):
    rows = shown(opened, part="gains", quantity="balanced_accuracy", **{"class": "bass"})
    table = explorer.table("gains").query("measure == 'balanced_accuracy' and `class` == 'bass'")
    curves = by_curve(rows)
    assert len(curves) == 2 * table["gain_db"].nunique()
    wanted = table.query("gain_db == -6 and training == 'untrained'")
    assert curves["−6 dB", "untrained"] == pytest.approx(of_table(wanted, "value"))


def test_the_map_and_the_curves_of_invariance_are_means_over_classes(opened, explorer):
    table = explorer.table("invariance").query("measure == 'cosine' and time == 'averaged'")
    table = table[table["strength"].isna() & table["class"].isin(CLASSES)]
    of_training = table[table["training"] == "untrained"]
    choices = {"part": "transformations", "measure": "cosine", "time": "averaged"}
    for figure in (0, 1):
        curves = by_curve(shown(opened, figure, training="untrained", **choices))
        assert len(curves) == len(TRANSFORMATIONS)
        for name in TRANSFORMATIONS:
            of_name = of_training[of_training["transformation"] == name]
            means = of_name.groupby("layer")["invariance"].mean()[LAYERS]
            found = curves[name.replace("_", " "), "untrained"]
            assert found == pytest.approx(means.tolist(), abs=1e-9)


def test_one_transformation_has_its_strengths_with_intervals_beside_the_twin(opened, explorer):
    choices = {"part": "transformations", "transformation": "pitch_shift", "class": "mix"}
    rows = shown(opened, **choices)
    table = explorer.table("invariance").query("measure == 'pearson' and time == 'kept'")
    table = table[(table["transformation"] == "pitch_shift") & (table["class"] == "mix")]
    curves = by_curve(rows)
    assert len(curves) == 4
    for training in ("trained", "untrained"):
        wanted = table.query("strength == 4 and training == @training")
        assert curves["4 semitones", training] == pytest.approx(of_table(wanted, "invariance"))
    assert all(row["low"] is not None for row in rows)
    assert opened.page.locator("figure").count() == 1


def test_retrieval_shows_each_job_its_twin_and_chance(opened, explorer):
    rows = shown(opened, part="retrieval", score="hit_rate_at_1", **{"class": "drums"})
    table = explorer.table("retrieval").query(
        "measure == 'pearson' and time == 'kept' and score == 'hit_rate_at_1'"
    )
    table = table[table["transformation"].isna() & (table["class"] == "drums")]
    curves = by_curve(rows)
    assert len(curves) == 3 * len(JOBS)
    for job, name in zip(
        JOBS, ("audio matching", "music similarity", "same instrument"), strict=True
    ):
        of_job = table[table["job"] == job]
        trained = of_job[of_job["training"] == "trained"]
        assert curves[name, "trained"] == pytest.approx(of_table(trained, "value"))
        assert curves[name, "chance"] == pytest.approx(of_table(trained, "chance"))


def test_concepts_are_above_chance_together_and_as_they_are_alone(opened, explorer):
    table = explorer.table("concepts").query("time == 'kept' and training == 'trained'")
    together = by_curve(shown(opened, part="concepts"))
    assert len(together) == 2 * len(CONCEPTS)
    accuracy = np.array(of_table(table[table["concept"] == "key"], "balanced_accuracy"))
    assert together["key", "trained"] == pytest.approx((12 * accuracy - 1) / 11)
    alone = by_curve(shown(opened, part="concepts", concept="key"))
    assert alone["key", "trained"] == pytest.approx(accuracy)
    assert alone["key", "chance"] == pytest.approx([1 / 12] * len(LAYERS))


def test_a_stimulus_is_heard_beside_what_transformations_make_of_it(opened):
    page = opened.show(view="keeps", part="transformations", song=SONGS[1], heard="bass")
    assert page.locator("audio").count() == len(TRANSFORMED)
    names = page.locator(".cards h3").all_inner_texts()
    assert names == ["original", "gain, −12 dB", "pitch shift, 12 semitones"]
    labels = page.locator("audio").evaluate_all("all => all.map((each) => each.ariaLabel)")
    assert labels == [f"bass: {SONGS[1]}, {name}" for name in names]
    levels = {}
    for name, sound in zip(names, page.locator("audio").all(), strict=True):
        signal = np.array(sound.evaluate(DECODED))[SAMPLE_RATE_HZ // 2 : SAMPLE_RATE_HZ * 3 // 2]
        levels[name] = signal.std()
        wanted_hz = TONES_HZ["bass"] * (2 if name.startswith("pitch") else 1)
        assert np.abs(np.fft.rfft(signal)).argmax() == wanted_hz
    assert levels["gain, −12 dB"] / levels["original"] == pytest.approx(0.25, rel=0.05)


def test_only_the_chosen_transformation_is_heard_beside_the_original(opened):
    page = opened.show(view="keeps", part="transformations", transformation="gain")
    assert page.locator(".cards h3").all_inner_texts() == ["original", "gain, −12 dB"]


def test_sounds_play_on_while_another_measure_is_chosen(opened):
    page = opened.show(view="keeps", part="transformations")
    sound = page.locator("audio").first
    sound.evaluate("audio => audio.play()")
    page.locator("[name=measure]").select_option("cosine")
    opened.settled()
    assert sound.evaluate("audio => audio.isConnected && !audio.paused")
    sound.evaluate("audio => audio.pause()")


def test_without_sound_the_view_says_why_and_without_its_tables_it_is_not_there(browser, tmp_path):
    silent = write_small_explorer(tmp_path, is_heard=False)
    opened = Opened(browser, silent.page)
    page = opened.show(view="keeps", part="transformations")
    assert page.locator("audio").count() == 0
    assert page.locator("#output").get_by_text("Without sound: explorer.audio").count() == 1
    text = silent.page.read_text("utf-8")
    for name in ("gains", "gain_thresholds", "invariance", "retrieval", "concepts"):
        text = text.replace(f'"data:table:{name}"', f'"data:none:{name}"')
    silent.page.write_text(text, "utf-8")
    page.goto("about:blank")
    opened.show(view="start")
    assert "keeps" not in opened.views()
    assert opened.complaints == []
    opened.context.close()

import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from stemlens.hypotheses.catalogue import Hypothesis
from stemlens.hypotheses.inequality import parse
from stemlens.hypotheses.page import write_page
from stemlens.hypotheses.quantities import Key, Quantities
from stemlens.hypotheses.verdict_table import judge_all, mark_untaught
from stemlens.statistics.estimate import Estimate

MANY = 10**9
"""Songs enough for percentiles to be taken where they stand."""

UNTAUGHT = "; needs no training: the untrained network shows it"


def hypothesis(name, *tests, task="instrument", classes=("bass",), wording="It is so."):
    links = tuple(link for test in tests for link in parse(test))
    return Hypothesis(name, task, wording, f"{name} was found.", ("cosine",), classes, links)


HYPOTHESES = [
    hypothesis("H1", "0 < conv1", "0 < conv2", wording="Loud | soft."),
    hypothesis("H2", "conv1 < 0.1", classes=None),
    hypothesis("M1", "0 < dense9", task="mood", classes=()),
    hypothesis("H0", "0 < conv1"),
]


def quantities(training="trained", **values):
    given = Quantities("mse")
    for layer, value in values.items():
        replicates = value + np.linspace(-0.02, 0.02, 101)
        found = Estimate(np.array([value]), replicates, MANY)
        given.add(Key("instrument", training, "cosine", "bass", layer), found)
    return given


def judged(hypotheses, given, network="paper", training="trained"):
    return judge_all(hypotheses, given, network=network, training=training, confidence=0.95)


WIDTH = 1.959964 * float(np.linspace(-0.02, 0.02, 101).std())
"""Half an interval of 95 %."""


def test_tables_hold_a_row_per_hypothesis_and_per_claim():
    verdicts, claims = judged(HYPOTHESES[:3], quantities(conv1=0.04, conv2=0.5))
    assert list(verdicts.itertuples(index=False, name=None))[:2] == [
        (
            *("H1", "instrument", "paper", "trained", "", "supported", pytest.approx(0.04)),
            *(pytest.approx(0.04 - WIDTH), pytest.approx(0.04 + WIDTH), MANY),
            "weakest of 2 claims: cosine, bass: 0 < conv1; holds in 1 of 1 seeds",
        ),
        (
            *("H2", "instrument", "paper", "trained", "", "supported", pytest.approx(0.06)),
            *(pytest.approx(0.06 - WIDTH), pytest.approx(0.06 + WIDTH), MANY),
            "cosine, bass: conv1 < 0.1; holds in 1 of 1 seeds",
        ),
    ]
    assert verdicts.iloc[2][["id", "task", "verdict", "n_songs", "note"]].to_list() == [
        *("M1", "mood", "not applicable", 0),
        "mood is missing",
    ]
    assert verdicts.iloc[2][["effect", "ci_low", "ci_high"]].isna().all()
    columns = ["id", "measure", "class", "claim", "n_seeds_agreeing", "n_seeds", "note"]
    assert claims[columns].to_numpy().tolist() == [
        ["H1", "cosine", "bass", "0 < conv1", 1, 1, ""],
        ["H1", "cosine", "bass", "0 < conv2", 1, 1, ""],
        ["H2", "cosine", "bass", "conv1 < 0.1", 1, 1, ""],
        ["M1", "cosine", "", "0 < dense9", 0, 0, "mood is missing"],
    ]
    np.testing.assert_allclose(claims["effect"], [0.04, 0.5, 0.06, math.nan])
    assert (
        claims[["task", "network", "training"]].iloc[:3] == ["instrument", "paper", "trained"]
    ).all(axis=None)


def test_a_statement_about_errors_names_their_normalisation():
    given = quantities(conv1=0.5)
    given.of |= {replace(key, measure="mse"): found for key, found in given.of.items()}
    about_errors = replace(HYPOTHESES[3], measures=("mse",))
    verdicts, claims = judged([HYPOTHESES[3], about_errors], given)
    assert verdicts["mse_measure"].to_list() == claims["mse_measure"].to_list() == ["", "mse"]


def test_where_nothing_is_judged_tables_and_page_are_empty_yet_whole():
    some = judged(HYPOTHESES, quantities(conv1=0.5))
    none = judged([], quantities(conv1=0.5))
    for full, empty in zip(some, none, strict=True):
        assert empty.empty
        assert list(empty.columns) == list(full.columns)
        joined = pd.concat([empty, full], ignore_index=True)
        numbers = ["effect", "ci_low", "ci_high", "n_songs"]
        assert (joined[numbers].dtypes == full[numbers].dtypes).all()
    assert mark_untaught(none[0]).empty
    page = write_page(HYPOTHESES, none[0], confidence=0.95, cautions=[])
    assert tables(page) == [[["", "Hypothesis"], ["---", "---"]]]


def test_only_findings_that_the_same_network_shows_untrained_need_no_training():
    columns = ["id", "task", "network", "training", "mse_measure", "verdict", "note", "marked"]
    rows = [
        ("H1", "paper", "trained", "", "supported", "a", True),
        ("H1", "paper", "untrained", "", "supported", "b", False),
        ("H1", "paper", "shuffled", "", "supported", "c", True),
        ("H1", "other", "trained", "", "supported", "d", False),
        ("H1", "other", "untrained", "", "undecided", "e", False),
        ("H2", "paper", "trained", "", "supported", "f", False),
        ("H2", "paper", "untrained", "", "contradicted", "g", False),
        ("H2", "other", "untrained", "", "supported", "h", False),
        ("H3", "paper", "trained", "", "undecided", "i", False),
        ("H3", "paper", "untrained", "", "supported", "j", False),
        ("H4", "paper", "trained", "", "contradicted", "k", False),
        ("H4", "paper", "untrained", "", "supported", "l", False),
        ("H5", "paper", "trained", "", "supported", "m", False),
        ("H6", "paper", "trained", "mse_peak", "supported", "n", False),
        ("H6", "paper", "untrained", "mse", "supported", "o", False),
    ]
    rows = [(name, "instrument", *rest) for name, *rest in rows]
    # Networks of two tasks may be called alike.
    rows += [
        ("E1", "instrument", "paper", "trained", "", "supported", "p", False),
        ("E1", "instrument", "paper", "untrained", "", "undecided", "q", False),
        ("E1", "mood", "paper", "trained", "", "supported", "r", True),
        ("E1", "mood", "paper", "untrained", "", "supported", "s", False),
    ]
    table = pd.DataFrame(rows, columns=columns)
    table.index = [0] * len(table)
    before = table.copy()
    marked = mark_untaught(table.drop(columns="marked"))
    expected = [note + UNTAUGHT * is_marked for *_, note, is_marked in rows]
    assert marked["note"].to_list() == expected
    pd.testing.assert_frame_equal(marked.drop(columns="note"), before[columns[:6]])
    pd.testing.assert_frame_equal(table, before)


def tables(page):
    """Cells of each Markdown table of a page."""
    found, previous = [], ""
    for line in page.splitlines():
        if line.startswith("|"):
            if not previous.startswith("|"):
                found.append([])
            assert line.endswith("|")
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            found[-1].append([cell.strip() for cell in cells])
        previous = line
    return found


@pytest.fixture(scope="module")
def verdicts():
    models = [
        (HYPOTHESES, "paper", "trained", {"conv1": 0.04, "conv2": 0.5}),
        (HYPOTHESES[:2], "paper", "untrained", {"conv1": 0.5, "conv2": -0.06}),
        (HYPOTHESES[1:2], "no_conv4", "trained", {"conv1": 0.095}),
    ]
    found = [
        judged(some, quantities(training, **values), network, training)[0]
        for some, network, training, values in models
    ]
    table = pd.concat(found, ignore_index=True)
    table.loc[0, "note"] = "either | or"
    return table


@pytest.fixture(scope="module")
def page(verdicts):
    untested = hypothesis("H9", "0 < conv1")
    return write_page([*HYPOTHESES, untested], verdicts, confidence=0.975, cautions=["Few songs."])


def test_every_row_of_a_table_has_as_many_cells(page):
    found = tables(page)
    assert len(found) == 1 + len(HYPOTHESES)
    for table in found:
        assert len({len(row) for row in table}) == 1
        assert set(table[1]) == {"---"}


def test_the_overview_has_a_row_per_hypothesis_and_a_column_per_network_and_training(page):
    assert tables(page)[0] == [
        ["", "Hypothesis", "paper, trained", "paper, untrained", "no_conv4, trained"],
        ["---"] * 5,
        ["H1", "Loud \\| soft.", "✓ supported", "✗ contradicted", ""],
        ["H2", "It is so.", "✓ supported", "✗ contradicted", "– undecided"],
        ["M1", "It is so.", "○ not applicable", "", ""],
        ["H0", "It is so.", "✓ supported", "", ""],
    ]


def test_each_hypothesis_shows_the_numbers_of_its_verdicts(page, verdicts):
    for tested, (head, _, *rows) in zip(HYPOTHESES, tables(page)[1:], strict=True):
        assert head == [
            *("network", "training", "MSE", "verdict", "effect", "interval", "songs", "note")
        ]
        expected = []
        for row in verdicts[verdicts["id"] == tested.id].to_dict("records"):
            effect = interval = ""
            if tested.id != "M1":
                effect = f"{row['effect']:+.3f}"
                interval = f"{row['ci_low']:+.3f} to {row['ci_high']:+.3f}"
            note = row["note"].replace("|", "\\|")
            numbers = [effect, interval, str(row["n_songs"])]
            cells = [row["network"], row["training"], row["mse_measure"], *numbers, note]
            expected.append(cells)
        assert [[cell for i, cell in enumerate(row) if i != 3] for row in rows] == expected
    interval = f"{0.04 - WIDTH:+.3f} to {0.04 + WIDTH:+.3f}"
    row = f"| paper | trained |  | ✓ supported | +0.040 | {interval} | {MANY} | either \\| or |"
    assert row in page


def test_each_hypothesis_says_what_was_found_and_what_was_tested(page):
    assert "\n## H1: Loud | soft.\n\nThe paper: H1 was found.\n" in page
    assert "\nTested: `0 < conv1`, `0 < conv2` (cosine; bass).\n" in page
    assert "\nTested: `conv1 < 0.1` (cosine; all classes).\n" in page
    assert "\nTested: `0 < dense9` (cosine).\n" in page
    assert "H9" not in page


def test_cautions_come_before_all_verdicts(page):
    assert page.index("> **Mind:** Few songs.") < page.index("| H1 |")


def test_our_thresholds_are_told_from_the_papers():
    ours = replace(HYPOTHESES[3], ours="0.1 is ours.")
    verdicts, _ = judged([ours], quantities(conv1=0.5))
    page = write_page([ours], verdicts, confidence=0.95, cautions=[])
    assert "\nOurs, not the paper's: 0.1 is ours.\n" in page


def test_where_two_normalisations_of_the_mse_differ_both_verdicts_are_shown():
    about_errors = replace(HYPOTHESES[3], measures=("mse",))
    tables_of = []
    for measure, value in (("mse", 0.5), ("mse_peak", -0.5)):
        given = Quantities(measure)
        key = Key("instrument", "trained", measure, "bass", "conv1")
        given.add(key, next(iter(quantities(conv1=value).of.values())))
        tables_of.append(judged([about_errors], given)[0])
    page = write_page([about_errors], pd.concat(tables_of), confidence=0.95, cautions=[])
    assert "✓ supported (mse), ✗ contradicted (mse_peak)" in page
    assert "The paper can be read as meaning `mse` or, as literally, `mse_peak`" in page


def test_hypotheses_about_every_network_have_an_overview_with_a_row_for_each():
    ours = [
        hypothesis("E1", "0 < last", task="any", wording="It ends high."),
        hypothesis("E2", "0 < first", task="other"),
    ]
    found = []
    for task, network in [("instrument", "paper"), ("mood", "paper"), ("other", "vgg")]:
        given = Quantities("mse")
        for layer, value in {"a": 0.5, "b.c": -0.5}.items():
            drawn = value + np.linspace(-0.02, 0.02, 101)
            key = Key(task, "trained", "cosine", "bass", layer)
            given.add(key, Estimate(np.array([value]), drawn, MANY))
        tested = [h for h in (h.of_task(task) for h in [HYPOTHESES[3], *ours]) if h]
        found.append(judged(tested, given, network)[0])
    table = pd.concat(found, ignore_index=True)
    page = write_page([HYPOTHESES[3], *ours], table, confidence=0.95, cautions=[])
    first, second, _, of_e1, of_e2 = tables(page)
    assert first[0] == ["", "Hypothesis", "paper, trained"]
    assert [row[0] for row in first[2:]] == ["H0"]
    assert second == [
        ["network", "training", "E1", "E2"],
        ["---"] * 4,
        ["paper (instrument)", "trained", "✗ contradicted", ""],
        ["paper (mood)", "trained", "✗ contradicted", ""],
        ["vgg", "trained", "✗ contradicted", "✓ supported"],
    ]
    assert [row[0] for row in of_e1[2:]] == ["paper (instrument)", "paper (mood)", "vgg"]
    assert [row[0] for row in of_e2[2:]] == ["vgg"]
    assert "\n- **E1:** It ends high.\n" in page
    assert page.index("Not the paper's, but ours") < page.index("## H0")


def test_the_confidence_is_told_as_it_is(page):
    assert " 97.5 % interval " in page


def page_of(*, hypotheses=HYPOTHESES, networks=("paper",), cautions=()):
    tables = [judged(hypotheses, quantities(conv1=0.04), network=name)[0] for name in networks]
    verdicts = pd.concat(tables, ignore_index=True)
    return write_page(hypotheses, verdicts, confidence=0.95, cautions=cautions)


def test_headings_tables_and_paragraphs_follow_a_blank_line():
    everyones = replace(hypothesis("E1", "0 < conv1", task="any"), ours="The whole hypothesis.")
    lines = page_of(hypotheses=[*HYPOTHESES, everyones], cautions=["One."]).splitlines()
    firsts = ("#", ">", "Each", "Not the paper's", "The paper:", "Tested:", "Ours,", "| network")
    for before, line in pairwise(lines):
        assert not line.startswith(firsts) or before == ""
    after_a_table = [after for line, after in pairwise(lines) if line.startswith("|")]
    assert {line for line in after_a_table if not line.startswith("|")} == {""}


def test_of_one_normalisation_of_the_error_nothing_is_said_of_another():
    assert "can be read as meaning" not in page_of()


def test_networks_stand_in_the_order_of_the_verdicts():
    everyones = hypothesis("E1", "0 < conv1", task="any")
    page = page_of(hypotheses=[everyones], networks=("zebra", "ant"))
    overview, _ = page.split("## E1")
    assert overview.index("zebra") < overview.index("ant (")

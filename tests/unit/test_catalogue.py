import re
from pathlib import Path

import pytest
import yaml
from networks import CONFIG, CONFIGURED
from stemlens.errors import InputError
from stemlens.hypotheses.catalogue import KEPT, MSE_MEASURES, Hypothesis, read_hypotheses
from stemlens.model.cost import cost
from stemlens.similarity.measures import MEASURES

CATALOGUE = read_hypotheses(Path(__file__).parents[2] / "hypotheses.yaml")
LAYERS = {"input", "conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output"}
CLASSES = {"drums", "bass", "vocals", "rest"}
TASKS = {"instrument", "mood"}
ENTRY = {
    "id": "H1",
    "task": "instrument",
    "wording": "It rises.",
    "finding": "It is said to rise.",
    "measures": ["pearson", "cosine"],
    "classes": ["bass", "rest"],
    "tests": ["conv1 < conv2 < conv3", "0.5 < output"],
}


@pytest.fixture
def read(tmp_path):
    """Write entries, or text, to hypotheses.yaml and read it."""

    def read(content):
        path = tmp_path / "hypotheses.yaml"
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        path.write_text(text, "utf-8")
        return read_hypotheses(path)

    return read


def without(key):
    return {name: value for name, value in ENTRY.items() if name != key}


def test_the_projects_hypotheses_are_on_instruments_moods_and_networks():
    assert [hypothesis.id for hypothesis in CATALOGUE] == [
        *("H1", "H1b", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9"),
        *("H10", "H10b", "H11", "H12a", "H12b", "H13", "H14"),
        *("M1", "M1b", "M2", "M3", "M4", "M5", "M6", "M7"),
        *("A1a", "A1b", "A2"),
        *("E1", "E2", "E3"),
        *("K1", "K2", "K3", "K4"),
    ]
    tasks = {"M": "mood", "E": "any", "K": "any"}
    for hypothesis in CATALOGUE:
        expected = "other" if hypothesis.id == "K3" else tasks.get(hypothesis.id[0], "instrument")
        assert hypothesis.task == expected
        assert hypothesis.is_about_networks == hypothesis.id.startswith("A")


def test_the_normalisations_of_the_mse_are_those_that_pairs_have():
    assert set(MSE_MEASURES) == {name for name in MEASURES if name.startswith("mse")}


def test_the_projects_layers_and_measures_are_those_that_hypotheses_may_name():
    assert set(CONFIGURED["paper"].layer_shapes(80, 300, 4)) == LAYERS
    assert {"pearson", "cosine", "mse"} <= set(MEASURES)
    assert {item["name"] for item in CONFIG["corpus"]["classes"]} == CLASSES


@pytest.mark.parametrize("hypothesis", CATALOGUE, ids=lambda hypothesis: hypothesis.id)
def test_every_name_in_the_projects_hypotheses_exists(hypothesis):
    for text in (hypothesis.wording, hypothesis.finding):
        assert text.endswith((".", ".)"))
        assert "\n" not in text
    assert hypothesis.inequalities
    assert set(hypothesis.classes or []) <= CLASSES
    if hypothesis.is_about_networks:
        assert hypothesis.measures == ("macro_f1",)
        known, heads = set(CONFIG["networks"]), set()
    else:
        similarities = {"pearson", "cosine", "pearson_contrast", "cosine_contrast"}
        assert set(hypothesis.measures) <= {*similarities, "mse", "normalised_mse", *KEPT}
        known = {"first", "last", "any"} if hypothesis.is_ours else LAYERS
        heads = TASKS | CLASSES | {"pearson", "cosine", "mse", "mood_entropy", "untrained"}
    for inequality in hypothesis.inequalities:
        for *before, name in inequality.names():
            assert name in known
            assert set(before) <= heads


@pytest.mark.parametrize("hypothesis", CATALOGUE, ids=lambda hypothesis: hypothesis.id)
def test_every_threshold_is_marked_as_ours(hypothesis):
    """Zero, and the quarter that makes a mean of four, are no thresholds."""
    texts = " ".join(str(link).replace("0.25 * (", "(") for link in hypothesis.inequalities)
    numbers = set(re.findall(r"(?<![a-z0-9.])\d+(?:\.\d+)?", texts)) - {"0"}
    assert bool(hypothesis.ours) >= bool(numbers)
    for number in numbers:
        assert number in hypothesis.ours or (number == "0.25" and "quarter" in hypothesis.ours)


EXCEPTED = {"H1": "bass", "H4": "bass", "M1": "rest", "M4": "bass"}


def test_the_papers_exceptions_are_excepted_and_tested():
    by_id = {hypothesis.id: hypothesis for hypothesis in CATALOGUE}
    for name, excepted in EXCEPTED.items():
        assert set(by_id[name].classes) == CLASSES - {excepted}
    cosines = [str(link) for link in by_id["H13"].inequalities if "cosine" in str(link)]
    assert len(cosines) == 3
    assert not any("bass" in link for link in cosines)
    assert all("bass" in str(link) for link in by_id["H1b"].inequalities)
    assert all("rest" in str(link) for link in by_id["M1b"].inequalities)


def test_only_a_network_with_fewer_parameters_answers_the_question_about_fewer():
    n_parameters = {
        name: cost(network, 80, 300, 4)["n_parameters"] for name, network in CONFIGURED.items()
    }
    by_id = {hypothesis.id: hypothesis for hypothesis in CATALOGUE}
    for name in ("A1a", "A1b"):
        (inequality,) = by_id[name].inequalities
        ((smaller,),) = set(inequality.names()) - {("paper",)}
        assert (n_parameters[smaller] < n_parameters["paper"]) == (name == "A1a")
        assert f"{n_parameters[smaller]:,}".replace(",", " ") in by_id[name].finding


def test_what_is_about_every_network_is_ours_and_no_finding_of_the_paper():
    for hypothesis in CATALOGUE:
        assert hypothesis.is_ours == hypothesis.id.startswith(("E", "K"))
        assert hypothesis.is_about_kept == hypothesis.id.startswith("K")
        if hypothesis.is_ours:
            assert hypothesis.ours.startswith("The whole hypothesis")
            assert re.match("It (says nothing|does not|names)", hypothesis.finding)


@pytest.mark.parametrize(
    ("task", "tasks"),
    [
        ("instrument", ["instrument"]),
        ("mood", ["mood"]),
        ("other", ["other"]),
        ("any", ["instrument", "mood", "other"]),
    ],
)
def test_a_hypothesis_is_about_one_task_or_about_any(read, task, tasks):
    (hypothesis,) = read([{**ENTRY, "task": task}])
    found = {name: hypothesis.of_task(name) for name in ("instrument", "mood", "other")}
    assert [name for name, of_task in found.items() if of_task] == tasks
    for name in tasks:
        assert found[name].task == name


def test_an_entry_becomes_a_hypothesis(read):
    (hypothesis,) = read([ENTRY])
    assert [str(link) for link in hypothesis.inequalities] == [
        "conv1 < conv2",
        "conv2 < conv3",
        "0.5 < output",
    ]
    assert hypothesis == Hypothesis(
        id="H1",
        task="instrument",
        wording="It rises.",
        finding="It is said to rise.",
        measures=("pearson", "cosine"),
        classes=("bass", "rest"),
        inequalities=hypothesis.inequalities,
    )


def test_classes_may_be_all_some_or_left_out(read):
    entries = [
        {**ENTRY, "id": "all", "classes": "all"},
        {**without("classes"), "id": "none"},
        {**ENTRY, "id": "some"},
    ]
    assert [hypothesis.classes for hypothesis in read(entries)] == [None, (), ("bass", "rest")]


def test_line_breaks_in_a_text_are_spaces(read):
    (hypothesis,) = read([{**ENTRY, "wording": "It\nrises.\n", "finding": " It\n\n is. "}])
    assert hypothesis.wording == "It rises."
    assert hypothesis.finding == "It is."


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        *[(without(key), f"{key} is missing; add it") for key in ENTRY if key != "classes"],
        ({**ENTRY, "test": ["a < b"]}, "test is unknown; expected id, task, wording, finding, "),
        ({**ENTRY, 1: 2, "x": 3, None: 4}, " is unknown; expected id, task, wording, finding, "),
        ({**ENTRY, "id": 1}, "id: found 1; expected text"),
        ({**ENTRY, "task": ["mood"]}, "task: found ['mood']; expected text"),
        ({**ENTRY, "task": "moods"}, "task: found 'moods'; expected instrument or mood or other"),
        (
            {**ENTRY, "task": "any", "measures": ["macro_f1"]},
            "task: found 'any'; expected instrument or mood for macro_f1",
        ),
        ({**ENTRY, "wording": None}, "wording: found None; expected text"),
        ({**ENTRY, "finding": " "}, "finding: found ' '; expected text"),
        ({**ENTRY, "ours": 0.1}, "ours: found 0.1; expected text"),
        ({**ENTRY, "measures": "mse"}, "measures: found 'mse'; expected a list of names"),
        ({**ENTRY, "measures": [1]}, "measures: found [1]; expected a list of names"),
        ({**ENTRY, "measures": []}, "measures: found none; expected at least one"),
        ({**ENTRY, "measures": ["cosin"]}, "measures: found 'cosin'; expected some of pearson, "),
        ({**ENTRY, "measures": ["cosine"] * 2}, "measures: found ['cosine', 'cosine']; expected "),
        ({**ENTRY, "measures": ["cosine", "macro_f1"]}, "measures: found macro_f1 among others; "),
        ({**ENTRY, "classes": "bass"}, "classes: found 'bass'; expected a list of names, or all"),
        ({**ENTRY, "classes": None}, "classes: found None; expected a list of names, or all"),
        ({**ENTRY, "tests": "a < b"}, "tests: found 'a < b'; expected a list of inequalities"),
        ({**ENTRY, "tests": [True]}, "tests: found [True]; expected a list of inequalities"),
        ({**ENTRY, "tests": None}, "tests: found None; expected a list of inequalities"),
        ({**ENTRY, "tests": []}, "tests: found none; expected at least one"),
        ({**ENTRY, "tests": ["a < b", "a > b"]}, "test 'a > b': no chain of <; expected, say,"),
        ({**ENTRY, "tests": ["a <\n"]}, "test 'a <\\n': invalid syntax; expected, say,"),
    ],
)
def test_a_malformed_entry_is_told_in_one_line_that_names_file_and_id(read, entry, said):
    good = {**ENTRY, "id": "H0"}
    name = re.escape(str(entry.get("id", "an entry without id")))
    with pytest.raises(InputError, match=rf"hypotheses\.yaml, {name}: .*") as caught:
        read([good, entry])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_id_that_occurs_twice_is_named(read):
    entries = [{**ENTRY, "id": name} for name in ("H1", "H2", "H3", "H2")]
    with pytest.raises(InputError, match=r"hypotheses\.yaml: the id H2 occurs twice"):
        read(entries)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "H1", "id: H1", "- H1", "- [H1]", [ENTRY, None], {"H1": ENTRY}],
)
def test_anything_but_a_list_of_entries_is_refused_with_the_keys_of_an_entry(read, content):
    keys = "id, task, wording, finding, measures, tests"
    with pytest.raises(InputError, match=rf"hypotheses\.yaml: expected a list .* {keys}$"):
        read(content)


@pytest.mark.parametrize(
    "content",
    ["- id: [", "- id: 2021-13-45", "- !!python/name:os.system x", "- {a: b}: c", "- \a"],
)
def test_what_is_no_yaml_is_told_in_one_line_that_names_the_file(read, content):
    with pytest.raises(InputError, match=r"hypotheses\.yaml: cannot be read as YAML") as caught:
        read(content)
    assert "\n" not in str(caught.value)


def test_a_missing_or_binary_file_is_named(tmp_path):
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\xff")
    for path in (binary, tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(InputError, match=f"^{path}: cannot be read "):
            read_hypotheses(path)


@pytest.mark.parametrize(
    ("test", "is_about"),
    [
        ("0 < conv1", []),
        ("untrained.conv1 < conv1", ["controls"]),
        ("mse.conv1 < mse.conv2", ["errors"]),
        ("mse.bass.conv1 < mse.rest.conv2", ["errors"]),
        ("0 < instrument.gain_invariance.conv1", ["kept"]),
    ],
)
def test_what_a_hypothesis_is_about_may_stand_in_any_of_its_names(read, test, is_about):
    (found,) = read([{**ENTRY, "measures": ["cosine"], "tests": [test]}])
    for name in ("controls", "errors", "kept"):
        assert getattr(found, f"is_about_{name}") is (name in is_about)
    assert found.ours == ""


def test_what_is_ours_is_read_with_the_rest(read):
    (found,) = read([{**ENTRY, "ours": "A number\n  of ours."}])
    assert found.ours == "A number of ours."

"""The report that ``snakemake --report`` makes of a run."""

import html
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from report_files import Report, make_report, stand_ins
from snakemake.utils import update_config
from snakemake_project import ROOT, Project, copy_project

RUNS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "everything": (
        ["all", "robustness", "threshold_sweep"],
        {
            "networks": {"computed": {"activations": "elsewhere.h5"}},
            "experiment": {
                **yaml.safe_load((ROOT / "presets/full.yaml").read_text("utf-8"))["experiment"],
                "others": ["computed"],
            },
        },
    ),
    "instruments alone": (["all"], {"mood": {"layout": None}}),
    "no control": (["all"], {"experiment": {"controls": [], "seeds": [3, 4]}}),
    "a mood network of its own": (["all"], {"mood": {"network": "dense64"}}),
    "no network of the run's own": (
        ["all"],
        {
            "networks": {"computed": {"activations": "elsewhere.h5"}},
            "experiment": {"network": None, "controls": [], "others": ["computed"]},
        },
    ),
}


@pytest.fixture(scope="module")
def report(finished: Project) -> Report:
    return make_report(finished)


@pytest.fixture(scope="module", params=RUNS, ids=str)
def other_report(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Report:
    """The report of another run; its results are empty files."""
    project = copy_project(tmp_path_factory.mktemp("report") / "project")
    targets, config = RUNS[request.param]
    printed = project.succeed(*targets, "--summary", config=config)
    paths = re.findall(r"^(results/\S+)\t", printed, flags=re.MULTILINE)
    results = re.compile(r"tables/|figures/|hypotheses\.md|explorer\.html")
    stand_ins(project.folder, [path for path in paths if results.search(path)])
    return make_report(project, *targets, config=config)


def entries_by_subcategory(report: Report) -> list[list[dict[str, str]]]:
    """The labels of all results, by subcategory."""
    return [
        [report.entries[path]["labels"] for path in paths]
        for subcategories in report.categories.values()
        for paths in subcategories.values()
    ]


def switched_labels(entries: list[dict[str, str]]) -> list[str]:
    """Name the labels that Snakemake's report turns into a switch instead of a column.

    These are labels after the first with two values, each of half of the results; but only if there
    is one such label.
    """
    labels = [
        label
        for label in list(entries[0])[1:]
        if sorted(Counter(entry[label] for entry in entries).values()) == [len(entries) / 2] * 2
    ]
    return labels if len(labels) == 1 else []


def check_labels(report: Report) -> None:
    for subcategories in report.categories.values():
        paths = [path for of_subcategory in subcategories.values() for path in of_subcategory]
        assert len({tuple(report.entries[path]["labels"]) for path in paths}) == 1
    for entries in entries_by_subcategory(report):
        assert all(isinstance(value, str) and value for e in entries for value in e.values())
        # Of several with the same labels, the report shows the last.
        assert len({tuple(entry.values()) for entry in entries}) == len(entries)
        for label in switched_labels(entries):
            pairs = defaultdict(set)
            for entry in entries:
                pairs[tuple(v for k, v in entry.items() if k != label)].add(entry[label])
            # What has no counterpart would end the page.
            assert {len(values) for values in pairs.values()} == {2}


def check_captions(report: Report) -> None:
    for path, entry in report.entries.items():
        text = re.sub("<[^>]+>", "", entry["caption"]).strip()
        assert len(text) > 80, path
        assert "system-message" not in entry["caption"], path
        assert "{" not in text, path


def test_every_figure_and_table_of_a_run_is_in_its_report(
    report: Report, finished: Project
) -> None:
    results = finished.folder / "results/demo"
    files = [*results.glob("tables/*.csv"), *results.glob("figures/*.png")]
    expected = {str(path.relative_to(finished.folder)) for path in files}
    assert expected | {"results/demo/hypotheses.md"} <= set(report.entries)
    assert len(expected) > 30
    assert not [path for path in report.entries if path.endswith(".pdf")]


def test_the_report_hands_on_the_files_as_they_are(report: Report, finished: Project) -> None:
    for path, entry in report.entries.items():
        assert report.files[f"report/{entry['data_uri']}"] == (finished.folder / path).read_bytes()


def test_results_stand_in_categories_by_topic(report: Report) -> None:
    topics = {"Corpus", "Training", "Similarity", "Representations", "Networks", "Moods"}
    topics |= {"What layers keep"}
    assert set(report.categories["Figures"]) == topics | {"Feature maps"}
    assert set(report.categories["Tables"]) == topics | {"Performance", "Verdicts"}
    assert report.categories["Figures"]["Networks"] == ["results/demo/figures/both_networks.png"]


def test_figures_of_both_tasks_and_tables_of_seeds_are_pairs_to_switch_between(
    report: Report,
) -> None:
    def switches(category: str, subcategory: str) -> list[str]:
        paths = report.categories[category][subcategory]
        return switched_labels([report.entries[path]["labels"] for path in paths])

    for topic in ("Similarity", "Representations", "Training"):
        assert switches("Figures", topic) == ["task"]
    for topic in ("Similarity", "Performance"):
        assert switches("Tables", topic) == ["seeds"]
    assert report.entries["results/demo/figures/figure4.png"]["labels"] == {
        "figure": "Similarity within classes",
        "task": "mood",
        "network": "paper",
        "training": "trained, untrained",
        "seed": "0",
    }


def test_labels_and_captions_are_complete(report: Report) -> None:
    check_labels(report)
    check_captions(report)


def test_labels_and_captions_are_complete_whatever_the_config_is(other_report: Report) -> None:
    check_labels(other_report)
    check_captions(other_report)


@pytest.mark.parametrize("other_report", ["everything"], indirect=True)
def test_every_table_that_the_docs_explain_is_in_the_report(other_report: Report) -> None:
    text = (ROOT / "docs/tables.md").read_text("utf-8")
    tables = set(re.findall(r"\*\*`(\w+\.csv)`\*\*", text))
    assert len(tables) > 20
    assert tables == {Path(path).name for path in other_report.entries if "/tables/" in path}


def test_every_caption_is_one_of_a_result() -> None:
    """So that none stays when its figure or table goes."""
    rules = "\n".join(path.read_text("utf-8") for path in (ROOT / "rules").glob("*.smk"))
    named = set(re.findall(r'caption="\.\./(report/[\w/]+\.rst)"', rules))
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "report").glob("**/*.rst")}
    assert named | {"report/explorer.rst"} == there - {"report/workflow.rst"}


def test_the_page_of_the_workflow_states_the_settings_and_the_whole_config(
    report: Report, finished: Project
) -> None:
    text = html.unescape(re.sub("<[^>]+>", "", report.description))
    assert "4 filters of 3 × 3, pool 4 × 10; 8 filters of 3 × 3, pool 4 × 10;" in text
    assert "dense layers of 16 units" in " ".join(text.split())
    block = re.search(r'<pre class="literal-block">(.*?)</pre>', report.description, re.DOTALL)
    assert block is not None
    expected = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    update_config(expected, yaml.safe_load(finished.configfiles[0].read_text("utf-8")))
    stated = yaml.safe_load(html.unescape(block[1]))
    assert stated == expected
    assert list(stated) == list(expected)


def test_what_the_config_says_stands_there_as_text(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    root = "</script><img src=x onerror=alert(1)> 'quoted_ `here"
    config = {"mood": {"layout": None, "root": root}}
    report = make_report(project, "compute_mel_filters", config=config)
    block = re.search(r'<pre class="literal-block">(.*?)</pre>', report.description, re.DOTALL)
    assert block is not None
    assert yaml.safe_load(html.unescape(block[1]))["mood"]["root"] == root
    assert "<img" not in report.description
    assert "</script" not in report.description
    assert "system-message" not in report.description

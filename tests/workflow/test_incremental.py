"""What a change reruns: the README's table, row by row, against dry runs."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from snakemake_project import ROOT, Project


def readme_rows() -> list[tuple[str, list[str]]]:
    """Rows of the README's table: a change as YAML, and the rules that it reruns first."""
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.split("## What reruns when")[1].split("\n## ")[0]
    rows = []
    for change, rules in re.findall(r"^\| `(.+?)` \| (.+?) \|$", table, flags=re.MULTILINE):
        rows.append((change, re.findall(r"`(\w+)`", rules)))
    return rows


@pytest.fixture(scope="module")
def users_of(finished: Project) -> dict[str, set[str]]:
    """Rule → the rules that use its outputs, directly."""
    graph = finished.succeed("--rulegraph", "dot", "--forceall")
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', graph, flags=re.MULTILINE))
    users = defaultdict(set)
    for source, target in re.findall(r"^\s*(\d+) -> (\d+)$", graph, flags=re.MULTILINE):
        users[names[source]].add(names[target])
    return users


def with_all_users(rules: set[str], users_of: dict[str, set[str]]) -> set[str]:
    found, waiting = set(), set(rules)
    while waiting:
        rule = waiting.pop()
        found.add(rule)
        waiting |= users_of.get(rule, set()) - found
    return found - {"all"}


@contextmanager
def edited(path: Path) -> Iterator[None]:
    content, times = path.read_bytes(), path.stat()
    path.write_bytes(content + b"\n# A comment.\n")
    try:
        yield
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_the_readme_has_a_row_for_each_section_of_the_config() -> None:
    sections = {change.split(":")[0].split(".")[0] for change, _ in readme_rows()}
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    # Models, hypotheses and the threshold sweep have tests of their own: a change of theirs
    # adds models, or concerns no result of the default target.
    assert sections >= set(config) - {"experiment", "hypotheses", "threshold_sweep"}


@pytest.mark.parametrize(("change", "first_rules"), readme_rows())
def test_a_config_change_reruns_exactly_what_depends_on_it(
    finished: Project, users_of: dict[str, set[str]], change: str, first_rules: list[str]
) -> None:
    key, value = change.split(": ", 1)
    config = yaml.safe_load(value)
    for part in reversed(key.split(".")):
        config = {part: config}
    expected = with_all_users(set(first_rules), users_of)
    assert set(finished.planned(config)) == expected


def test_a_new_seed_makes_its_models_and_leaves_the_figures_of_the_first(
    finished: Project,
) -> None:
    assert finished.planned({"experiment": {"seeds": [0, 1]}}) == {
        "train_model": 1,
        "initialise_model": 1,
        "evaluate_model": 2,
        "collect_performance": 1,
        "compare_networks": 1,
        "extract_activations": 2,
        "compare_stimuli": 2,
        "bootstrap_similarity": 2,
        "collect_similarity": 1,
        "plot_similarity": 1,
        "judge_hypotheses": 1,
        "compare_layers": 1,
        "measure_separability": 1,
        "plot_representations": 1,
        "probe_layers": 2,
        "collect_probes": 1,
        "plot_probe": 1,
    }


def test_other_hypotheses_are_judged_and_nothing_else(finished: Project, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_bytes((ROOT / "hypotheses.yaml").read_bytes())
    assert finished.planned({"hypotheses": {"file": str(own)}}) == {"judge_hypotheses": 1}


def test_a_network_that_no_experiment_names_reruns_nothing(finished: Project) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    assert finished.planned({"networks": {"other": config["networks"]["paper"]}}) == {}


def test_other_thresholds_to_sweep_rerun_nothing(finished: Project) -> None:
    expected = {"train_segments": 3, "test_songs": 2}
    sweep = {"thresholds_db": [-70, -30], "expected": expected}
    assert finished.planned({"threshold_sweep": sweep}) == {}


@pytest.mark.parametrize(
    ("module", "first_rules"),
    [
        ("corpora/demo_composition.py", {"render_demo_corpus"}),
        ("corpora/stems.py", {"cut_segments"}),
        ("audio/mel.py", {"compute_mels", "plot_feature_maps"}),
        ("network/training.py", {"train_model"}),
        ("similarity/measures.py", {"compare_stimuli", "bootstrap_similarity"}),
        ("hypotheses/verdict.py", {"judge_hypotheses"}),
        ("figures/segment_overview.py", {"plot_segments"}),
    ],
)
def test_editing_a_library_module_reruns_what_uses_it(
    finished: Project, users_of: dict[str, set[str]], module: str, first_rules: set[str]
) -> None:
    with edited(finished.folder / "scripts/stemlens" / module):
        assert set(finished.planned()) == with_all_users(first_rules, users_of)


def test_editing_a_script_reruns_its_rule(finished: Project) -> None:
    with edited(finished.folder / "scripts/plot_history.py"):
        assert finished.planned() == {"plot_history": 1}


def test_touching_every_library_module_reruns_nothing(finished: Project) -> None:
    for module in (finished.folder / "scripts/stemlens").glob("**/*.py"):
        module.touch()
    assert finished.planned() == {}

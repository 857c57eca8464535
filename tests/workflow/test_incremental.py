"""What a change reruns: the table of docs/reruns.md, row by row, against dry runs."""

import ast
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from snakemake_project import ROOT, Project, copy_project


@dataclass(frozen=True)
class Jobs:
    """All jobs of a run: their rules, and who uses the outputs of whom."""

    rule_of: dict[str, str]
    users_of: dict[str, set[str]]

    def with_users(self, jobs: set[str]) -> set[str]:
        found, waiting = set(), set(jobs)
        while waiting:
            job = waiting.pop()
            found.add(job)
            waiting |= self.users_of.get(job, set()) - found
        return found

    def of_rules(self, rules: set[str]) -> set[str]:
        return {job for job, rule in self.rule_of.items() if rule in rules}

    def affected_rules(self, rules: set[str], task: str | None = None) -> set[str]:
        """These rules, for one task or for all, and those that use their results."""
        jobs = self.of_rules(rules)
        if task:
            of_moods = self.with_users(self.of_rules({"render_mood_demo"}))
            jobs = jobs & of_moods if task == "moods" else jobs - of_moods
        return {self.rule_of[job] for job in self.with_users(jobs)} - {"all"}


def table_rows() -> list[tuple[str, set[str], str | None]]:
    """Rows of the table: a change as YAML, the rules that it reruns first, of what."""
    table = (ROOT / "docs/reruns.md").read_text("utf-8")
    rows = []
    for change, rules in re.findall(r"^\| `(.+?)` \| (.+?) \|$", table, flags=re.MULTILINE):
        task = re.search(r", of (moods|instruments)$", rules)
        rows.append((change, set(re.findall(r"`(\w+)`", rules)), task and task[1]))
    return rows


@pytest.fixture(scope="module")
def jobs(finished: Project) -> Jobs:
    return graph_of(finished, "all")


def graph_of(project: Project, target: str) -> Jobs:
    graph = project.succeed("--dag", "dot", "--forceall", target)
    rule_of = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)', graph, flags=re.MULTILINE))
    users_of = defaultdict(set)
    for source, target in re.findall(r"^\s*(\d+) -> (\d+)$", graph, flags=re.MULTILINE):
        users_of[source].add(target)
    return Jobs(rule_of, users_of)


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    content, times = path.read_bytes(), path.stat()
    text = content.decode()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    try:
        yield
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("target", ["all", "robustness", "threshold_sweep"])
def test_targets_ask_for_the_output_of_each_job_so_that_one_that_failed_runs_again(
    finished: Project, target: str
) -> None:
    jobs = graph_of(finished, target)
    (target_job,) = jobs.of_rules({target})
    not_asked_for = {
        rule
        for job, rule in jobs.rule_of.items()
        if target_job not in jobs.users_of.get(job, set())
    }
    assert not_asked_for - {target} == ({"extract_variant"} if target == "robustness" else set())


def test_what_a_failed_job_leaves_missing_is_made_again_with_what_follows(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copy(tmp_path / "failed")
    (spectrograms,) = project.folder.glob("results/demo/mel/instrument/test/demo-song-01.h5")
    spectrograms.unlink()
    planned = project.planned()
    assert planned["compute_mels"] == 1
    assert {"join_split", "extract_activations", "plot_similarity"} <= set(planned)
    assert "cut_segments" not in planned


def test_where_segments_are_temporary_other_gains_cut_none_again(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copy(tmp_path / "temporary")
    for folder in (project.folder / "results/demo/segments").glob("*/*/"):
        shutil.rmtree(folder)
    planned = project.planned({"corpus": {"keep_segments": False}, "keeps": {"gains_db": [-6]}})
    assert planned["mix_at_gains"] == planned["cut_waveforms"] == 5
    assert not {"cut_segments", "compute_mels", "transform_stimuli"} & set(planned)


def test_fewer_songs_are_compared_again_and_rendered_songs_are_not(finished: Project) -> None:
    planned = finished.planned({"keeps": {"songs": 3}})
    # Two tasks, trained and untrained, gained and transformed.
    assert planned["compare_inputs"] == 2 * 2 * 2
    assert {"measure_gains", "collect_invariance", "collect_retrieval"} <= set(planned)
    assert not {"mix_at_gains", "transform_stimuli", "probe_concepts"} & set(planned)


def test_the_table_has_a_row_for_each_section_of_the_config() -> None:
    sections = {change.split(":")[0].split(".")[0] for change, *_ in table_rows()}
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    # Models, hypotheses and the threshold sweep have tests of their own: a change of theirs
    # adds models, or concerns no result of the default target.
    assert sections >= set(config) - {
        "experiment",
        "hypotheses",
        "threshold_sweep",
        "export_stimuli",
    }


@pytest.mark.parametrize(("change", "first_rules", "task"), table_rows())
def test_a_config_change_reruns_exactly_what_depends_on_it(
    finished: Project, jobs: Jobs, change: str, first_rules: set[str], task: str | None
) -> None:
    key, value = change.split(": ", 1)
    config = yaml.safe_load(value)
    for part in reversed(key.split(".")):
        config = {part: config}
    assert set(finished.planned(config)) == jobs.affected_rules(first_rules, task)


def test_a_new_seed_makes_its_models_and_leaves_the_figures_of_the_first(
    finished: Project,
) -> None:
    assert finished.planned({"experiment": {"seeds": [0, 1]}}) == {
        "train_model": 2,
        "initialise_model": 2,
        "evaluate_model": 4,
        "collect_performance": 1,
        "collect_training": 1,
        "compare_networks": 1,
        "extract_activations": 4,
        "compare_stimuli": 4,
        "bootstrap_similarity": 4,
        "collect_similarity": 1,
        "plot_similarity": 2,
        "plot_contrast": 2,
        "judge_hypotheses": 1,
        "compare_layers": 1,
        "measure_separability": 1,
        "plot_representations": 2,
        "probe_layers": 4,
        "collect_probes": 1,
        "plot_probe": 2,
        "collect_confusion": 1,
        "plot_confusion": 1,
        "assign_moods": 2,
        "collect_moods": 1,
        "plot_assigned_moods": 1,
        "compare_tasks": 1,
        "plot_both_networks": 1,
        "compare_inputs": 4 * 3,
        "measure_gains": 4,
        "probe_concepts": 4,
        "collect_gains": 1,
        "collect_invariance": 1,
        "collect_retrieval": 1,
        "collect_concepts": 1,
        "plot_keeps": 2,
        "plot_invariance_map": 1,
        "write_explorer": 1,
    }


def test_other_hypotheses_are_judged_and_nothing_else(finished: Project, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_bytes((ROOT / "hypotheses.yaml").read_bytes())
    assert finished.planned({"hypotheses": {"file": str(own)}}) == {
        "judge_hypotheses": 1,
        "write_explorer": 1,
    }


def test_a_network_that_no_experiment_names_reruns_nothing(finished: Project) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    assert finished.planned({"networks": {"other": config["networks"]["paper"]}}) == {}


def test_other_thresholds_to_sweep_rerun_nothing(finished: Project) -> None:
    expected = {"train_segments": 3, "test_songs": 2}
    sweep = {"thresholds_db": [-70, -30], "expected": expected}
    assert finished.planned({"threshold_sweep": sweep}) == {}


@pytest.mark.parametrize(
    ("module", "old", "new", "first_rules"),
    [
        (
            "corpora/demo_composition.py",
            "self.velocity_offset, 8)",
            "self.velocity_offset, 9)",
            {"render_demo_corpus", "render_mood_demo"},
        ),
        ("corpora/stems.py", "yield stem, 0.0, ", "yield stem, 0.1, ", {"cut_segments"}),
        (
            "corpora/recording.py",
            "return decoder.signal",
            "return -decoder.signal",
            {"compute_mood_mels"},
        ),
        (
            "audio/mel.py",
            "np.maximum(mixes, floor)",
            "np.maximum(floor, mixes)",
            {
                *("compute_mels", "compute_mood_mels", "mix_at_gains", "render_concepts"),
                *("transform_stimuli", "transform_waveforms"),
            },
        ),
        ("audio/mel_filters.py", "sr=settings", "norm=None, sr=settings", {"compute_mel_filters"}),
        ("training/training.py", "network.eval()", "network.train()", {"train_model"}),
        (
            "similarity/pairs.py",
            "swapped = rank[a] > rank[b]",
            "swapped = rank[b] < rank[a]",
            {"compare_stimuli"},
        ),
        ("hypotheses/claim.py", "min(self.effect, 1.0)", "self.effect", {"judge_hypotheses"}),
        ("figures/segment_overview.py", 'label="kept"', 'label="kept "', {"plot_segments"}),
    ],
)
def test_a_changed_line_in_a_function_reruns_just_what_uses_it(
    finished: Project, jobs: Jobs, module: str, old: str, new: str, first_rules: set[str]
) -> None:
    with edited(finished.folder / "scripts/stemlens" / module, old, new):
        assert set(finished.planned()) == jobs.affected_rules(first_rules)


def test_a_changed_line_in_a_script_reruns_its_rule(finished: Project) -> None:
    script = finished.folder / "scripts/plot_history.py"
    with edited(script, "snakemake.input.histories", "list(snakemake.input.histories)"):
        assert finished.planned() == {"plot_history": 2}


def reformat(path: Path) -> None:
    """Write a file anew from its syntax tree, with other docstrings and without a comment."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = "Another text."
    path.write_text(f"# A comment.\n{ast.unparse(tree)}\n", "utf-8")


def test_docstrings_comments_format_and_dates_of_code_rerun_nothing(
    finished: Project, tmp_path: Path
) -> None:
    project = clone(finished, tmp_path)
    for folder in ("results", ".snakemake"):
        shutil.copytree(finished.folder / folder, project.folder / folder)
    for path in (project.folder / "scripts").rglob("*.py"):
        reformat(path)
    assert project.planned() == {}


@pytest.mark.parametrize("copied", [("results", ".snakemake"), ("results",)])
def test_a_fresh_clone_with_copied_results_has_nothing_to_do(
    finished: Project, tmp_path: Path, copied: tuple[str, ...]
) -> None:
    project = clone(finished, tmp_path)
    for folder in copied:
        # As cp -a does: dates stay.
        shutil.copytree(finished.folder / folder, project.folder / folder)
    assert project.planned() == {}


def clone(finished: Project, folder: Path) -> Project:
    """The project as it is when it was just checked out: every file is newer than any result."""
    project = copy_project(folder / "clone")
    project.configfiles += finished.configfiles
    for path in project.folder.rglob("*"):
        path.touch()
    return project

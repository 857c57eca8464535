"""What the SLURM profile would submit: dry runs, which need no SLURM."""

import re
from pathlib import Path

import pytest
import yaml
from mood_corpus_files import write_manifest_of_empty_files
from snakemake_project import ROOT, Project, copy_project

PROFILE = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text("utf-8"))
RULES = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "rules").glob("*.smk")))
STEMS = ("drums", "bass", "other", "vocals", "mixture")
ALONE = {
    "compare_module_inputs",
    "compute_mel_filters",
    "extract_module_activations",
    "fetch_corpus",
    "initialise_twin",
    "render_concept_waveforms",
    "render_concepts",
    "render_demo_corpus",
    "render_mood_demo",
    "train_model",
}
"""Rules with few jobs, or with long ones."""


def with_gpu() -> set[str]:
    """Rules that ask for a GPU."""
    return {rule for rule, body in rules().items() if re.search(r"^ +gpu=1,$", body, re.MULTILINE)}


def rules() -> dict[str, str]:
    parts = re.split(r"^\s*(?:rule|checkpoint|use rule \w+ as) (\w+)(?: with)?:", RULES, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """150 songs, of which nothing but the names matters to a plan; every preset's network."""
    project = copy_project(tmp_path / "project")
    for split, n_songs in (("train", 100), ("test", 50)):
        for number in range(n_songs):
            folder = tmp_path / f"songs/{split}/Song {number}"
            folder.mkdir(parents=True)
            for stem in STEMS:
                (folder / f"{stem}.wav").touch()
    project.configfiles.append(project.folder / "presets/full.yaml")
    return project


DRY_RUN = ("--dry-run", "--printshellcmds", "--workflow-profile", "profiles/slurm")


def submissions(printed: str) -> int:
    groups = re.findall(r"Group job \w+ \(", printed)
    # The target itself runs nothing and is not submitted.
    alone = re.findall(r"^rule (?!all)(\w+):", printed, flags=re.MULTILINE)
    assert set(alone) <= ALONE
    return len(groups) + len(alone)


def test_150_songs_5_seeds_5_networks_and_ten_thousand_moods_make_few_submissions(
    project: Project, tmp_path: Path
) -> None:
    manifest = write_manifest_of_empty_files(tmp_path / "moods", 10_000)
    root = str(tmp_path / "songs")
    config = {
        "corpus": {"name": "large", "layout": "musdb18hq", "root": root},
        "experiment": {"seeds": [0, 1, 2, 3, 4]},
        "mood": {"layout": "manifest", "root": str(manifest)},
    }
    printed = project.succeed(*DRY_RUN, config=config)
    assert int(re.search(r"^total +(\d+)", printed, re.MULTILINE)[1]) > 500
    assert submissions(printed) < 120


@pytest.mark.parametrize("keep_segments", [True, False])
def test_no_group_waits_for_itself_whether_segments_stay_or_not(
    tmp_path: Path, *, keep_segments: bool
) -> None:
    """The demo corpus, whose transformed stimuli are heard."""
    project = copy_project(tmp_path / "project")
    project.succeed(*DRY_RUN, config={"corpus": {"keep_segments": keep_segments}})


def test_jobs_of_songs_are_submitted_at_least_ten_together() -> None:
    of_songs = {rule for rule, body in rules().items() if "{song}.log" in body}
    assert {"cut_segments", "compute_mels", "cut_waveforms"} <= of_songs
    for rule in of_songs:
        assert PROFILE["group-components"][PROFILE["groups"][rule]] >= 10


def test_every_rule_is_in_a_group_or_known_to_be_submitted_alone() -> None:
    assert set(PROFILE["groups"]) | ALONE == set(rules())
    assert set(PROFILE["group-components"]) <= set(PROFILE["groups"].values())


def test_rules_ask_for_a_gpu_where_their_script_can_use_one() -> None:
    scripts = (ROOT / "scripts").glob("*.py")
    assert with_gpu() == {p.stem for p in scripts if "choose_device" in p.read_text("utf-8")}


def test_no_group_mixes_rules_with_and_without_a_gpu() -> None:
    """The others would hold a GPU that they don't use."""
    groups = PROFILE["groups"]
    of_gpu_rules = {groups[rule] for rule in with_gpu() if rule in groups}
    assert {rule for rule, group in groups.items() if group in of_gpu_rules} <= with_gpu()


def test_the_places_to_fill_in_a_gpu_partition_are_the_rules_that_ask_for_a_gpu() -> None:
    profile = (ROOT / "profiles/slurm/config.yaml").read_text("utf-8")
    assert set(re.findall(r"^# +(\w+): \{slurm_partition: gpu\}", profile, re.M)) == with_gpu()


def test_memory_grows_with_each_attempt_and_is_enough_for_snakemake_itself() -> None:
    amounts = {*re.findall(r"mem_mb=growing\((.+)\),", RULES)}
    assert len(re.findall(r"mem_mb=", RULES)) == len(re.findall(r"mem_mb=growing\(.+\),", RULES))
    # More where there are more mixes than those of four classes.
    assert "MEMORY_OF_MELS_MB = round(12_000 * max(1, " in RULES
    assert all(int(amount) >= 300 for amount in amounts - {"MEMORY_OF_MELS_MB"})
    for attempt, mem_mb in ((1, 2000), (2, 4000), (3, 8000), (4, 8000)):
        # As Snakemake evaluates it.
        assert eval(PROFILE["default-resources"]["mem_mb"], {"attempt": attempt}) == mem_mb


def test_both_profiles_leave_locks_and_incomplete_files_to_the_workflow() -> None:
    default = yaml.safe_load((ROOT / "profiles/default/config.yaml").read_text("utf-8"))
    for key in ("rerun-incomplete", "nolock"):
        assert PROFILE[key] is default[key] is True

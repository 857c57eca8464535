"""The mood experiment in the workflow: what it plans, what it refuses, and real clips."""

import os
import re
from pathlib import Path

import pandas as pd
import pytest
from mood_corpus_files import write_manifest_of_empty_files
from snakemake_project import Project, copy_project

DATA = os.environ.get("STEMLENS_DATA")
N_SONGS = 10_000


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copy_project(tmp_path / "project")


def manifest_config(path: Path, **changes: object) -> dict[str, object]:
    return {"mood": {"layout": "manifest", "root": str(path), **changes}}


def test_ten_thousand_songs_are_processed_in_few_jobs(project: Project, tmp_path: Path) -> None:
    path = write_manifest_of_empty_files(tmp_path / "songs", N_SONGS)
    planned = project.planned(manifest_config(path))
    assert planned["compute_mood_mels"] == 64 + 32
    without = project.planned({"mood": {"layout": None}})
    assert sum(planned.values()) - sum(without.values()) <= 200


def test_without_a_corpus_nothing_of_the_experiment_is_planned(project: Project) -> None:
    rules = set(project.planned({"mood": {"layout": None}}))
    assert not any(
        "mood" in rule or rule in ("compare_tasks", "collect_confusion") for rule in rules
    )
    assert {"judge_hypotheses", "plot_similarity"} <= rules


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layout": "manifest"}, "config key mood.root: found null; expected the folder of the"),
        ({"layout": "deam", "root": "nowhere"}, "mood.root: "),
        ({"layout": "spotify"}, "config key mood.layout: found 'spotify'; expected one of ['demo'"),
        ({"excerpts": {"per_song": 0}}, "config key mood.excerpts.per_song: found 0"),
        ({"ranges": {"valence": [1, 1]}}, "config key mood.ranges.valence: found [1, 1]; expected"),
        ({"demo": {"duration_s": 5}}, "config key mood.demo.duration_s: found 5 s; expected at"),
    ],
)
def test_an_impossible_mood_config_is_refused(
    project: Project, changes: dict[str, object], message: str
) -> None:
    result = project.run("--dry-run", config={"mood": changes})
    assert result.returncode != 0
    assert message in result.stdout


def test_a_missing_file_stops_the_run_or_is_left_out(project: Project, tmp_path: Path) -> None:
    path = write_manifest_of_empty_files(tmp_path / "songs", 40)
    (path.parent / "7.mp3").unlink()
    result = project.run("--dry-run", config=manifest_config(path))
    assert result.returncode != 0
    message = r"7\.mp3: not found, the first of 1 missing files.*set mood\.broken_songs to skip"
    assert re.search(message, result.stdout)
    planned = project.planned(manifest_config(path, broken_songs="skip"))
    assert planned["compute_mood_mels"] == 2


@pytest.mark.skipif(DATA is None, reason="STEMLENS_DATA does not name a folder with emotify-mini")
def test_real_clips_run_through(project: Project, small_config: Path) -> None:
    """Eighty clips by manifest, wherever they lie; two more are broken, as they may come.

    Two of the eighty are one recording, mastered differently, as Emotify publishes them.
    """
    project.configfiles.append(small_config)
    source = Path(str(DATA)).resolve() / "emotify-mini"
    labels = pd.read_csv(source / "labels.csv")
    labels["file"] = [str(source / file) for file in labels["file"]]
    (project.folder / "damaged.mp3").write_bytes(b"no audio" * 1000)
    broken = pd.DataFrame({"file": ["damaged.mp3", "gone.mp3"], "quadrant": ["Q1", "Q2"]})
    manifest = project.folder / "songs.csv"
    pd.concat([labels[["file", "quadrant"]], broken]).to_csv(manifest, index=False)
    config = {
        **manifest_config(manifest, broken_songs="skip", songs_per_shard=30, outside_files="read"),
        "demo": {"n_train_songs": 1, "n_test_songs": 2},
        "experiment": {"controls": []},
    }
    refused = project.run("results/demo/mel/mood/test.h5", config=config)
    assert refused.returncode != 0
    assert "one recording under two names: 'pop_359.mp3' " in refused.stdout
    assert " and 'pop_366.mp3' " in refused.stdout

    labels = labels[~labels["file"].str.endswith("pop_366.mp3")]
    pd.concat([labels[["file", "quadrant"]], broken]).to_csv(manifest, index=False)
    project.succeed(
        "results/demo/tables/performance.csv",
        "results/demo/tables/mood_songs.csv",
        "results/demo/figures/figure4.png",
        config=config,
    )
    tables = project.folder / "results/demo/tables"
    songs = pd.read_csv(tables / "mood_songs.csv").set_index("song")
    used = songs[songs["left_out"].isna()]
    assert used.groupby("quadrant").size().to_dict() == {"Q1": 20, "Q2": 20, "Q3": 19, "Q4": 20}
    # The damaged one was divided with the others; which part it fell into is chance.
    divided = songs.groupby(["split", "quadrant"]).size()
    assert divided["test"].to_dict() == dict.fromkeys(("Q1", "Q2", "Q3", "Q4"), 5)
    assert divided["train"].to_dict() == {"Q1": 16, "Q2": 15, "Q3": 14, "Q4": 15}
    assert "cannot be decoded" in songs.loc["damaged.mp3", "left_out"]
    assert songs.loc["gone.mp3", "left_out"] == "no audio file"
    assert songs["artist"].isna().all()
    assert list(songs["piece"]) == list(songs.index)
    performance = pd.read_csv(tables / "performance.csv").query("task == 'mood'")
    accuracy = performance.query("split == 'test' and metric == 'accuracy'")
    values = accuracy.fillna({"training": ""}).set_index(["network", "training"])["value"]
    assert values["class_prior", ""] == pytest.approx(0.25)
    assert 0 <= values["paper", "trained"] <= 1

"""The target threshold_sweep, beside a finished run."""

import pandas as pd
import pytest
from snakemake_project import Project

JOBS = {"sweep_thresholds": 7, "collect_thresholds": 1, "plot_thresholds": 1}


@pytest.fixture(scope="module")
def swept(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the finished run in which the target was made."""
    project = finished.copy(tmp_path_factory.mktemp("swept") / "project")
    assert project.planned(targets=["threshold_sweep"]) == JOBS
    project.succeed("threshold_sweep")
    return project


def sweep_table(project: Project) -> pd.DataFrame:
    return pd.read_csv(project.folder / "results/demo/tables/threshold_sweep.csv")


def test_the_row_at_the_threshold_in_use_counts_the_segments_of_the_run(swept: Project) -> None:
    rows = sweep_table(swept).query("threshold_db == -60").set_index("split")
    segments = pd.read_csv(swept.folder / "results/demo/tables/segments.csv")
    for split, candidates in segments.groupby("split"):
        kept = candidates[candidates["kept"]]
        assert len(kept) > 0
        assert rows.loc[split].drop("threshold_db").to_dict() == {
            "n_candidates": len(candidates),
            "n_segments": len(kept),
            "n_songs": kept["song"].nunique(),
            "n_mixes": 15 * len(kept),
            "n_unread": 0,
        }


def test_each_split_has_a_row_per_threshold(swept: Project) -> None:
    table = sweep_table(swept)
    assert table.groupby("split", sort=False)["threshold_db"].apply(list).to_dict() == {
        split: list(range(-80, -15, 5)) for split in ("train", "test")
    }
    # The thresholds are such that they make a difference.
    assert table.groupby("split")["n_segments"].nunique().min() > 1


def test_the_sweep_leaves_the_run_as_it_is(swept: Project) -> None:
    assert swept.planned() == {}
    assert swept.planned(targets=["threshold_sweep"]) == {}


@pytest.mark.parametrize(
    ("config", "rules"),
    [
        ({"threshold_sweep": {"thresholds_db": [-60]}}, set(JOBS)),
        ({"threshold_sweep": {"expected": {"test_songs": 3}}}, {"plot_thresholds"}),
        ({"segments": {"activity": {"threshold_db": -50}}}, {"plot_thresholds"}),
        ({"segments": {"activity": {"hop_length": 256}}}, set(JOBS)),
    ],
)
def test_a_change_reruns_what_depends_on_it(
    swept: Project, config: dict[str, object], rules: set[str]
) -> None:
    assert set(swept.planned(config, targets=["threshold_sweep"])) == rules

"""An album as published, by its preset: many stems per class, in AAC of two sample rates."""

import os
from pathlib import Path

import pandas as pd
import pytest
from snakemake_project import Project, copy_project

DATA = os.environ.get("STEMLENS_DATA")
pytestmark = pytest.mark.skipif(
    DATA is None, reason="STEMLENS_DATA does not name a folder with everything-is-free"
)
CONFIG = {
    "corpus": {"root": str(Path(str(DATA)).resolve() / "everything-is-free")},
    "training": {"epochs": 2},
}
N_SEGMENTS = {
    "1.Hydrogen": (8, 31),
    "3.Sodium": (10, 30),
    "4.Potassium": (6, 24),
    "5.Rubidium": (10, 27),
    "6.Caesium": (9, 23),
}
"""Kept ones and candidates, as librosa's RMS counts them."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = copy_project(tmp_path_factory.mktemp("album"))
    project.configfiles.append(project.folder / "presets/everything_is_free.yaml")
    return project


def test_songs_give_the_segments_that_librosa_counts(project: Project) -> None:
    target = "results/everything_is_free/tables/segments.csv"
    project.succeed(target, config=CONFIG)
    kept = pd.read_csv(project.folder / target).groupby("song")["kept"].agg(["sum", "count"])
    for song, (n_kept, n_candidates) in N_SEGMENTS.items():
        assert kept.loc[song, "count"] == n_candidates
        # An encoder's delay may move a threshold.
        assert abs(kept.loc[song, "sum"] - n_kept) <= 1
    assert len(kept) == len(N_SEGMENTS)


@pytest.mark.slow
def test_every_song_is_a_stimulus_and_claims_about_other_classes_do_not_apply(
    project: Project,
) -> None:
    project.succeed(config=CONFIG)
    results = project.folder / "results/everything_is_free"
    stimuli = pd.read_csv(results / "stimuli.csv")
    songs_of_class = stimuli.groupby("class")["song"].apply(sorted)
    assert songs_of_class.to_dict() == {
        name: list(N_SEGMENTS) for name in ("drums", "vocals", "synths")
    }
    assert stimuli["fold"].nunique() == 2
    verdicts = pd.read_csv(results / "tables/hypotheses.csv").query("training == 'trained'")
    verdicts = verdicts.drop_duplicates("id").set_index("id")
    about_other_classes = ["H1", "H1b", "H3", "H4", "H6", "H7", "H13"]
    assert (verdicts.loc[about_other_classes, "verdict"] == "not applicable").all()
    assert verdicts.loc[about_other_classes, "note"].str.contains("(?:bass|rest) is missing").all()
    about_all_classes = ["H2", "H5", "H8", "H9", "H10", "H11", "H14"]
    assert (verdicts.loc[about_all_classes, "verdict"] != "not applicable").all()
    for figure in ("figure1", "figure2", "figure3", "probe_instrument"):
        assert (results / f"figures/{figure}.png").stat().st_size > 10_000
    assert project.planned(CONFIG) == {}

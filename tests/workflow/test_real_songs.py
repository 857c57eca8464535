"""The whole workflow on real music: nine songs in MUSDB18's layout."""

import os
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cosine
from scipy.stats import pearsonr
from snakemake_project import Project, copy_project

DATA = os.environ.get("STEMLENS_DATA")
pytestmark = pytest.mark.skipif(
    DATA is None, reason="STEMLENS_DATA does not name a folder with musdb18-mini"
)
MODEL = "instrument/paper/trained-seed0"
ROOT = Path(str(DATA)).resolve() / "musdb18-mini"
CONFIG = {"corpus": {"name": "mini", "root": str(ROOT)}, "training": {"epochs": 4}}
TARGETS = [
    *(f"results/mini/tables/{table}.csv" for table in ("segments", "performance", "hypotheses")),
    *(f"results/mini/figures/figure{number}.png" for number in (1, 2, 3)),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a short training of the paper's network."""
    project = copy_project(tmp_path_factory.mktemp("real"))
    project.configfiles.append(project.folder / "presets/musdb18.yaml")
    project.succeed(*TARGETS, config=CONFIG)
    return project


@pytest.fixture(scope="module")
def results(project: Project) -> Path:
    return project.folder / "results/mini"


def test_a_song_without_a_segment_is_reported_with_its_reason(results: Path) -> None:
    table = pd.read_csv(results / "tables/segments.csv")
    reasons = table.loc[table["song"] == "Music Delta - Zeppelin", "reason"]
    assert list(reasons) == ["vocals active 0.00 s < 5 s"]


def test_all_mixes_of_all_segments_are_there(results: Path) -> None:
    for split, n_segments in {"train": 12, "test": 4}.items():
        with h5py.File(results / f"mel/instrument/{split}.h5") as file:
            assert file["mel"].shape == (n_segments, 15, 80, 300)
            assert np.isfinite(file["mel"][:]).all()


def test_layers_have_the_shapes_of_table_1(results: Path) -> None:
    with h5py.File(results / f"activations/{MODEL}.h5") as file:
        layers = sorted(file["layers"].values(), key=lambda layer: layer.attrs["depth"])
        assert [layer.shape for layer in layers] == [
            (12, 1, 80, 300),
            (12, 32, 40, 75),
            (12, 64, 13, 18),
            (12, 64, 6, 3),
            (12, 128, 3, 1),
            (12, 128),
            (12, 65),
            (12, 4),
        ]


def test_measures_equal_scipys_on_real_activations(results: Path) -> None:
    pairs = pd.read_csv(results / f"similarity/{MODEL}.csv")
    # Layers; 3 pairs of 3 songs in each of 4 classes, and both ways in 6 pairs of classes.
    assert len(pairs) == 8 * (4 * 3 + 6 * 3 * 2)
    with h5py.File(results / f"activations/{MODEL}.h5") as file:
        classes = file["stimuli/class"].asstr()[:]
        songs = file["stimuli/song"].asstr()[:]
        vector = {
            (layer, classes[i], songs[i]): values[i].ravel().astype(np.float64)
            for layer, values in file["layers"].items()
            for i in range(len(classes))
        }
    for row in pairs.itertuples():
        a = vector[row.layer, row.class_a, row.song_a]
        b = vector[row.layer, row.class_b, row.song_b]
        assert row.pearson == pytest.approx(pearsonr(a, b).statistic, abs=1e-6)
        assert row.cosine == pytest.approx(1 - cosine(a, b), abs=1e-6)
        assert row.mse == pytest.approx(np.mean((a - b) ** 2), abs=1e-6)


def test_figures_and_tables_of_real_music_stand_there(results: Path) -> None:
    for figure in ("figure1", "figure2", "figure3"):
        assert (results / f"figures/{figure}.png").stat().st_size > 10_000
    performance = pd.read_csv(results / "tables/performance.csv")
    assert performance["value"].between(0, 1).all()


def test_three_songs_are_too_few_for_an_interval_or_a_verdict(results: Path) -> None:
    similarity = pd.read_csv(results / "tables/similarity.csv")
    assert similarity["mean"].notna().all()
    assert similarity[["ci_low", "ci_high"]].isna().all(axis=None)
    assert (similarity["note"] == "no interval from fewer than 5 songs").all()
    verdicts = pd.read_csv(results / "tables/hypotheses.csv").query("id.str.startswith('H')")
    assert (verdicts["verdict"] == "undecided").all()
    assert verdicts["effect"].notna().all()
    assert verdicts["note"].str.contains("3 songs: no interval from fewer than 5").all()


@pytest.mark.slow
def test_every_other_table_and_figure_of_real_music_can_be_made(project: Project) -> None:
    project.succeed(config=CONFIG)
    assert project.planned(CONFIG) == {}


@pytest.mark.slow
@pytest.mark.skipif(
    "STEMLENS_MODELS" not in os.environ, reason="STEMLENS_MODELS names no folder with MTT_vgg.h5"
)
def test_published_networks_stand_in_the_ladder_of_real_music(
    project: Project, results: Path
) -> None:
    # musicnn's twin is left out: it takes longest, and VGG's goes the same way.
    others = {"networks": {"musicnn": {"twin": False}}}
    files = project.configfiles
    project.configfiles = [*files, project.folder / "presets/published.yaml"]
    ladder_files = ["results/mini/tables/ladder.csv", "results/mini/figures/ladder.png"]
    project.succeed(*ladder_files, config={**CONFIG, **others})
    project.configfiles = files
    ladder = pd.read_csv(results / "tables/ladder.csv")
    found = set(ladder[["network", "training"]].itertuples(index=False, name=None))
    twins = {(name, "untrained") for name in ("paper", "vgg", "crepe_tiny")}
    networks = ("paper", "vgg", "crepe_tiny", "musicnn")
    assert found == {(name, "trained") for name in networks} | twins
    at_end = ladder[(ladder["relative_depth"] == 1) & (ladder["measure"] == "pearson_contrast")]
    trained = at_end[at_end["training"] == "trained"].set_index(["network", "class"])["value"]
    # Taggers know drums from the rest of the music.
    assert trained["vgg", "drums"] > 0.1
    assert trained["musicnn", "drums"] > 0.1

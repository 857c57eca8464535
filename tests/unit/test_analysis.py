"""The analysis in a notebook: the docs' example, and scipy on what comes out."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy.stats import pearsonr
from snakemake_project import ROOT
from stemlens.analysis import analyse
from stemlens.errors import InputError
from stemlens.front_end.windows import Windows
from torch import nn

SONGS = [f"song {number}" for number in range(6)]


@pytest.fixture
def stimuli():
    rng = np.random.default_rng(0)
    waveforms = rng.normal(size=(12, 200)).astype(np.float32)
    waveforms[:6] += np.sin(np.arange(200) / 5)
    return waveforms, ["hum"] * 6 + ["noise"] * 6, SONGS * 2


@pytest.fixture
def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(200, 20), nn.ReLU(), nn.Linear(20, 4))


def test_the_example_of_the_docs_runs_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs/library.md").read_text("utf-8")
    scope: dict[str, object] = {}
    exec(page.split("```python\n")[1].split("```")[0], scope)
    assert (tmp_path / "figure2.png").stat().st_size > 10_000
    analysis = scope["analysis"]
    assert list(analysis.layers["layer"]) == ["input", "1", "2"]
    assert list(analysis.layers["n_features"]) == [8000, 16, 16]


def test_means_over_pairs_are_those_of_scipy(stimuli, network):
    waveforms, classes, songs = stimuli
    analysis = analyse(network, waveforms, classes, songs, layers=["0", "2"], n_replicates=200)
    assert list(analysis.layers["layer"]) == ["input", "0", "2"]
    of_layer = {"input": waveforms, "0": network[0](torch.from_numpy(waveforms)).detach().numpy()}
    table = analysis.similarity.query("measure == 'pearson'")
    for layer, values in of_layer.items():
        pairs = [(a, b) for a in range(6) for b in range(a)]
        expected = np.mean([pearsonr(values[a], values[b]).statistic for a, b in pairs])
        same = (table["class_a"] == "hum") & (table["class_b"] == "hum")
        row = table[same & (table["layer"] == layer)].iloc[0]
        assert row["mean"] == pytest.approx(expected, rel=1e-5)
        assert row["ci_low"] < expected < row["ci_high"]
    contrast = analysis.contrast.query("measure == 'pearson' and layer == 'input'")
    assert (contrast.set_index("class")["contrast"]["hum"]) > 0.1


def test_layers_are_compared_with_each_other_and_with_another_networks(stimuli, network):
    analysis = analyse(network, *stimuli, layers=["0", "1"], n_replicates=50)
    twin = analyse(nn.Sequential(nn.Linear(200, 7)), *stimuli, layers=["output"], n_replicates=50)
    own = analysis.cka().set_index(["layer_a", "layer_b"])["cka"]
    assert len(own) == 6
    assert own["0", "0"] == pytest.approx(1)
    across = analysis.cka(twin)
    assert len(across) == 3 * 2
    assert across.set_index(["layer_a", "layer_b"])["cka"]["input", "input"] == pytest.approx(1)
    waveforms, classes, songs = stimuli
    other = analyse(network, waveforms, classes, songs[::-1], layers=["0"], n_replicates=50)
    with pytest.raises(InputError, match=r"^cka: the two analyses are of different stimuli"):
        analysis.cka(other)


def test_windows_and_pooling_are_those_of_the_workflow(stimuli):
    analysis = analyse(
        nn.Sequential(nn.Linear(50, 5)),
        *stimuli,
        layers=["0"],
        windows=Windows(50, 50),
        pooling="window unit -> unit",
        n_replicates=50,
    )
    assert list(analysis.layers["shape"]) == [(50,), (5,)]
    assert list(analysis.layers["axes"]) == ["unit", "unit"]


def test_stimuli_without_a_class_or_songs_to_compare_are_refused(stimuli, network):
    waveforms, classes, songs = stimuli
    with pytest.raises(InputError, match=r"^stimuli: found 12 inputs, 11 classes and 12 songs"):
        analyse(network, waveforms, classes[1:], songs, layers=["0"])
    with pytest.raises(InputError, match=r"^songs: found fewer than two"):
        analyse(network, waveforms, classes, ["one"] * 12, layers=["0"])


def test_the_analysis_imports_no_snakemake():
    code = "import sys, stemlens.analysis; assert 'snakemake' not in sys.modules"
    environment = {"PYTHONPATH": str(ROOT / "scripts")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)

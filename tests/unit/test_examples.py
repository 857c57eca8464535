"""Networks to copy run, and their layers are read."""

from pathlib import Path

import pytest
import torch
from stemlens.layers.hooks import HookedLayers
from stemlens.layers.pooling import PoolingRules
from stemlens.model.factory import build_network

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def waveforms():
    return torch.randn(2, 16_000, generator=torch.Generator().manual_seed(0))


def test_layers_of_a_transformer_are_read(waveforms):
    factory = f"{EXAMPLES}/transformer.py:music_transformer"
    network = build_network(factory, {}, pretrained=True)
    reader = HookedLayers(
        network,
        ["front_end", "layers.?", "layers.1?"],
        pooling=PoolingRules.from_settings("time width -> width"),
    )
    layers = reader.read(waveforms)
    assert list(layers) == ["input", "front_end", *(f"layers.{n}" for n in range(12))]
    assert {values.shape for name, values in layers.items() if name != "input"} == {(2, 64)}
    assert reader.attributes("layers.3") == {"kind": "TransformerEncoderLayer", "axes": "width"}
    torch.testing.assert_close(layers["layers.11"], network(waveforms).mean(dim=1))


def test_attention_inside_a_layer_is_read_as_the_first_part_of_its_output(waveforms):
    network = build_network(f"{EXAMPLES}/transformer.py:music_transformer", {}, pretrained=True)
    layers = HookedLayers(network, ["layers.0.self_attn"], output=0).read(waveforms)
    assert layers["layers.0.self_attn"].shape == (2, 49, 64)


def test_the_smallest_example_has_a_twin_for_each_seed_and_loads_weights(waveforms, tmp_path):
    factory = f"{EXAMPLES}/my_model.py:my_model"
    arguments = {"n_classes": 3, "weights": str(tmp_path / "weights.pt")}
    first, second = (build_network(factory, arguments, pretrained=False, seed=n) for n in (1, 2))
    assert not torch.equal(first.dense.weight, second.dense.weight)
    torch.save(first.state_dict(), tmp_path / "weights.pt")
    network = build_network(factory, arguments, pretrained=True)
    pooling = PoolingRules.from_settings({"conv?": "channel time -> channel"})
    layers = HookedLayers(network, ["conv?", "output"], pooling=pooling).read(waveforms)
    assert {name: values.shape[1:] for name, values in layers.items() if name != "input"} == {
        "conv1": (32,),
        "conv2": (64,),
        "output": (3,),
    }
    torch.testing.assert_close(layers["output"], first(waveforms))

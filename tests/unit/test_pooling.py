import numpy as np
import pytest
import torch
from mel_splits import random_network
from stemlens.errors import InputError
from stemlens.layers.pooling import Pooling, PoolingRules
from stemlens.model.cnn_layers import CNNLayers


def test_axes_that_are_not_kept_are_averaged():
    pooling = Pooling.parse("channel band time -> channel band")
    assert pooling.axes == ("channel", "band", "time")
    assert pooling.kept == ("channel", "band")
    assert pooling.averaged == (2,)
    assert Pooling.parse("a b -> a b").averaged == ()
    assert Pooling.parse("time unit ->").averaged == (0, 1)


@pytest.mark.parametrize(
    "notation",
    ["channel band", "channel -> band", "a b -> b a", "a a -> a", "-> a", "a 1b -> a", "a,b -> a"],
)
def test_what_is_no_notation_is_refused_with_an_example(notation):
    with pytest.raises(InputError, match=r"^pooling: found .*; expected .*channel band time ->"):
        Pooling.parse(notation)


def test_a_rule_counts_for_the_layers_that_its_pattern_matches_and_that_have_as_many_axes():
    rules = PoolingRules.from_settings(
        {"block*": "time unit -> unit", "*": "channel time -> channel"}
    )
    assert rules.of("block3", 2) == Pooling.parse("time unit -> unit")
    assert rules.of("conv", 2) == Pooling.parse("channel time -> channel")
    assert rules.of("conv", 3) is None
    assert PoolingRules.from_settings(None).of("conv", 2) is None
    assert PoolingRules.from_settings("a b -> a").of("any.name", 2) == Pooling.parse("a b -> a")


def test_of_the_papers_network_maps_are_averaged_over_time_and_dense_layers_stay():
    network = random_network()
    mels = torch.randn(3, *network.shapes["input"][1:]) - 40
    whole = CNNLayers(network, tap="pool", logits=False)
    rules = PoolingRules.from_settings("channel band time -> channel band")
    averaged = CNNLayers(network, tap="pool", logits=False, pooling=rules)
    expected, found = whole.read(mels), averaged.read(mels)
    assert list(found) == list(expected)
    for layer, values in expected.items():
        values = values.detach().numpy()
        if values.ndim == 4:
            values = values.mean(axis=3)
        np.testing.assert_allclose(found[layer].detach().numpy(), values, rtol=1e-5, atol=1e-6)
    assert whole.attributes("conv1")["axes"] == "channel band time"
    assert "stride" in whole.attributes("conv1")
    assert averaged.attributes("conv1") == {"kind": "conv", "axes": "channel band"}
    assert averaged.attributes("dense1") == {"kind": "dense", "axes": "unit"}

"""Layers of any module, read by hooks, against the module taken apart by hand."""

import numpy as np
import pytest
import torch
from stemlens.errors import InputError
from stemlens.front_end.windows import Windows
from stemlens.layers.hooks import HookedLayers
from stemlens.layers.pooling import PoolingRules
from torch import nn


class Convolutions(nn.Module):
    """Two convolutions; the second layer's ReLU works in place."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Conv1d(1, 4, 9, stride=4)
        self.second = nn.Conv1d(4, 6, 5)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(6, 3)
        self.unused = nn.Linear(2, 2)

    def forward(self, waveforms):
        x = self.relu(self.second(self.first(waveforms.unsqueeze(1))))
        return self.head(x.mean(dim=2))

    def by_hand(self, waveforms):
        first = self.first(waveforms.unsqueeze(1))
        second = self.second(first)
        relu = second.clamp(min=0)
        head = self.head(relu.mean(dim=2))
        return {"first": first, "second": second, "relu": relu, "head": head, "output": head}


@pytest.fixture
def waveforms():
    return torch.from_numpy(np.random.default_rng(0).normal(size=(5, 400)).astype(np.float32))


def arrays(layers):
    return {name: values.detach().numpy() for name, values in layers.items()}


def assert_alike(found, expected):
    assert list(found) == list(expected)
    for name, values in arrays(expected).items():
        assert found[name].shape == values.shape
        np.testing.assert_allclose(arrays(found)[name], values, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_layers_are_read_in_the_order_of_calls_before_a_module_works_in_place(
    waveforms, batch_size
):
    network = Convolutions()
    reader = HookedLayers(
        network, ["output", "head", "first", "re*", "second"], batch_size=batch_size
    )
    assert_alike(reader.read(waveforms), {"input": waveforms, **network.by_hand(waveforms)})
    assert reader.attributes("first") == {"kind": "Conv1d"}
    assert reader.attributes("output") == {"kind": "Convolutions"}
    assert not network.first._forward_hooks


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_windows_of_a_stimulus_are_an_axis_of_their_own(waveforms, batch_size):
    network, windows = Convolutions(), Windows(length=120, hop=60)
    reader = HookedLayers(network, ["first", "head"], windows=windows, batch_size=batch_size)
    cut = torch.stack([waveforms[:, first : first + 120] for first in range(0, 281, 60)], dim=1)
    expected = network.by_hand(cut.flatten(0, 1))
    of_windows = {name: expected[name].unflatten(0, (5, 5)) for name in ("first", "head")}
    assert_alike(reader.read(waveforms), {"input": cut, **of_windows})


@pytest.mark.parametrize("batch_size", [2, 100])
def test_axes_are_averaged_windows_as_well_as_others(waveforms, batch_size):
    network, windows = Convolutions(), Windows(length=120, hop=60)
    rules = PoolingRules.from_settings(
        {
            "first": "window channel time -> channel time",
            "second": "window channel time -> window channel",
            "relu": "window channel time -> channel",
            "input": "window sample -> window",
        }
    )
    reader = HookedLayers(
        network,
        ["first", "second", "relu", "head"],
        windows=windows,
        pooling=rules,
        batch_size=batch_size,
    )
    whole = HookedLayers(network, ["first", "second", "relu", "head"], windows=windows)
    layers = whole.read(waveforms)
    expected = {
        "input": layers["input"].mean(dim=2),
        "first": layers["first"].mean(dim=1),
        "second": layers["second"].mean(dim=3),
        "relu": layers["relu"].mean(dim=(1, 3)),
        "head": layers["head"],
    }
    assert_alike(reader.read(waveforms), expected)
    assert reader.attributes("second") == {"kind": "Conv1d", "axes": "window channel"}


class Patches(nn.Module):
    """Cuts its input into patches itself."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(100, 2)

    def forward(self, waveforms):
        return self.dense(waveforms.reshape(-1, 100)).unflatten(0, (-1, 4)).mean(dim=1)


def test_patches_that_a_model_cuts_are_windows_too(waveforms):
    network = Patches()
    reader = HookedLayers(network, ["dense", "output"], batch_size=2)
    patches = network.dense(waveforms.reshape(5, 4, 100))
    expected = {"input": waveforms, "dense": patches, "output": patches.mean(dim=1)}
    assert_alike(reader.read(waveforms), expected)
    rules = PoolingRules.from_settings("window unit -> unit")
    pooled = HookedLayers(network, ["dense", "output"], pooling=rules, batch_size=2)
    expected["dense"] = patches.mean(dim=1)
    assert_alike(pooled.read(waveforms), expected)


class Recurrent(nn.Module):
    """A layer that is called three times, and one that returns a tuple."""

    def __init__(self):
        super().__init__()
        self.step = nn.Linear(4, 4)
        self.memory = nn.GRU(4, 3, batch_first=True)
        self.named = Named()

    def forward(self, x):
        for _ in range(3):
            x = self.step(x)
        values, state = self.memory(x.unsqueeze(1))
        return self.named(values, state)["values"]


class Named(nn.Module):
    def forward(self, values, state):
        return {"values": values[:, 0], "state": state[0]}


@pytest.mark.parametrize(("call", "n_steps"), [(0, 1), (1, 2), (-1, 3)])
def test_of_a_layer_that_is_called_several_times_the_call_that_is_named_counts(call, n_steps):
    network, x = Recurrent(), torch.randn(2, 4)
    expected = x
    for _ in range(n_steps):
        expected = network.step(expected)
    found = HookedLayers(network, ["step"], call=call).read(x)
    torch.testing.assert_close(found["step"], expected.detach())


def test_without_a_call_named_such_a_layer_is_refused():
    with pytest.raises(InputError, match=r"^layer step: called 3 times per pass; .* key call"):
        HookedLayers(Recurrent(), ["step"]).read(torch.randn(2, 4))
    with pytest.raises(InputError, match=r"^layer step: called 3 times; .* found call 5"):
        HookedLayers(Recurrent(), ["step"], call=5).read(torch.randn(2, 4))


def test_of_outputs_with_several_parts_the_one_that_is_named_is_read():
    network, x = Recurrent(), torch.randn(2, 4)
    reader = HookedLayers(network, ["memory", "named"], output={"memory": 0, "named": "state"})
    layers = reader.read(x)
    assert layers["memory"].shape == (2, 1, 3)
    torch.testing.assert_close(layers["named"], layers["memory"][:, 0])


@pytest.mark.parametrize(
    ("layer", "found"),
    [
        ("memory", r"returns tuple \(0: tensor \(1, 1, 3\), 1: tensor \(1, 1, 3\)\)"),
        ("named", r"returns dict \(values: tensor \(1, 3\), state: tensor \(1, 3\)\)"),
    ],
)
def test_without_a_part_named_such_outputs_are_refused_and_listed(layer, found):
    with pytest.raises(InputError, match=f"^layer {layer}: {found}; expected a tensor.* output"):
        HookedLayers(Recurrent(), [layer]).read(torch.randn(1, 4))


def test_a_pattern_without_a_match_is_refused_with_the_nearest_names(waveforms):
    with pytest.raises(InputError, match=r"^layers: 'secnd' matches no module; .* second"):
        HookedLayers(Convolutions(), ["first", "secnd"]).read(waveforms)


def test_a_layer_that_is_never_called_is_refused(waveforms):
    with pytest.raises(InputError, match=r"^layers: 'unused' matches only .* never called"):
        HookedLayers(Convolutions(), ["unused"]).read(waveforms)


class Failing(nn.Module):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def forward(self, _waveforms):
        raise self.error


def test_an_error_inside_the_model_is_named_in_one_line_with_its_place(waveforms):
    with pytest.raises(InputError) as caught:
        HookedLayers(Failing(ValueError("first line\nlast line")), ["output"]).read(waveforms)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(__file__)
    assert "ValueError: last line" in message
    assert "(2, 400)" in message


def test_a_wrong_shape_is_an_error_inside_the_model_at_the_users_line(waveforms):
    with pytest.raises(InputError, match=rf"^{__file__}, line \d+: .*RuntimeError"):
        HookedLayers(Convolutions(), ["first"]).read(waveforms[:, :3])


class Transposed(nn.Module):
    def forward(self, waveforms):
        return waveforms.T[:7]


def test_outputs_whose_first_axis_is_not_that_of_the_inputs_are_refused(waveforms):
    reader = HookedLayers(Transposed(), ["output"], batch_size=5)
    with pytest.raises(InputError, match=r"^layer output: returns the shape \(7, 2\) for 2 inputs"):
        reader.read(waveforms)


class TimeFirst(nn.Module):
    """As recurrent layers do unless told otherwise: (time, batch, unit)."""

    def forward(self, waveforms):
        return waveforms.T.reshape(16, 25, len(waveforms)).transpose(1, 2)


# Two inputs alone would look like eight windows of each: nothing tells them apart.
@pytest.mark.parametrize("batch_size", [1, 4, 8])
def test_inputs_along_another_axis_are_not_taken_for_windows(batch_size):
    reader = HookedLayers(TimeFirst(), ["output"], batch_size=batch_size)
    with pytest.raises(InputError, match=r"^layer output: returns the shape \(16, \d, 25\)"):
        reader.read(torch.randn(8, 400))


class InPlace(nn.Module):
    def forward(self, x):
        return x.mul_(10)


def test_a_model_that_changes_its_input_changes_neither_the_input_layer_nor_the_caller_s():
    x = torch.ones(3, 2)
    layers = HookedLayers(InPlace(), ["output"], batch_size=2).read(x)
    assert (layers["input"] == 1).all()
    assert (layers["output"] == 10).all()
    assert (x == 1).all()


class Named2(nn.Module):
    """Has modules called as the layers that every network has."""

    def __init__(self):
        super().__init__()
        self.input = nn.Linear(4, 3)
        self.output = nn.Linear(3, 2)

    def forward(self, x):
        return self.output(self.input(x)) * 0


def test_a_module_called_output_is_that_layer_and_one_called_input_is_refused():
    network, x = Named2(), torch.randn(2, 4)
    found = HookedLayers(network, ["output"]).read(x)["output"]
    torch.testing.assert_close(found, network.output(network.input(x)).detach())
    with pytest.raises(InputError, match=r"^layers: a module of the network is called input"):
        HookedLayers(network, ["*"]).read(x)


class Spectrum(nn.Module):
    def forward(self, x):
        return torch.fft.rfft(x)


def test_complex_numbers_are_refused():
    with pytest.raises(InputError, match=r"^layer output: returns complex numbers"):
        HookedLayers(Spectrum(), ["output"]).read(torch.randn(2, 8))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.int64])
def test_other_types_of_numbers_become_single_precision(dtype):
    class Cast(nn.Module):
        def forward(self, x):
            return (x * 10).to(dtype)

    x = torch.randn(2, 3)
    found = HookedLayers(Cast(), ["output"]).read(x)["output"]
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, (x * 10).to(dtype).float())


def test_pooling_over_windows_leaves_layers_without_windows_and_the_other_way_round(waveforms):
    notation = {"head": "window unit -> unit", "*": "channel time -> channel"}
    rules = PoolingRules.from_settings(notation)
    whole = HookedLayers(Convolutions(), ["first", "head"], pooling=rules).read(waveforms)
    assert whole["first"].shape == (5, 4)
    assert whole["head"].shape == (5, 3)
    windows = Windows(120, 60)
    cut = HookedLayers(Convolutions(), ["first", "head"], pooling=rules, windows=windows)
    assert cut.read(waveforms)["head"].shape == (5, 3)
    # Of two axes, but the first is that of windows: no channels and times.
    assert cut.read(waveforms)["input"].shape == (5, 5, 120)


def test_a_window_longer_than_a_stimulus_is_refused(waveforms):
    with pytest.raises(InputError, match=r"^window_s: found 500 samples, longer than a stimulus"):
        Windows(500, 10).cut(waveforms)


def test_windows_in_seconds_are_rounded_to_samples_and_do_not_overlap_without_a_hop():
    assert Windows.from_seconds(None, None, 16000) is None
    assert Windows.from_seconds(0.064, None, 16000) == Windows(1024, 1024)
    assert Windows.from_seconds(0.064, 0.01, 16000) == Windows(1024, 160)


def test_pooling_that_fits_no_layer_is_named_in_a_warning(waveforms, caplog):
    notation = {"first": "channel time -> channel", "secnd": "channel time -> channel"}
    rules = PoolingRules.from_settings({**notation, "head": "a b c -> a"})
    reader = HookedLayers(Convolutions(), ["first", "second", "head"], pooling=rules)
    reader.read(waveforms)
    reader.read(waveforms)
    assert [message.split(" fits")[0] for message in caplog.messages] == [
        "pooling: 'secnd' with the axes 'channel time'",
        "pooling: 'head' with the axes 'a b c'",
    ]

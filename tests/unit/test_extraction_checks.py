"""What is said of activations that could not be stored or would tell nothing."""

import logging
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import psutil
import pytest
import torch
from stemlens.activations.extraction import write_activations
from stemlens.activations.store import read_layer
from stemlens.errors import InputError
from stemlens.layers.hooks import HookedLayers
from stemlens.similarity.gram_store import compute_grams
from torch import nn

STIMULI = pd.DataFrame({"class": ["a", "b"] * 5, "song": list("abcdefghij"), "start_s": 0.0})


def write(path, network, inputs, layers=("*",), batch_size=4):
    write_activations(
        path,
        HookedLayers(network, layers, batch_size=batch_size),
        lambda *, batch_size: iter(np.array_split(inputs, range(batch_size, 10, batch_size))),
        STIMULI,
        device=torch.device("cpu"),
        remedy="mend it",
    )
    return path


@pytest.fixture
def inputs():
    return np.random.default_rng(0).normal(size=(10, 6)).astype(np.float32)


class Dead(nn.Module):
    """Two of three units do not depend on the input."""

    def forward(self, x):
        return torch.stack([x[:, 0], torch.zeros(len(x)), torch.ones(len(x))], dim=1)


def test_units_that_are_the_same_for_all_stimuli_are_counted_by_layer(tmp_path, inputs, caplog):
    caplog.set_level(logging.INFO)
    write(tmp_path / "a.h5", nn.Sequential(Dead(), nn.ReLU()), inputs, layers=("0",))
    assert caplog.messages == ["layer 0: 2 of 3 values are the same for all stimuli"]


class Constant(nn.Module):
    def forward(self, x):
        return torch.ones(len(x), 2)


def test_a_layer_that_tells_no_stimuli_apart_is_named_in_a_warning(tmp_path, inputs, caplog):
    write(tmp_path / "a.h5", Constant(), inputs)
    assert caplog.messages == ["layer output: its activations of all stimuli are the same"]


def test_stimuli_that_are_all_alike_are_refused_and_nothing_is_written(tmp_path, inputs):
    alike = np.repeat(inputs[:1], 10, axis=0)
    with pytest.raises(InputError, match=r"^stimuli: all 10 are the same in every layer"):
        write(tmp_path / "a.h5", nn.Linear(6, 2), alike)
    assert not list(tmp_path.iterdir())


def test_nan_is_refused_with_the_layer_the_number_and_what_to_do(tmp_path, inputs):
    network = nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 2))
    with torch.no_grad():
        network[1].bias[1] = torch.nan
    with pytest.raises(InputError, match=r"^activations of 1: 4 of 8 values are NaN.*mend it"):
        write(tmp_path / "a.h5", network, inputs)
    assert not list(tmp_path.iterdir())


class Sum(nn.Module):
    def forward(self, x):
        return x.sum(dim=1)


def test_a_layer_of_one_value_per_stimulus_has_one_feature(tmp_path, inputs):
    path = write(tmp_path / "a.h5", Sum(), inputs)
    np.testing.assert_allclose(read_layer(path, "output"), inputs.sum(axis=1)[:, None], rtol=1e-5)
    assert compute_grams(path)["output"].n_features == 1


def test_what_would_not_fit_on_the_disk_is_refused_with_the_layer_that_takes_most(
    tmp_path, inputs, monkeypatch
):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1e6))
    network = nn.Sequential(nn.Linear(6, 40000), nn.Linear(40000, 2))
    message = r"10 stimuli need 0\.0016 GB, 0\.0016 GB of them layer 0 with the shape \(40000,\)"
    with pytest.raises(InputError, match=message):
        write(tmp_path / "a.h5", network, inputs)
    write(tmp_path / "a.h5", network, inputs, layers=("1",))


def test_a_pass_that_would_not_fit_in_memory_is_refused_with_the_layer_that_takes_most(
    tmp_path, inputs, monkeypatch
):
    free = SimpleNamespace(available=1e6)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    network = nn.Sequential(nn.Linear(6, 40000), nn.Linear(40000, 2))
    with pytest.raises(
        InputError, match=r"^batch_size: found 8; .* 0\.00256 GB of them 0, and 0\.001 GB"
    ):
        write(tmp_path / "a.h5", network, inputs, batch_size=8)
    write(tmp_path / "a.h5", network, inputs, batch_size=3)

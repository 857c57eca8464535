from pathlib import Path

import pytest
import torch
from stemlens.errors import InputError
from stemlens.model.factory import build_network, find_factory

MODELS = """
import torch
from torch import nn
from beside import WIDTH


def dense(pretrained, width=WIDTH, weights=None):
    network = nn.Sequential(nn.Linear(2, width), nn.Dropout(0.5))
    if pretrained:
        network.load_state_dict(torch.load(weights, weights_only=True))
    return network


def seeded(pretrained, seed=None):
    network = nn.Linear(1, 1)
    network.seed = seed
    return network


def no_network(pretrained):
    return "weights"


def failing(pretrained):
    raise RuntimeError("line\\nthe cause")


def without_package(pretrained):
    import no_such_package.part
"""


@pytest.fixture
def models(tmp_path):
    (tmp_path / "beside.py").write_text("WIDTH = 3\n", "utf-8")
    (tmp_path / "my_models.py").write_text(MODELS, "utf-8")
    return str(tmp_path / "my_models.py")


def test_a_function_of_a_file_is_called_and_its_network_evaluates(models, tmp_path):
    twin = build_network(f"{models}:dense", {"width": 5}, pretrained=False, seed=7)
    assert twin[0].out_features == 5
    assert not twin.training
    assert not any(parameter.requires_grad for parameter in twin.parameters())
    torch.save(twin.state_dict(), tmp_path / "weights.pt")
    arguments = {"width": 5, "weights": str(tmp_path / "weights.pt")}
    trained = build_network(f"{models}:dense", arguments, pretrained=True)
    assert torch.equal(trained[0].weight, twin[0].weight)


def test_the_seed_decides_on_initial_weights_and_the_twin_needs_no_file(models):
    def twin(seed):
        arguments = {"weights": "/no/such/file"}
        return build_network(f"{models}:dense", arguments, pretrained=False, seed=seed)[0].weight

    assert torch.equal(twin(1), twin(1))
    assert not torch.equal(twin(1), twin(2))
    assert build_network(f"{models}:seeded", {}, pretrained=False, seed=5).seed == 5
    assert build_network(f"{models}:seeded", {}, pretrained=True, seed=5).seed is None


MODERN = """
from __future__ import annotations

from dataclasses import dataclass

from torch import nn


@dataclass
class Settings:
    width: int = 4


def net(pretrained):
    import beside

    return nn.Linear(beside.WIDTH, Settings().width)
"""


def test_a_file_may_hold_dataclasses_and_import_what_lies_beside_it_when_it_is_called(models):
    path = Path(models).with_name("modern.py")
    path.write_text(MODERN, "utf-8")
    network = build_network(f"{path}:net", {}, pretrained=False)
    assert (network.in_features, network.out_features) == (3, 4)


def test_a_function_of_a_package_is_found():
    assert find_factory("torch.nn:Linear") is torch.nn.Linear


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("no_network", "returned str; expected a torch.nn.Module"),
        ("failing", "fails with RuntimeError: the cause"),
        (
            "without_package",
            "the package no_such_package is missing; .*pip install no_such_package",
        ),
        ("denes", "has no function denes; expected one of dense, seeded, no_network"),
    ],
)
def test_what_is_wrong_with_a_factory_is_said_in_one_line(models, function, message):
    with pytest.raises(InputError, match=message) as caught:
        build_network(f"{models}:{function}", {}, pretrained=False)
    assert str(caught.value).startswith(f"factory {models}:{function}: ")
    assert "\n" not in str(caught.value)


def test_arguments_that_the_function_does_not_take_are_named(models):
    with pytest.raises(InputError, match=r"fails with TypeError: .*unexpected .*'depth'"):
        build_network(f"{models}:dense", {"depth": 2}, pretrained=False)


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        ("my_models.dense", "^factory: found 'my_models.dense'; expected my_models.py:function"),
        ("no/file.py:dense", "^factory: found no file no/file.py"),
        ("no_such_package:f", "the package no_such_package is missing"),
    ],
)
def test_a_factory_that_is_not_there_is_refused(factory, message):
    with pytest.raises(InputError, match=message):
        find_factory(factory)

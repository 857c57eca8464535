"""The command that lists the layers of a network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from stemlens.command_line import main

SCRIPTS = Path(__file__).parents[2] / "scripts"

MODELS = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv1d(1, width, 8, stride=4)
        self.memory = nn.GRU(width, 3, batch_first=True)
        self.unused = nn.Linear(2, 2)

    def forward(self, x):
        x = self.conv(x.unsqueeze(1))
        return self.memory(x.transpose(1, 2))[0]


def net(pretrained, width=5):
    return Net(width)
"""


MAPS = """
from torch import nn


class Split(nn.Module):
    def forward(self, x):
        return {"maps": x, "means": x.mean(dim=(2, 3))}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.split = Split()

    def forward(self, x):
        return self.split(self.conv(x.unsqueeze(1)))["means"]


def net(pretrained):
    return Net()
"""


@pytest.fixture
def models(tmp_path):
    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    return f"{tmp_path}/models.py:net"


def rows(printed):
    """Layer → the line about it."""
    return {line.split()[0]: line for line in printed.splitlines() if line.strip()}


def test_modules_that_are_called_are_listed_with_shapes_parameters_and_what_is_read(models, capsys):
    options = ["--sample-rate-hz", "100", "--duration-s", "4", "--stimuli", "50"]
    pooling = ["--layers", "conv", "--pooling", "channel time -> channel"]
    assert main(["layers", models, *options, *pooling]) == 0
    printed = capsys.readouterr().out
    found = rows(printed)
    assert set(found) == {"layer", "input", "conv", "memory", "output", "Layers"}
    # 1 + (400 - 8) // 4 = 99 frames; 5 · 8 weights and 5 offsets.
    assert re.search(r"Conv1d +1 +\(5, 99\) +45 +\(5,\) +5 ", found["conv"])
    # (5 + 3) · 3 · 3 weights and 2 · 3 · 3 offsets; a tuple of output and state.
    assert re.search(r"GRU +1 +\(99, 3\), \(1, 3\) +90", found["memory"])
    # 400 values of the input and 5 of conv, 4 bytes each.
    assert found["Layers"].startswith("Layers read: 2; 0.00162 MB per stimulus, 8.1e-05 GB on disk")


def test_a_network_of_a_config_is_listed_as_the_run_would_read_it(models, tmp_path, capsys):
    network = {
        "factory": models,
        "arguments": {"width": 7},
        "weights": "/no/such/file",
        "input": "waveform",
        "sample_rate_hz": 1000,
        "window_s": 0.04,
        "layers": ["conv"],
        "pooling": "window channel time -> channel",
    }
    config = tmp_path / "my.yaml"
    config.write_text(yaml.safe_dump({"networks": {"own": network}}), "utf-8")
    assert main(["layers", "own", "--config", str(config), "--duration-s", "1"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"Conv1d +1 +\(7, 9\) +63 +\(7,\) +7 ", rows(printed)["conv"])
    assert "(25, 40)" in rows(printed)["input"]


def test_a_network_of_spectrograms_that_returns_a_dict_is_listed_with_all_its_shapes(
    tmp_path, capsys
):
    (tmp_path / "maps.py").write_text(MAPS, "utf-8")
    network = {"factory": f"{tmp_path}/maps.py:net", "input": "mel", "layers": ["conv"]}
    config = tmp_path / "my.yaml"
    config.write_text(yaml.safe_dump({"networks": {"own": network}}), "utf-8")
    options = ["--config", str(config), "--mel", "6", "10"]
    assert main(["layers", "own", *options]) == 0
    found = rows(capsys.readouterr().out)
    assert "(6, 10)" in found["input"]
    assert "(2, 4, 8), (2,)" in found["split"]
    # 2 · 4 · 8 values of a map, and of its mean over frames 2 · 4.
    assert re.search(r"\(2, 4, 8\) +64 ", found["conv"])
    # An option counts more than the config.
    pooling = ["--pooling", "channel band time -> channel band"]
    assert main(["layers", "own", *options, *pooling]) == 0
    assert re.search(r"\(2, 4\) +8 ", rows(capsys.readouterr().out)["conv"])


def test_the_package_itself_can_be_run_as_the_command():
    command = [sys.executable, "-m", "stemlens", "layers", "none.py:net"]
    run = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("stemlens: factory: found no file none.py")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.py:net"], "factory: found no file none.py"),
        (["MODELS", "--layers", "cnv"], "layers: 'cnv' matches no module; .* conv"),
        (["MODELS", "--layers", "unused"], "matches only modules that are never called"),
        (["MODELS", "--layers", "memory"], "returns tuple .* key output"),
        (["MODELS", "--pooling", "a b"], "pooling: found 'a b'"),
        (["MODELS", "--window-s", "99"], "longer than a stimulus"),
        (["own", "--config", "CONFIG"], "found no network 'own' with a factory; expected .*paper"),
        (["own", "--config", "none.yaml"], r"none\.yaml: cannot be read \(No such file"),
        (["odd", "--config", "CONFIG"], r"networks\.odd\.layer: unknown; expected one of factory"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(models, tmp_path, capsys, arguments, message):
    config = tmp_path / "my.yaml"
    odd = {"factory": models, "input": "waveform", "layer": ["conv"]}
    config.write_text(yaml.safe_dump({"networks": {"paper": {"conv": []}, "odd": odd}}), "utf-8")
    places = {"MODELS": models, "CONFIG": str(config)}
    assert main(["layers", *(places.get(each, each) for each in arguments)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert re.search(message, said)

"""Functions that return a network, and networks that are read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from inputs.case import Case
from stemlens.layers.hooks import HookedLayers
from stemlens.model.factory import build_network

TITLE = "Networks"
FACTORY = "factory"


MODELS = """
import torch
from torch import nn

def good(pretrained): return nn.Sequential(nn.Linear(4, 3), nn.ReLU())
def prints(pretrained):
    print("loading")
    return good(pretrained)
def not_a_network(pretrained): return "network"
def none(pretrained): pass
def fails(pretrained): raise RuntimeError("first line\\nthe cause")
def leaves(pretrained): raise SystemExit(3)
def lacks(pretrained): import no_such_package
def no_arguments(): return good(True)
class Net(nn.Module):
    def __init__(self, **_):
        super().__init__()
        self.linear = nn.Linear(4, 3)
class InPlace(Net):
    def forward(self, x): return self.linear(x.mul_(0))
class Keeps(Net):
    def forward(self, x): return self.linear(x).relu_()
class Shape(Net):
    def forward(self, x): return self.linear(x).T
class Twice(Net):
    def forward(self, x): return self.linear(self.linear(x) @ torch.ones(3, 4))
class Tuple(Net):
    def forward(self, x): return self.linear(x), x
class Complex(Net):
    def forward(self, x): return torch.fft.fft(self.linear(x))
class Unused(Net):
    def forward(self, x): return x @ self.linear.weight.T
class Raises(Net):
    def forward(self, x): return self.linear(x[:, :2])
class Scalar(Net):
    def forward(self, x): return self.linear(x).sum()
class NaN(Net):
    def forward(self, x): return self.linear(x) * float("nan")
nothing = 1
"""


def cases() -> Iterator[Case]:
    """All of them."""

    def read(name: str, layers: list[str]) -> Callable[[Path], str]:
        def of(folder: Path) -> str:
            (folder / "my.py").write_text(MODELS, "utf-8")
            (folder / "broken.py").write_text("def good(:\n", "utf-8")
            factory = name.replace("my.py", str(folder / "my.py")).replace(
                "broken.py", str(folder / "broken.py")
            )
            network = build_network(factory, {}, pretrained=True)
            inputs = torch.arange(20.0).reshape(5, 4) / 20
            found = HookedLayers(network, layers, batch_size=2).read(inputs)
            torch.testing.assert_close(found["input"], inputs)
            shapes = ", ".join(f"{layer} {tuple(values.shape)}" for layer, values in found.items())
            return f"layers of 5 inputs: {shapes}"

        return of

    for kind, name, layers in (
        ("function that returns a network", "my.py:good", ["*"]),
        ("class of a network", "my.py:Keeps", ["linear"]),
        ("function that prints", "my.py:prints", ["*"]),
        ("network that changes its input in place", "my.py:InPlace", ["linear"]),
        ("network that changes the output of a layer in place", "my.py:Keeps", ["*"]),
        ("network that returns several, of which a layer is read", "my.py:Tuple", ["linear"]),
    ):
        yield Case(kind, FACTORY, read(name, layers))
    for kind, name, layers, refusal in (
        ("no colon", "my.py", ["*"], "factory: found '.*'; expected my_models.py:function"),
        ("no such file", "none.py:good", ["*"], "factory: found no file none.py"),
        (
            "no such package",
            "no_such_package:good",
            ["*"],
            "the package no_such_package is missing",
        ),
        (
            "no such function",
            "my.py:god",
            ["*"],
            "has no function god; expected one of good, prints",
        ),
        ("no function", "my.py:nothing", ["*"], "has no function nothing"),
        ("file that is no Python", "broken.py:good", ["*"], "fails with SyntaxError"),
        (
            "function without the argument pretrained",
            "my.py:no_arguments",
            ["*"],
            "fails with TypeError: .*pretrained",
        ),
        ("function that fails", "my.py:fails", ["*"], "fails with RuntimeError: the cause"),
        ("function that ends Python", "my.py:leaves", ["*"], "fails with SystemExit"),
        (
            "function that needs another package",
            "my.py:lacks",
            ["*"],
            "the package no_such_package is missing",
        ),
        (
            "function that returns a text",
            "my.py:not_a_network",
            ["*"],
            "returned str; expected a torch.nn.Module",
        ),
        ("function that returns nothing", "my.py:none", ["*"], "returned NoneType"),
        (
            "pattern that matches no layer",
            "my.py:good",
            ["conv*"],
            "layers: 'conv\\*' matches no module",
        ),
        (
            "layer that is never called",
            "my.py:Unused",
            ["linear"],
            "matches only modules that are never called",
        ),
        (
            "layer that is called twice",
            "my.py:Twice",
            ["linear"],
            "layer linear: called 2 times per pass",
        ),
        ("layer of another shape", "my.py:Shape", ["output"], "layer output: returns the shape"),
        (
            "layer that returns one number",
            "my.py:Scalar",
            ["output"],
            "layer output: returns the shape \\(\\)",
        ),
        ("layer that returns several", "my.py:Tuple", ["output"], "layer output: returns tuple"),
        (
            "layer of complex numbers",
            "my.py:Complex",
            ["output"],
            "layer output: returns complex numbers",
        ),
        (
            "network that fails on its input",
            "my.py:Raises",
            ["*"],
            "my.py, line \\d+: the model fails on an input of shape",
        ),
    ):
        yield Case(kind, FACTORY, read(name, layers), refusal)

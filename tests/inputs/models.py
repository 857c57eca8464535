"""Networks of users: activations computed elsewhere, checkpoints, factories, published weights."""

import pickle
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import torch
from inputs.case import Case
from mel_splits import CLASSES, random_mixes, random_network
from stemlens.activations.imported import import_activations
from stemlens.activations.store import layer_depths, read_layer
from stemlens.layers.hooks import HookedLayers
from stemlens.layers.pooling import PoolingRules
from stemlens.model.checkpoint import load_checkpoint, save_checkpoint
from stemlens.model.factory import build_network
from stemlens.published.keras_weights import load_layers
from torch import nn

TITLE = "Networks and activations"
ACTIVATIONS, CHECKPOINT = "file of activations", "checkpoint"
FACTORY, WEIGHTS = "factory", "file of published weights"
STIMULI = pd.DataFrame({"class": ["x", "x", "y"], "song": ["A", "B", "A"], "start_s": [0.0] * 3})
LAYERS = {"one": np.arange(24.0).reshape(3, 4, 2), "two": np.eye(3, 5)}


def cases() -> Iterator[Case]:
    """All of them."""
    yield from activation_files()
    yield from checkpoints()
    yield from factories()
    yield from weights()


Change = Callable[[h5py.File], object]


def of_activations(kind: str, change: Change | bytes, refusal: str = "") -> Case:
    """Build the case of an HDF5 file that is changed, or of bytes in its place."""

    def read(folder: Path) -> str:
        path = folder / "a.h5"
        if isinstance(change, bytes):
            path.write_bytes(change)
        else:
            with h5py.File(path, "w", libver="latest" if "latest" in kind else "earliest") as file:
                for name, values in LAYERS.items():
                    file[f"layers/{name}"] = values
                for column in ("class", "song"):
                    file[f"stimuli/{column}"] = STIMULI[column].tolist()
                change(file)
        import_activations(path, folder / "out.h5", STIMULI, pooling=PoolingRules())
        layers = [*layer_depths(folder / "out.h5")]
        for name in set(layers) & set(LAYERS):
            np.testing.assert_array_equal(read_layer(folder / "out.h5", name), LAYERS[name])
        return f"layers {' and '.join(layers)}, with the values written"

    return Case(kind, ACTIVATIONS, read, refusal)


def replaced(name: str, values: Any, **options: Any) -> Change:
    """Write another dataset in the place of one; None deletes it."""

    def change(file: h5py.File) -> None:
        del file[name]
        if values is not None:
            file.create_dataset(name, data=values, **options)

    return change


def activation_files() -> Iterator[Case]:
    """HDF5 files that were made elsewhere."""
    whole = Path(h5py.__file__).read_bytes()
    one = LAYERS["one"]
    ragged = np.array([np.zeros(n + 1) for n in range(3)], dtype=object)

    def truncated() -> bytes:
        with (
            h5py.File.in_memory()
            if hasattr(h5py.File, "in_memory")
            else h5py.File("x", "w", driver="core", backing_store=False) as file
        ):
            file["layers/one"] = one
            file.flush()
            return file.id.get_file_image()

    content = truncated()
    for kind, change in (
        ("as it should be", lambda file: None),
        ("the latest version of the format", lambda file: None),
        ("float16", replaced("layers/two", LAYERS["two"].astype("f2"))),
        ("integers", replaced("layers/two", LAYERS["two"].astype("i8"))),
        ("numbers of the other byte order", replaced("layers/two", LAYERS["two"].astype(">f4"))),
        ("compressed by gzip", replaced("layers/one", one, compression="gzip")),
        (
            "song names as bytes of a fixed length",
            replaced("stimuli/song", np.array([b"A", b"B", b"A"])),
        ),
        (
            "further groups and attributes",
            lambda file: (file.attrs.update(made="x"), file.create_group("more")),
        ),
        (
            "order from input to output",
            lambda file: file["layers"].attrs.update(order=["two", "one"]),
        ),
    ):
        yield of_activations(kind, change)
    for kind, change, refusal in (
        ("no HDF5", b"numbers", "a.h5: cannot be read as HDF5"),
        ("empty file", b"", "a.h5: cannot be read as HDF5"),
        ("Python code", whole, "a.h5: cannot be read as HDF5"),
        ("cut off", content[: len(content) // 2], "a.h5: cannot be read as HDF5"),
        ("zeros behind the header", content[:96] + bytes(len(content) - 96), "a.h5"),
        ("no layers", lambda file: file.__delitem__("layers"), "has no group layers"),
        ("layers as one dataset", replaced("layers", one), "has no group layers"),
        (
            "an empty group of layers",
            lambda file: (file.__delitem__("layers/one"), file.__delitem__("layers/two")),
            "has no group layers",
        ),
        (
            "a layer in a group",
            lambda file: file.create_dataset("layers/block/conv", data=one),
            "layers/block is a group",
        ),
        (
            "a layer without an axis of features",
            replaced("layers/two", np.zeros(3)),
            "layers/two is float64 of the shape \\(3,\\)",
        ),
        (
            "a layer that is a number",
            replaced("layers/two", 1.0),
            "layers/two is float64 of the shape \\(\\)",
        ),
        (
            "a layer of another number of stimuli",
            replaced("layers/two", np.zeros((4, 5))),
            "layers/two is float64 of the shape \\(4, 5\\)",
        ),
        (
            "a layer without features",
            replaced("layers/two", np.zeros((3, 0))),
            "layers/two is float64 of the shape \\(3, 0\\)",
        ),
        ("a layer without a value", replaced("layers/two", h5py.Empty("f4")), "layers/two"),
        (
            "a layer of texts",
            replaced("layers/two", np.full((3, 2), "a", dtype=object), dtype=h5py.string_dtype()),
            "layers/two is object",
        ),
        (
            "a layer of complex numbers",
            replaced("layers/two", np.zeros((3, 2), complex)),
            "layers/two is complex128",
        ),
        (
            "a layer of booleans",
            replaced("layers/two", np.zeros((3, 2), bool)),
            "layers/two is bool",
        ),
        (
            "a layer of rows of different lengths",
            replaced("layers/two", ragged, dtype=h5py.vlen_dtype("f8")),
            "layers/two is object",
        ),
        (
            "NaN",
            replaced("layers/two", np.full((3, 2), np.nan)),
            "layers/two, stimulus 0: 2 of 2 values are NaN",
        ),
        (
            "a value beyond float32",
            replaced("layers/two", np.full((3, 2), 1e300)),
            "layers/two, stimulus 0: 2 of 2 values are NaN or infinite",
        ),
        ("no stimuli", lambda file: file.__delitem__("stimuli"), "stimuli/class is missing"),
        (
            "stimuli in another order",
            replaced("stimuli/song", ["B", "A", "A"]),
            "stimulus 0 has the song 'B', expected 'A'",
        ),
        ("fewer stimuli", replaced("stimuli/song", ["A", "B"]), "holds 2 stimuli, expected 3"),
        (
            "names of songs that are numbers",
            replaced("stimuli/song", [1, 2, 1]),
            "stimulus 0 has the song '1', expected 'A'",
        ),
        (
            "names of songs that are no UTF-8",
            replaced("stimuli/song", np.array([b"\xff", b"B", b"A"])),
            "stimulus 0 has the song",
        ),
        (
            "start times of other segments",
            lambda file: file.create_dataset("stimuli/start_s", data=[1.0, 0, 0]),
            "stimuli/start_s is not that of the stimuli",
        ),
        (
            "start times that are texts",
            lambda file: file.create_dataset("stimuli/start_s", data=["a", "b", "c"]),
            "stimuli/start_s is not that of the stimuli",
        ),
        (
            "an order that lacks a layer",
            lambda file: file["layers"].attrs.update(order=["one"]),
            "the attribute order of layers names one",
        ),
        ("an order that is a number", lambda file: file["layers"].attrs.update(order=1), "order"),
        (
            "an order with a layer twice",
            lambda file: file["layers"].attrs.update(order=["one", "two", "two"]),
            "order",
        ),
    ):
        yield of_activations(kind, change, refusal)


def checkpoints() -> Iterator[Case]:
    """Checkpoints of networks that the workflow trains."""

    def read(change: Callable[[Path], object]) -> Callable[[Path], str]:
        def of(folder: Path) -> str:
            path = folder / "checkpoint.pt"
            network = random_network()
            save_checkpoint(path, network, CLASSES)
            change(path)
            loaded = load_checkpoint(path, torch.device("cpu"))
            mels = torch.from_numpy(random_mixes(2, seed=0).mels)
            torch.testing.assert_close(loaded.network(mels), network(mels))
            return "computes what was saved"

        return of

    def content(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
        def of(path: Path) -> None:
            known = torch.load(path, weights_only=True)
            changed = change(known)
            torch.save(known if changed is None else changed, path)

        return of

    def in_bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
        return lambda path: path.write_bytes(change(path.read_bytes()))

    nan = torch.tensor(float("nan"))
    yield Case("as it should be", CHECKPOINT, read(lambda path: None))
    for kind, change, refusal in (
        ("missing", lambda path: path.unlink(), "checkpoint.pt"),
        ("empty file", in_bytes(lambda _: b""), "checkpoint.pt"),
        ("cut off", in_bytes(lambda whole: whole[: len(whole) // 2]), "checkpoint.pt"),
        ("text", in_bytes(lambda _: b"weights"), "checkpoint.pt"),
        (
            "noise",
            in_bytes(lambda whole: np.random.default_rng(0).bytes(len(whole))),
            "checkpoint.pt",
        ),
        ("a folder", lambda path: (path.unlink(), path.mkdir()), "checkpoint.pt"),
        ("a pickled function", lambda path: path.write_bytes(pickle.dumps(print)), "checkpoint.pt"),
        ("a whole module", content(lambda _: nn.Linear(1, 1)), "checkpoint.pt"),
        ("a tensor", content(lambda _: torch.zeros(3)), "checkpoint.pt"),
        ("weights alone", content(lambda known: known["state"]), "checkpoint.pt"),
        ("without a key", content(lambda known: known.pop("classes") and None), "checkpoint.pt"),
        (
            "without a weight",
            content(lambda known: known["state"].pop("output.bias") is None or None),
            "checkpoint.pt",
        ),
        (
            "with a weight too many",
            content(lambda known: known["state"].update(more=nan)),
            "checkpoint.pt",
        ),
        (
            "of another architecture",
            content(lambda known: known["architecture"].update(dense=())),
            "checkpoint.pt",
        ),
        ("of other classes", content(lambda known: known.update(classes=["x"])), "checkpoint.pt"),
        (
            "with NaN",
            content(
                lambda known: known["state"].update(
                    {"output.bias": known["state"]["output.bias"] * nan}
                )
            ),
            "output.bias: \\d+ of \\d+ values are NaN",
        ),
        (
            "classes that are a number",
            content(lambda known: known.update(classes=3)),
            "checkpoint.pt",
        ),
        (
            "weights of another type",
            content(lambda known: known["state"].update({"output.bias": "text"})),
            "checkpoint.pt",
        ),
    ):
        yield Case(kind, CHECKPOINT, read(change), refusal)


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


def factories() -> Iterator[Case]:
    """Functions that return a network."""

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


def weights() -> Iterator[Case]:
    """Weights as Keras stores them."""
    values = {"kernel": np.arange(12, dtype="f4").reshape(4, 3), "bias": np.ones(3, "f4")}

    def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
        with h5py.File(path, "w") as file:
            file.attrs["layer_names"] = [b"dense"]
            group = file.create_group("dense")
            group.attrs["weight_names"] = [f"dense/{name}:0".encode() for name in arrays]
            for name, array in arrays.items():
                group[f"dense/{name}:0"] = array

    def read(
        arrays: Mapping[str, np.ndarray], change: Callable[[Path], object]
    ) -> Callable[[Path], str]:
        def of(folder: Path) -> str:
            write(folder / "w.h5", arrays)
            change(folder / "w.h5")
            module = nn.Linear(4, 3)
            load_layers(folder / "w.h5", {"dense": module})
            np.testing.assert_array_equal(module.weight.detach().numpy().T, values["kernel"])
            return "the values written"

        return of

    def attribute(name: str, value: object) -> Callable[[Path], None]:
        def change(path: Path) -> None:
            with h5py.File(path, "a") as file:
                if value is None:
                    del file.attrs[name]
                else:
                    file.attrs[name] = value

        return change

    same = lambda path: None  # noqa: E731
    yield Case("as it should be", WEIGHTS, read(values, same))
    for kind, arrays, change, refusal in (
        ("missing", values, lambda path: path.unlink(), "w.h5: cannot be read"),
        (
            "cut off",
            values,
            lambda path: path.write_bytes(path.read_bytes()[:-500]),
            "w.h5: cannot be read",
        ),
        ("no HDF5", values, lambda path: path.write_bytes(b"weights"), "w.h5: cannot be read"),
        ("without names of layers", values, attribute("layer_names", None), "w.h5: cannot be read"),
        ("a number for names of layers", values, attribute("layer_names", 3), "w.h5"),
        ("a layer that is not there", values, attribute("layer_names", [b"conv"]), "w.h5"),
        (
            "kernel of another shape",
            {**values, "kernel": np.zeros((4, 5), "f4")},
            same,
            "w.h5, layer dense: found kernel \\(4, 5\\)",
        ),
        (
            "kernel of one axis",
            {**values, "kernel": np.zeros(4, "f4")},
            same,
            "w.h5, layer dense: found kernel \\(4,\\)",
        ),
        (
            "without a kernel",
            {"bias": values["bias"]},
            same,
            "w.h5, layer dense: found bias \\(3,\\)",
        ),
        ("kernel of texts", {**values, "kernel": np.full((4, 3), b"x")}, same, "w.h5, layer dense"),
        ("NaN", {**values, "bias": values["bias"] * np.nan}, same, "w.h5"),
    ):
        yield Case(kind, WEIGHTS, read(arrays, change), refusal)

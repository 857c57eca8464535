"""Activations that were computed elsewhere, in HDF5 files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from inputs.case import Case
from stemlens.activations.imported import import_activations
from stemlens.activations.store import layer_depths, read_layer
from stemlens.layers.pooling import PoolingRules

TITLE = "Activations"
ACTIVATIONS = "file of activations"
STIMULI = pd.DataFrame({"class": ["x", "x", "y"], "song": ["A", "B", "A"], "start_s": [0.0] * 3})
LAYERS = {"one": np.arange(24.0).reshape(3, 4, 2), "two": np.eye(3, 5)}


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


def cases() -> Iterator[Case]:
    """All of them."""
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
        ("as it should be", lambda _: None),
        ("the latest version of the format", lambda _: None),
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

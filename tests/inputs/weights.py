"""Checkpoints of networks that the workflow trains, and published weights."""

import pickle
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from inputs.case import Case
from mel_splits import CLASSES, random_mixes, random_network
from stemlens.model.checkpoint import load_checkpoint, save_checkpoint
from stemlens.published.keras_weights import load_layers
from torch import nn

TITLE = "Checkpoints and weights"
CHECKPOINT, WEIGHTS = "checkpoint", "file of published weights"


def cases() -> Iterator[Case]:
    """All of them."""
    yield from checkpoints()
    yield from weights()


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
    yield Case("as it should be", CHECKPOINT, read(lambda _: None))
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

    same = lambda _: None  # noqa: E731
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

"""HDF5 files that others made lead to no other file, to no plugin, and end at bounds."""

import os
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from stemlens.activations.imported import import_activations
from stemlens.activations.store import read_layer, read_stimuli
from stemlens.errors import InputError
from stemlens.foreign_hdf5 import MAX_NAME_LENGTH, open_foreign
from stemlens.layers.pooling import PoolingRules
from stemlens.published.keras_weights import read_layers

STIMULI = pd.DataFrame({"class": ["bass", "drums"], "song": ["A", "+44"], "start_s": [0.0, 1.0]})
SECRET = np.arange(6.0).reshape(2, 3)


def write(path: Path, fill: Callable[[h5py.File, Path], None], **texts: list[object]) -> Path:
    """A file of activations that holds one good layer and what `fill` adds."""
    secret = path.with_name("secret")
    secret.mkdir()
    with h5py.File(secret / "secret.h5", "w") as file:
        file["values"] = SECRET
    SECRET.tofile(secret / "secret.bin")
    with h5py.File(path, "w") as file:
        file["layers/good"] = SECRET
        for column in ("class", "song"):
            file[f"stimuli/{column}"] = texts.get(column, STIMULI[column].tolist())
        fill(file, secret)
    return path


def external_link(file: h5py.File, secret: Path) -> None:
    file["layers/bad"] = h5py.ExternalLink(secret / "secret.h5", "values")


def relative_external_link(file: h5py.File, _: Path) -> None:
    file["layers/bad"] = h5py.ExternalLink("secret/secret.h5", "values")


def external_link_of_a_group(file: h5py.File, secret: Path) -> None:
    del file["layers"]
    file["layers"] = h5py.ExternalLink(secret / "secret.h5", "/")


def soft_link(file: h5py.File, _: Path) -> None:
    file["layers/bad"] = h5py.SoftLink("/layers/good")


def soft_link_to_an_external_one(file: h5py.File, secret: Path) -> None:
    file["elsewhere"] = h5py.ExternalLink(secret / "secret.h5", "/")
    file["layers/bad"] = h5py.SoftLink("/elsewhere/values")


def external_storage(file: h5py.File, secret: Path) -> None:
    where = [(secret / "secret.bin", 0, SECRET.nbytes)]
    file.create_dataset("layers/bad", SECRET.shape, SECRET.dtype, external=where)


def external_storage_of_a_system_file(file: h5py.File, _: Path) -> None:
    file.create_dataset("layers/bad", (2, 8), np.uint8, external=[("/etc/passwd", 0, 16)])


def virtual(file: h5py.File, name: object) -> None:
    layout = h5py.VirtualLayout(SECRET.shape, SECRET.dtype)
    layout[:] = h5py.VirtualSource(str(name), "values", SECRET.shape)
    file.create_virtual_dataset("layers/bad", layout)


def virtual_dataset(file: h5py.File, secret: Path) -> None:
    virtual(file, secret / "secret.h5")


def relative_virtual_dataset(file: h5py.File, _: Path) -> None:
    virtual(file, "../" + Path(file.filename).parent.name + "/secret/secret.h5")


def virtual_dataset_of_the_file_itself(file: h5py.File, _: Path) -> None:
    virtual(file, ".")


def deep_external_link(file: h5py.File, secret: Path) -> None:
    file["/".join(["g"] * 500)] = h5py.ExternalLink(secret / "secret.h5", "values")


def plugin(file: h5py.File, _: Path) -> None:
    created = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    created.set_chunk(SECRET.shape)
    created.set_filter(32999, h5py.h5z.FLAG_OPTIONAL)
    space = h5py.h5s.create_simple(SECRET.shape)
    h5py.h5d.create(file["layers"].id, b"bad", h5py.h5t.IEEE_F64LE, space, created)


def loop(file: h5py.File, _: Path) -> None:
    file["layers/bad"] = file["layers"]


def loop_to_the_root(file: h5py.File, _: Path) -> None:
    file["loop"] = file["/"]


def many_names(file: h5py.File, _: Path) -> None:
    for number in range(100):
        file[f"layers/bad{number}"] = file["layers/good"]


def unwritten_values(file: h5py.File, _: Path) -> None:
    shape, chunks = (2, 10**6, 10**6), (1, 1000, 1000)
    file.create_dataset("layers/bad", shape, np.float32, chunks=chunks, fillvalue=1.0)


def contiguous_unwritten_values(file: h5py.File, _: Path) -> None:
    file.create_dataset("layers/bad", (2, 10**12), np.float64)


def long_text(file: h5py.File, _: Path) -> None:
    file.create_dataset("layers/bad", (2, 2), "S2000000000")


def large_chunks(file: h5py.File, _: Path) -> None:
    how = {"maxshape": (2, None), "chunks": (2, 2**28), "compression": "gzip"}
    file.create_dataset("layers/bad", (2, 3), np.float32, **how)


def long_name(file: h5py.File, _: Path) -> None:
    file[f"layers/{'x' * (MAX_NAME_LENGTH + 1)}"] = SECRET


def commanding_name(file: h5py.File, _: Path) -> None:
    file["layers/\x1b]0;owned\x07"] = SECRET


ATTACKS = {
    external_link: "layers/bad: is a ExternalLink",
    relative_external_link: "layers/bad: is a ExternalLink",
    external_link_of_a_group: "/layers: is a ExternalLink",
    soft_link: "layers/bad: is a SoftLink to /layers/good",
    soft_link_to_an_external_one: "is a (Soft|External)Link",
    external_storage: "layers/bad: its values lie in other files",
    external_storage_of_a_system_file: "layers/bad: its values lie in other files",
    virtual_dataset: "layers/bad: its values lie in other files",
    relative_virtual_dataset: "layers/bad: its values lie in other files",
    virtual_dataset_of_the_file_itself: "layers/bad: its values lie in other files",
    deep_external_link: "g: is a ExternalLink",
    plugin: "layers/bad: is compressed by a plugin, HDF5 filter 32999",
    loop: "is one of several names",
    loop_to_the_root: "loop: is one of several names",
    many_names: "is one of several names",
    unwritten_values: "declares values of 8e.03 GB",
    contiguous_unwritten_values: "declares values of 1.6e.04 GB",
    long_text: "declares values of 8 GB",
    large_chunks: "has chunks of 2.15 GB",
    long_name: "is a name of 256 characters",
    commanding_name: r"layers/\\x1b\]0;owned\\x07: is a name",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_is_refused_in_one_line_and_nothing_written(
    tmp_path: Path, attack: Callable[[h5py.File, Path], None]
) -> None:
    source = write(tmp_path / "source.h5", attack)
    # The plugin is not there: nothing may even look for it.
    with pytest.raises(InputError, match=ATTACKS[attack]) as refused:
        import_activations(
            source, tmp_path / "made.h5", STIMULI, pooling=PoolingRules.from_settings(None)
        )
    assert str(refused.value).isprintable()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret", "source.h5"]
    with pytest.raises(InputError, match=ATTACKS[attack]):
        read_layers(source)


def test_a_harmless_file_is_read_as_it_is(tmp_path: Path) -> None:
    def zeros(file: h5py.File, _: Path) -> None:
        # A layer of dead units shrinks a thousandfold.
        file.create_dataset("layers/zeros", data=np.zeros((2, 5 * 10**6)), compression=1)

    source = write(tmp_path / "source.h5", zeros)
    with open_foreign(source, expected="activations") as file:
        assert not file["layers/zeros"][:].any()
        np.testing.assert_array_equal(file["layers/good"], SECRET)


def test_a_name_may_be_as_in_the_table_of_stimuli(tmp_path: Path) -> None:
    """There an apostrophe keeps +44 from being a formula."""
    made = tmp_path / "made.h5"
    source = write(tmp_path / "source.h5", lambda *_: None, song=["A", "'+44"])
    import_activations(source, made, STIMULI, pooling=PoolingRules.from_settings(None))
    assert read_stimuli(made)["song"].tolist() == ["A", "+44"]
    np.testing.assert_array_equal(read_layer(made, "good"), SECRET)


def test_a_stimulus_of_more_than_a_gigabyte_is_refused(tmp_path: Path) -> None:
    def large(file: h5py.File, _: Path) -> None:
        file.create_dataset("layers/large", (2, 2**28 + 1), np.float32, chunks=(1, 2**20))

    source = write(tmp_path / "source.h5", large)
    # As if its values were there.
    os.truncate(source, 2**21)
    with pytest.raises(InputError, match=r"layers/large has 1\.07 GB of each stimulus"):
        import_activations(
            source, tmp_path / "made.h5", STIMULI, pooling=PoolingRules.from_settings(None)
        )


def test_one_long_text_for_all_stimuli_is_told_shortly(tmp_path: Path) -> None:
    source = write(tmp_path / "source.h5", lambda *_: None, song=["x" * 10**6] * 2)
    with pytest.raises(InputError, match="stimulus 0 has the song") as refused:
        import_activations(
            source, tmp_path / "made.h5", STIMULI, pooling=PoolingRules.from_settings(None)
        )
    assert len(str(refused.value)) < 1000


def test_a_network_of_keras_with_a_layer_of_code_gives_its_arrays_alone(tmp_path: Path) -> None:
    """The code of a Lambda layer, marshalled, stands in an attribute that nothing reads."""
    path = tmp_path / "network.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = '{"class_name": "Lambda", "config": {"function": ["4wEA"]}}'
        group = file.create_group("model_weights/dense")
        group["kernel:0"] = np.ones((2, 2), np.float32)
        group.attrs["weight_names"] = [b"kernel:0"]
        file["model_weights"].attrs["layer_names"] = [b"dense"]
    layers = read_layers(path)
    np.testing.assert_array_equal(layers["dense"]["kernel"], np.ones((2, 2)))

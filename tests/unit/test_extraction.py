import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from mel_splits import CLASSES, N_BANDS, N_FRAMES, SMALL, random_network, write_random_split
from stemlens.activations.cnn_extraction import write_cnn_activations
from stemlens.activations.stimuli import select_stimuli
from stemlens.activations.store import (
    feature_blocks,
    layer_depths,
    read_activation,
    read_stimuli,
)
from stemlens.audio.mel_store import read_mixes
from stemlens.audio.segment_table import read_segment_table
from stemlens.errors import InputError

LAYERS = ["input", "conv1", "conv2", "dense1", "dense2", "output"]


@pytest.fixture
def split(tmp_path):
    path = tmp_path / "test.h5"
    write_random_split(path, {"Zoë": 2, "Ann": 1, "007": 3})
    return path


@pytest.fixture
def stimuli(split):
    segments, targets = read_segment_table(split), read_mixes(split)
    return select_stimuli(segments, CLASSES, selection="most_active", targets=targets)


def write(path, split, stimuli, *, batch_size=4, tap="pool", logits=False):
    write_cnn_activations(
        path,
        [random_network()],
        split,
        stimuli,
        tap=tap,
        logits=logits,
        batch_size=batch_size,
    )
    return path


@pytest.mark.parametrize(("tap", "logits"), [("pool", False), ("normalised", True)])
def test_the_file_holds_the_stimuli_and_what_each_layer_in_order_makes_of_them(
    tmp_path, split, stimuli, tap, logits
):
    path = write(tmp_path / "activations.h5", split, stimuli, tap=tap, logits=logits)
    assert list(layer_depths(path).items()) == [(name, n) for n, name in enumerate(LAYERS)]
    pd.testing.assert_frame_equal(
        read_stimuli(path), stimuli[["class", "song", "start_s"]], check_dtype=False
    )
    network = random_network()
    with h5py.File(split) as file:
        spectrograms = file["mel"][:]
    for number, (row, mix) in enumerate(zip(stimuli["row"], stimuli["mix"], strict=True)):
        spectrogram = torch.from_numpy(spectrograms[row, mix][None])
        expected = network.activations(spectrogram, tap=tap, logits=logits)
        for layer in LAYERS:
            stored = read_activation(path, layer, number)
            assert stored.dtype == np.float32
            torch.testing.assert_close(torch.from_numpy(stored), expected[layer][0].detach())
        if logits:
            forward = network(spectrogram)[0].detach()
            torch.testing.assert_close(torch.from_numpy(stored), forward)


def test_the_batch_size_leaves_no_trace(tmp_path, split, stimuli):
    one_by_one = write(tmp_path / "one.h5", split, stimuli, batch_size=1)
    for batch_size in (2, 4, 9, 100):
        batched = write(tmp_path / f"{batch_size}.h5", split, stimuli, batch_size=batch_size)
        for layer in LAYERS:
            for number in range(len(stimuli)):
                np.testing.assert_allclose(
                    read_activation(batched, layer, number),
                    read_activation(one_by_one, layer, number),
                    rtol=1e-5,
                    atol=1e-6,
                )


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_activations_that_are_no_finite_numbers_are_refused_and_not_stored(
    tmp_path, split, stimuli, value
):
    network = random_network()
    with torch.no_grad():
        network.conv[1].norm.bias[2] = value
    message = r"activations of conv2: .* are NaN or infinite.*training\.learning_rate"
    with pytest.raises(InputError, match=message):
        write_cnn_activations(
            tmp_path / "a.h5", [network], split, stimuli, tap="pool", logits=False
        )
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".h5"] == ["test.h5"]


def test_more_than_nine_layers_are_listed_by_depth_and_not_by_name(tmp_path):
    with h5py.File(tmp_path / "activations.h5", "w") as file:
        for depth in reversed(range(12)):
            file.create_dataset(f"layers/conv{depth}", data=[0]).attrs["depth"] = depth
    expected = [f"conv{depth}" for depth in range(12)]
    assert list(layer_depths(tmp_path / "activations.h5")) == expected


@pytest.mark.parametrize("max_values", [1, 30, 130, 900, 10**6])
def test_blocks_of_features_make_up_the_layer(tmp_path, split, stimuli, max_values):
    path = write(tmp_path / "activations.h5", split, stimuli)
    shapes = SMALL.layer_shapes(N_BANDS, N_FRAMES, len(CLASSES))
    for layer, shape in shapes.items():
        blocks = list(feature_blocks(path, layer, max_values=max_values))
        with h5py.File(path) as file:
            whole = file["layers"][layer][:].reshape(len(stimuli), -1)
        assert np.array_equal(np.concatenate(blocks, axis=1), whole)
        one_slice = whole.size // shape[0]
        assert max(block.size for block in blocks) <= max(max_values, one_slice)

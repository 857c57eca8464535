"""A step of training, beside a plain PyTorch loop."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
import yaml
from comparison import OURS, Comparison
from stemlens.audio.labelled_mels import LabelledMels
from stemlens.audio.mixes import mix_targets
from stemlens.model.architecture import Architecture
from stemlens.model.cnn import CNN
from stemlens.model.device import choose_device
from stemlens.target_type import MULTI_LABEL
from stemlens.training import training
from torch import nn

N_STEPS, BATCH_SIZE, N_THREADS = 8, 64, 2
N_MIXES = N_STEPS * BATCH_SIZE
CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
ARCHITECTURE = Architecture.from_settings(CONFIG["networks"]["paper"])
SETTINGS = training.TrainingSettings(
    epochs=2,
    batch_size=BATCH_SIZE,
    learning_rate=CONFIG["training"]["learning_rate"],
    l2=CONFIG["training"]["l2"],
    standardise=True,
)


class EpochEnds(logging.Handler):
    """When the log named each epoch's scores."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note the time."""
        self.times.append(record.created)


def examples(n_mixes: int = N_MIXES) -> LabelledMels:
    """Noise; what is in a spectrogram does not change what a step takes."""
    targets = np.resize(mix_targets(4), (n_mixes, 4))
    mels = np.random.default_rng(0).normal(-40, 15, (n_mixes, 80, 300))
    return LabelledMels(mels.astype(np.float32), targets, MULTI_LABEL, list("abcd"))


def train(folder: Path, precision: str, n_mixes: int = N_MIXES) -> tuple[CNN, list[float]]:
    """Train; return the network and the loss of each epoch."""
    network, history = training.train(
        ARCHITECTURE,
        replace(SETTINGS, precision=precision),
        examples(n_mixes),
        seed=0,
        device=choose_device(N_THREADS),
        resume_path=folder / f"{time.time_ns()}" / "state.pt",
        code="",
    )
    return network, list(history["loss"])


def stemlens(folder: Path, precision: str) -> Callable[[], float]:
    """The second epoch, with all that belongs to one: order, scores, state on disk."""
    ends = EpochEnds()
    training.logger.setLevel(logging.INFO)
    training.logger.addHandler(ends)

    def work() -> float:
        train(folder, precision)
        return (ends.times[1] - ends.times[0]) / N_STEPS

    return work


def plain_network() -> nn.Sequential:
    """The paper's network as one would write it down."""
    slope, n_channels = ARCHITECTURE.leaky_slope, 1
    layers: list[nn.Module] = []
    for block in ARCHITECTURE.conv:
        layers += [
            nn.Conv2d(n_channels, block.filters, block.kernel, padding="same", bias=False),
            nn.BatchNorm2d(block.filters),
            nn.LeakyReLU(slope),
            nn.MaxPool2d(block.pool),
        ]
        n_channels = block.filters
    layers.append(nn.Flatten())
    n_inputs = int(np.prod(ARCHITECTURE.layer_shapes(80, 300, 4)[f"conv{len(ARCHITECTURE.conv)}"]))
    for dense in ARCHITECTURE.dense:
        layers += [
            nn.Linear(n_inputs, dense.units, bias=False),
            nn.BatchNorm1d(dense.units),
            nn.LeakyReLU(slope),
            nn.Dropout(ARCHITECTURE.dropout),
        ]
        n_inputs = dense.units
    return nn.Sequential(*layers, nn.Linear(n_inputs, 4))


def plain(_: Path) -> Callable[[], float]:
    """The second epoch of a loop over a DataLoader, float32, PyTorch as it comes."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(N_THREADS)
    data = examples()
    mels = torch.from_numpy((data.mels - data.mels.mean()) / data.mels.std()).unsqueeze(1)
    dataset = torch.utils.data.TensorDataset(mels, torch.from_numpy(data.targets).float())
    loader = torch.utils.data.DataLoader(dataset, BATCH_SIZE, shuffle=True)
    network = plain_network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=SETTINGS.learning_rate)
    criterion = nn.BCEWithLogitsLoss()

    def epoch() -> None:
        total = 0.0
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            batch_loss = criterion(network(inputs), targets)
            batch_loss.backward()
            optimizer.step()
            total += batch_loss.item()

    def work() -> float:
        epoch()
        start = time.perf_counter()
        epoch()
        return (time.perf_counter() - start) / N_STEPS

    return work


def check(folder: Path) -> None:
    """Both precisions learn alike, and the plain network is the same one: equal weights agree."""
    network, exact = train(folder, "float32", 128)
    _, rounded = train(folder, "bfloat16", 128)
    np.testing.assert_allclose(rounded, exact, atol=0.02)
    same = plain_network().eval()
    weights = [value.cpu() for name, value in network.state_dict().items() if "input_" not in name]
    same.load_state_dict(dict(zip(same.state_dict(), weights, strict=True)))
    mels = torch.from_numpy(examples(16).mels)
    with torch.no_grad():
        expected = network.cpu()(mels)
        torch.testing.assert_close(same(network.standardise(mels)), expected, atol=1e-4, rtol=1e-4)


PLAIN = "plain PyTorch loop"
COMPARISON = Comparison(
    "A step of training: the paper's network, 64 spectrograms",
    {
        OURS: partial(stemlens, precision="float32"),
        PLAIN: plain,
        f"{OURS}, bfloat16": partial(stemlens, precision="bfloat16"),
    },
    check=check,
    targets={PLAIN: 2},
    note="time of an epoch ÷ its steps.",
    n_threads=N_THREADS,
    n_warm_ups=0,
)

"""A step of training, beside a plain PyTorch loop and the bare step."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
import yaml
from contest import OURS, Target
from stemlens.audio.labelled_mels import LabelledMels
from stemlens.audio.mixes import mix_targets
from stemlens.model.architecture import Architecture
from stemlens.model.cnn import CNN
from stemlens.model.device import choose_device, place
from stemlens.model.initialisation import new_network
from stemlens.target_type import MULTI_LABEL
from stemlens.training import training
from stemlens.training.objective import loss
from torch import Tensor, nn

N_EPOCHS, N_STEPS, BATCH_SIZE, N_THREADS = 2, 10, 64, 2
N_MIXES = N_STEPS * BATCH_SIZE
"""Whole batches alone, so that a step is a step for everyone."""
TITLE = "A step of training: the paper's network, a batch of 64 spectrograms"
THREADS, ROUNDS, WARM_UPS, CALLS = N_THREADS, 3, 0, 1
CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text("utf-8"))
ARCHITECTURE = Architecture.from_settings(CONFIG["networks"]["paper"])
SETTINGS = training.TrainingSettings(
    epochs=N_EPOCHS,
    batch_size=BATCH_SIZE,
    learning_rate=CONFIG["training"]["learning_rate"],
    l2=CONFIG["training"]["l2"],
    standardise=True,
)
BFLOAT16 = f"{OURS}, bfloat16"
PLAIN, LIMIT, LIMIT_BFLOAT16 = "plain PyTorch loop", "bare step", "bare step, bfloat16"
NOTE = (
    f"Time per step of whole epochs ({N_MIXES} mixes), set-up and first epoch left out."
    " A bare step is forward, backward and optimiser on one batch that lies on the device, with our"
    " network and our allocator."
)


def examples(n_mixes: int = N_MIXES) -> LabelledMels:
    """Noise; what is in a spectrogram does not change what a step takes."""
    targets = np.resize(mix_targets(4), (n_mixes, 4))
    mels = np.random.default_rng(0).normal(-40, 15, (len(targets), 80, 300))
    return LabelledMels(mels.astype(np.float32), targets, MULTI_LABEL, list("abcd"))


def prepare(folder: Path) -> None:
    """Nothing that would have to lie on a disk."""


def run_training(
    folder: Path,
    settings: training.TrainingSettings,
    device: torch.device,
    n_mixes: int = N_MIXES,
) -> tuple[CNN, list[float], list[float]]:
    """Train; return the network, the losses, and when the log named each epoch's scores."""
    times: list[float] = []
    clock = SimpleNamespace(level=0, handle=lambda record: times.append(record.created))
    training.logger.setLevel(logging.INFO)
    training.logger.addHandler(clock)  # type: ignore[arg-type]
    state = folder / f"{time.time_ns()}" / "state.pt"
    network, history = training.train(
        ARCHITECTURE,
        settings,
        examples(n_mixes),
        seed=0,
        device=device,
        resume_path=state,
        code="",
    )
    training.logger.removeHandler(clock)  # type: ignore[arg-type]
    return network, list(history["loss"]), times


def stemlens(folder: Path, precision: str) -> Callable[[], float]:
    """The library's training, with all that it does in an epoch: order, scores, state on disk."""
    device, settings = choose_device(N_THREADS), replace(SETTINGS, precision=precision)

    def work() -> float:
        _, _, times = run_training(folder, settings, device)
        return (times[N_EPOCHS - 1] - times[0]) / (N_EPOCHS - 1) / N_STEPS

    return work


def plain_network() -> nn.Module:
    """The paper's network as one would write it down."""
    layers: list[nn.Module] = []
    n_channels = 1
    for block in ARCHITECTURE.conv:
        layers += [
            nn.Conv2d(n_channels, block.filters, block.kernel, padding="same"),
            nn.BatchNorm2d(block.filters),
            nn.LeakyReLU(ARCHITECTURE.leaky_slope),
            nn.MaxPool2d(block.pool),
        ]
        n_channels = block.filters
    layers.append(nn.Flatten())
    n_inputs = int(np.prod(ARCHITECTURE.layer_shapes(80, 300, 4)[f"conv{len(ARCHITECTURE.conv)}"]))
    for dense in ARCHITECTURE.dense:
        layers += [
            nn.Linear(n_inputs, dense.units),
            nn.BatchNorm1d(dense.units),
            nn.LeakyReLU(ARCHITECTURE.leaky_slope),
            nn.Dropout(ARCHITECTURE.dropout),
        ]
        n_inputs = dense.units
    return nn.Sequential(*layers, nn.Linear(n_inputs, 4))


def plain(_: Path) -> Callable[[], float]:
    """Examples from a DataLoader, float32, PyTorch as it comes."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(N_THREADS)
    data = examples()
    mels = (data.mels - data.mels.mean()) / data.mels.std()
    dataset = torch.utils.data.TensorDataset(
        torch.from_numpy(mels).unsqueeze(1), torch.from_numpy(data.targets).float()
    )
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
        for _ in range(N_EPOCHS - 1):
            epoch()
        return (time.perf_counter() - start) / (N_EPOCHS - 1) / N_STEPS

    return work


def bare(_: Path, precision: str) -> Callable[[], float]:
    """The limit: one batch on the device, and nothing but steps."""
    device, data = choose_device(N_THREADS), examples()
    network = new_network(ARCHITECTURE, data, standardise=True, seed=0)
    place(network, device)
    optimizer = torch.optim.Adam(network.parameters(), lr=SETTINGS.learning_rate)
    mels = torch.from_numpy(data.mels[:BATCH_SIZE]).to(device)
    targets = torch.from_numpy(data.targets[:BATCH_SIZE]).to(device, torch.float32)

    def steps(n_steps: int) -> None:
        for _ in range(n_steps):
            step(network, optimizer, mels, targets, precision)
        if device.type == "cuda":
            torch.cuda.synchronize()

    def work() -> float:
        steps(N_STEPS)
        n_steps = (N_EPOCHS - 1) * N_STEPS
        start = time.perf_counter()
        steps(n_steps)
        return (time.perf_counter() - start) / n_steps

    return work


def step(
    network: CNN, optimizer: torch.optim.Adam, mels: Tensor, targets: Tensor, precision: str
) -> None:
    """Forward, backward, optimiser."""
    in_bfloat16 = precision == "bfloat16"
    autocast = torch.autocast(mels.device.type, torch.bfloat16) if in_bfloat16 else nullcontext()
    with autocast:
        output = network(mels)
    optimizer.zero_grad(set_to_none=True)
    loss(output.float(), targets, MULTI_LABEL).backward()
    optimizer.step()


def seconds_of(_contestant: str, _elapsed_s: float, result: float) -> float:
    """Each takes its own time, without its set-up."""
    return result


def computes_in_bfloat16() -> bool:
    """Whether this machine has instructions for it."""
    flags = Path("/proc/cpuinfo").read_text()
    return torch.cuda.is_available() or "amx_bf16" in flags or "avx512_bf16" in flags


CONTESTANTS: Mapping[str, Callable[[Path], Callable[[], float]]] = {
    OURS: partial(stemlens, precision="float32"),
    LIMIT: partial(bare, precision="float32"),
    BFLOAT16: partial(stemlens, precision="bfloat16"),
    LIMIT_BFLOAT16: partial(bare, precision="bfloat16"),
    PLAIN: plain,
}
OF_LIMIT = 0.9 if torch.cuda.is_available() else 0.95
TARGETS = [
    Target(LIMIT, at_least=OF_LIMIT),
    Target(LIMIT_BFLOAT16, at_least=OF_LIMIT, ours=BFLOAT16),
    *([Target(PLAIN, at_least=2, ours=BFLOAT16)] if computes_in_bfloat16() else []),
]


def check(folder: Path) -> None:
    """Both precisions learn alike, and the plain network is the same one: equal weights agree."""
    device = choose_device(N_THREADS)
    network, exact, _ = run_training(folder, SETTINGS, device, 128)
    in_bfloat16 = replace(SETTINGS, precision="bfloat16")
    _, rounded, _ = run_training(folder, in_bfloat16, device, 128)
    np.testing.assert_allclose(rounded, exact, atol=0.02)
    same = plain_network().eval()
    values = [value.cpu() for name, value in network.state_dict().items() if "input_" not in name]
    with torch.no_grad():
        names = [name for name in same.state_dict() if not is_redundant_offset(same, name)]
        zeros = {n: torch.zeros_like(v) for n, v in same.state_dict().items() if n not in names}
        same.load_state_dict(zeros | dict(zip(names, values, strict=True)))
        mels = torch.from_numpy(examples(16).mels)
        expected = network.cpu()(mels)
        torch.testing.assert_close(same(network.standardise(mels)), expected, atol=1e-4, rtol=1e-4)


def is_redundant_offset(network: nn.Module, name: str) -> bool:
    """Whether it is the offset of a layer before a batch norm, which ours leaves out."""
    layer, _, kind = name.rpartition(".")
    is_last = int(layer) == len(network) - 1  # type: ignore[arg-type]
    is_norm = isinstance(network[int(layer)], nn.BatchNorm1d | nn.BatchNorm2d)  # type: ignore[index]
    return kind == "bias" and not is_norm and not is_last

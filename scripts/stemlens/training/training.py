"""Training a network; an interrupted run is resumed after its last whole epoch."""

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import f1_score
from torch import Tensor
from tqdm import tqdm

from stemlens.audio.labelled_mels import LabelledMels
from stemlens.errors import InputError
from stemlens.evaluation.predicted_classes import predicted_classes
from stemlens.model.architecture import Architecture
from stemlens.model.batch_norm import calibrate_batch_norm
from stemlens.model.cnn import CNN, EVALUATION_BATCH_SIZE, probabilities
from stemlens.model.device import place
from stemlens.model.initialisation import new_network
from stemlens.training.history import fall_note
from stemlens.training.objective import loss
from stemlens.training.training_set import TrainingSet
from stemlens.training.training_state import load_state, run_key, save_state, waiting_for_lock

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes
    ----------
    epochs, batch_size
        Passes over the training examples; examples per step.
    learning_rate
        Of Adam.
    l2
        λ of the penalty λ·Σw² on the weights of each dense layer but the output.
    standardise
        Whether the input is standardised with the mean and standard deviation of all training
        spectrograms.
    precision
        ``float32``, or ``bfloat16`` for what PyTorch's autocast computes in it: convolutions and
        dense layers; weights, batch norm and loss stay in float32.
    compile
        Whether torch.compile compiles the network first; it needs a C++ compiler on the CPU.
    balance_classes
        Whether rare classes count more, so that all count the same in sum; only where an example
        has one class.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    l2: float
    standardise: bool
    precision: str = "float32"
    compile: bool = False
    balance_classes: bool = False


def train(
    architecture: Architecture,
    settings: TrainingSettings,
    examples: LabelledMels,
    *,
    validation: LabelledMels | None = None,
    seed: int,
    device: torch.device,
    resume_path: Path,
    code: str,
) -> tuple[CNN, pd.DataFrame]:
    """Train a network with Adam; then take batch norm's statistics from all examples.

    Each epoch draws its order and its dropout from the seed and its number, so that a run that is
    resumed from `resume_path` gives the same result as one that was never interrupted.

    Parameters
    ----------
    examples, validation
        Examples to train on, and others that are only scored after each epoch.
    seed
        Of the initial weights, the order of examples and dropout.
    resume_path
        Where the state is kept after each epoch. A state from other settings, data or code is
        ignored; the caller deletes it when it has stored the result.
    code
        Digest of the code; a state of other code is ignored.

    Returns
    -------
    network : CNN
        In evaluation mode.
    history : DataFrame
        A row per epoch: ``epoch`` (from 1), ``loss``, ``macro_f1``, ``subset_accuracy`` (the share
        of examples of which every class is right) of the training examples during the
        epoch, and the same with ``validation_`` before the name. The last row has both also with
        ``saved_`` before the name: of the network as it is returned.

    Raises
    ------
    InputError
        If nothing can be learned from the examples, or weights or loss become NaN or infinite.
    """
    resume_path.parent.mkdir(parents=True, exist_ok=True)
    # A killed workflow can leave its training process behind: wait for it to end.
    with waiting_for_lock(resume_path):
        key = run_key(architecture, settings, examples, validation, seed, code)
        network = new_network(architecture, examples, standardise=settings.standardise, seed=seed)
        place(network, device)
        optimizer = _optimizer(network, settings)
        history = load_state(resume_path, key, network, optimizer)
        if settings.compile:
            network.compile()
        training_set = TrainingSet.on(device, examples, balance_classes=settings.balance_classes)
        epochs = range(len(history) + 1, settings.epochs + 1)
        progress = tqdm(
            epochs, desc="train", unit="epoch", initial=len(history), total=settings.epochs,
            leave=False, disable=None,
        )  # fmt: skip
        for epoch in progress:
            torch.manual_seed(_epoch_seed(seed, epoch))
            row = {"epoch": epoch, **_run_epoch(network, optimizer, training_set, settings)}
            if validation is not None:
                scores = _scores_in_evaluation(network, validation)
                row |= {f"validation_{name}": value for name, value in scores.items()}
            history.append(row)
            save_state(resume_path, key, network, optimizer, history)
            progress.set_postfix(loss=f"{row['loss']:.4f}", macro_f1=f"{row['macro_f1']:.3f}")
            logger.info(_in_one_line(row))
        calibrate_batch_norm(network, training_set.mels)
        scores = _scores_in_evaluation(network, examples, training_set.class_weights)
        saved = {f"saved_{name}": value for name, value in scores.items()}
        if validation is not None:
            scores = _scores_in_evaluation(network, validation)
            saved |= {f"saved_validation_{name}": value for name, value in scores.items()}
        logger.info(_in_one_line(saved))
        history[-1] |= saved
    table = pd.DataFrame(history)
    if note := fall_note(table):
        logger.warning("%s", note)
    return network, table


def _optimizer(network: CNN, settings: TrainingSettings) -> torch.optim.Adam:
    dense: list[Tensor] = [layer.dense.weight for layer in network.dense]
    penalised = {id(weight) for weight in dense}
    others: list[Tensor] = [p for p in network.parameters() if id(p) not in penalised]
    # Adam's weight_decay adds its multiple of w to the gradient; that of λ·w² is 2·λ·w.
    groups: list[dict[str, Any]] = [
        {"params": dense, "weight_decay": 2 * settings.l2},
        {"params": others},
    ]
    return torch.optim.Adam(groups, lr=settings.learning_rate)


def _epoch_seed(seed: int, epoch: int) -> int:
    return int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0])


def _run_epoch(
    network: CNN,
    optimizer: torch.optim.Adam,
    training_set: TrainingSet,
    settings: TrainingSettings,
) -> dict[str, float]:
    """Train for an epoch; return the scores of the examples during it."""
    network.train()
    targets, target_type = training_set.targets, network.target_type
    order = torch.randperm(len(targets))
    # Batch norm needs a variance: a single example that is left over is skipped in this epoch.
    order = order[: len(order) - (len(order) % settings.batch_size == 1)]
    logits = torch.empty_like(targets)
    in_bfloat16 = settings.precision == "bfloat16"
    for batch, mels in training_set.batches(order, settings.batch_size):
        with torch.autocast(targets.device.type, torch.bfloat16, enabled=in_bfloat16):
            output = network(mels)
        batch_loss = loss(output.float(), targets[batch], target_type, training_set.class_weights)
        optimizer.zero_grad(set_to_none=True)
        batch_loss.backward()
        optimizer.step()
        logits[batch] = output.detach().float()
    seen = order.to(targets.device)
    logits, targets = logits[seen], targets[seen]
    epoch_loss = float(loss(logits, targets, target_type, training_set.class_weights))
    _demand_finite(network, epoch_loss, settings)
    return {"loss": epoch_loss, **_right_answers(logits, targets, target_type)}


def _demand_finite(network: CNN, epoch_loss: float, settings: TrainingSettings) -> None:
    """Refuse the result of too large steps; the examples are known to be finite."""
    values = [value for value in network.state_dict().values() if value.is_floating_point()]
    if math.isfinite(epoch_loss) and all(value.isfinite().all() for value in values):
        return
    raise InputError(
        f"training.learning_rate: with {settings.learning_rate:g} the loss or the weights became"
        " NaN or infinite; use a smaller one"
    )


@torch.no_grad()
def _scores_in_evaluation(
    network: CNN, examples: LabelledMels, class_weights: Tensor | None = None
) -> dict[str, float]:
    network.eval()
    device = network.input_mean_db.device
    batches = torch.from_numpy(examples.mels).split(EVALUATION_BATCH_SIZE)
    # Not network(batch), for which torch.compile would compile the network a second time.
    logits = torch.cat([network.forward(batch.to(device)) for batch in batches])
    targets = torch.from_numpy(examples.targets).to(device, torch.float32)
    of_all = float(loss(logits, targets, network.target_type, class_weights))
    return {"loss": of_all, **_right_answers(logits, targets, network.target_type)}


def _right_answers(logits: Tensor, targets: Tensor, target_type: str) -> dict[str, float]:
    predicted = predicted_classes(probabilities(logits, target_type).cpu().numpy(), target_type)
    true = (targets > 0.5).cpu().numpy()
    return {
        "macro_f1": float(f1_score(true, predicted, average="macro", zero_division=0)),
        "subset_accuracy": float((predicted == true).all(axis=1).mean()),
    }


def _in_one_line(scores: dict[str, float]) -> str:
    return " ".join(f"{name} {value:.4g}" for name, value in scores.items())

"""The state of a training on disk after its last epoch, from which it can be resumed."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock

from stemlens.atomic import replacing
from stemlens.audio.labelled_mels import LabelledMels
from stemlens.errors import InputError
from stemlens.model.cnn import CNN
from stemlens.model.tensor_file import load_tensors

logger = logging.getLogger(__name__)


@contextmanager
def waiting_for_lock(path: Path) -> Iterator[None]:
    """Wait until no other process holds the lock beside a state; hold it while the block runs.

    Some file systems of clusters have no locks: then there is a warning, and no protection.
    """
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire()
    except (OSError, NotImplementedError) as error:
        logger.warning("no lock against a second training in %s: %s", path.parent, error)
    try:
        yield
    finally:
        lock.release()


def run_key(*parts: Any) -> str:
    """Digest all that determines the result of a run: settings, data, seed and code."""
    digest = hashlib.blake2b()
    for part in parts:
        if isinstance(part, LabelledMels):
            digest.update(part.target_type.encode())
            digest.update(part.mels.data)
            digest.update(part.targets.data)
        else:
            plain = part if isinstance(part, int | str | None) else asdict(part)
            digest.update(json.dumps(plain, sort_keys=True).encode())
    return digest.hexdigest()


def save_state(
    path: Path,
    key: str,
    network: CNN,
    optimizer: torch.optim.Optimizer,
    history: list[dict[str, float]],
) -> None:
    """Write the state after the last epoch of `history`."""
    with replacing(path) as beside:
        torch.save(
            {
                "run_key": key,
                "history": history,
                "network": network.state_dict(),
                "optimizer": optimizer.state_dict(),
            },
            beside,
        )


def load_state(
    path: Path, key: str, network: CNN, optimizer: torch.optim.Optimizer
) -> list[dict[str, float]]:
    """Read what `save_state` wrote into network and optimizer.

    Returns
    -------
    list
        The history, a row per epoch that is done; empty where there is no state of this run.
    """
    if not path.exists():
        return []
    # On the CPU first: the run may be resumed without the GPU that it began on.
    try:
        state: Mapping[str, Any] = load_tensors(path)
    except InputError:
        logger.warning("%s is damaged: starting at epoch 1", path)
        return []
    if state["run_key"] != key:
        logger.info("%s belongs to other settings, data or code: starting at epoch 1", path)
        return []
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    history = list(state["history"])
    logger.info("going on after epoch %d", len(history))
    return history

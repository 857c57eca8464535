"""The state of a training run on disk: what it needs to go on as if it had never stopped."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock
from torch import Tensor

from stemlens.atomic import replacing
from stemlens.audio.labelled_mels import LabelledMels
from stemlens.model.cnn import CNN

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PartialEpoch:
    """An epoch that was left in its midst.

    Attributes
    ----------
    n_batches
        How many of its batches are done.
    logits : Tensor, shape (example, class)
        What the network said of the examples seen so far.
    random_states
        Of the CPU and of every CUDA device.
    """

    n_batches: int
    logits: Tensor
    random_states: list[Tensor]

    @classmethod
    def now(cls, n_batches: int, logits: Tensor) -> "PartialEpoch":
        """Take down the present random states."""
        return cls(n_batches, logits, [torch.get_rng_state(), *torch.cuda.get_rng_state_all()])

    def restore_random_states(self) -> None:
        """Go on with the random numbers that would have come next."""
        cpu, *cuda = self.random_states
        torch.set_rng_state(cpu)
        if len(cuda) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(cuda)


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
    """Digest all that decides how a run goes: settings, data, seed and code."""
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
    partial: PartialEpoch | None = None,
) -> None:
    """Write the state after the last epoch of `history`, or in the midst of the next one."""
    with replacing(path) as beside:
        torch.save(
            {
                "run_key": key,
                "history": history,
                "partial": None if partial is None else vars(partial),
                "network": network.state_dict(),
                "optimizer": optimizer.state_dict(),
            },
            beside,
        )


def load_state(
    path: Path, key: str, network: CNN, optimizer: torch.optim.Optimizer
) -> tuple[list[dict[str, float]], PartialEpoch | None]:
    """Read what `save_state` wrote into network and optimizer.

    Returns
    -------
    history : list
        A row per epoch that is done; empty where there is no state of this run.
    partial : PartialEpoch or None
        The epoch that was left in its midst.
    """
    if not path.exists():
        return [], None
    # On the CPU first: the run may go on without the GPU that it began on.
    state: Mapping[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    if state["run_key"] != key:
        logger.info("%s belongs to other settings, data or code: starting anew", path)
        return [], None
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    partial = None if state["partial"] is None else PartialEpoch(**state["partial"])
    history = list(state["history"])
    within = f" and {partial.n_batches} batches" if partial else ""
    logger.info("going on after epoch %d%s", len(history), within)
    return history, partial

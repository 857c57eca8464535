"""Reading what `torch.save` wrote: tensors and plain values, never code."""

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from stemlens.errors import InputError


def load_tensors(path: str | Path, device: torch.device | str = "cpu") -> Any:
    """Read a file of tensors.

    A file of PyTorch is a pickle, which may call any function as it is read. Only tensors and plain
    values are accepted.

    Raises
    ------
    InputError
        If there is anything else in it, or it is damaged.
    """
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except (MemoryError, torch.OutOfMemoryError):
        raise
    # Damaged bytes raise all sorts of errors, even IndexError.
    except Exception as error:
        # PyTorch advises to read it as code.
        reason = str(error).rpartition("WeightsUnpickler error: ")[2].strip().partition("\n")[0]
        if isinstance(error, UnpicklingError) and reason.startswith("Weights only load failed"):
            reason = "other content"
        reason = reason or type(error).__name__
        raise InputError(
            f"{path}: cannot be read as weights ({reason}); expected tensors that torch.save wrote,"
            " and nothing else: it is damaged, or not to be trusted; get it again, or delete it"
            " and run again if it is of a run"
        ) from error

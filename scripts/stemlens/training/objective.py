"""The loss that training minimises."""

from torch import Tensor
from torch.nn import functional

from stemlens.target_type import SINGLE_LABEL


def loss(
    logits: Tensor, targets: Tensor, target_type: str, class_weights: Tensor | None = None
) -> Tensor:
    """Mean cross-entropy over examples, or mean binary cross-entropy over examples and classes.

    Parameters
    ----------
    logits : Tensor, float32, shape (example, class)
    targets : Tensor, float32, shape (example, class)
        1 for a class of the example, else 0.
    target_type
        See `stemlens.target_type`.
    class_weights : Tensor, shape (class,), optional
        Weight of an example of each class, where it has only one.
    """
    if target_type == SINGLE_LABEL:
        return functional.cross_entropy(logits, targets, weight=class_weights)
    return functional.binary_cross_entropy_with_logits(logits, targets)

"""Statistics of batch norm in evaluation, computed over the whole training set."""

from collections.abc import Callable, Iterable
from contextlib import suppress

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from stemlens.errors import InputError
from stemlens.finite import demand_finite
from stemlens.model.cnn import CNN, EVALUATION_BATCH_SIZE

VARIANCE_ROUNDING = 1e-12
"""A unit whose variance is no larger than this share of its mean square is constant."""


RECALIBRATE = (
    "use a smaller training.learning_rate or training.l2, or check that the examples differ"
)


def calibrate_batch_norm(network: CNN, mels: Tensor) -> None:
    """Do what `calibrate_on` does, on all training spectrograms, (example, band, frame) in dB."""
    device = network.input_mean_db.device
    calibrate_on(
        network,
        lambda: (batch.to(device) for batch in mels.split(EVALUATION_BATCH_SIZE)),
        remedy=RECALIBRATE,
    )


@torch.no_grad()
def calibrate_on(
    network: nn.Module,
    batches: Callable[[], Iterable[Tensor]],
    *,
    remedy: str,
    run: Callable[[Tensor], object] | None = None,
) -> None:
    """Give every batch norm the mean and variance of what reaches it in evaluation.

    Training keeps moving averages: after n steps they hold 0.9ⁿ of their initial values, they lag
    behind the weights, and dropout widens them. Here the statistics are computed over all
    examples, without dropout, one batch norm after the other in the order in which they are
    called, since each changes the input of the next: then every unit has mean 0 and variance 1
    over the examples (but for a batch norm that a pass calls several times, which sees all of its
    inputs, the later ones as its old statistics left them). The variance is divided by n, as batch
    norm does within a batch of n in training. Called "population statistics" by Wu and Johnson
    (Rethinking "Batch" in BatchNorm, 2021).

    Parameters
    ----------
    network
        Changed in place and left in evaluation mode.
    batches
        Returns the examples, as the network takes them, batch by batch; called once for each batch
        norm. Memory does not grow with their number.
    remedy
        What to do if the statistics are NaN or infinite, or all examples alike.
    run
        Passes a batch through the network; its ``forward`` where nothing is given.

    Raises
    ------
    InputError
        If no unit of a layer tells the examples apart, or its values are too large for float32.
    """
    network.eval()
    # Not network(batch), which runs compiled code where there is some, without hooks.
    run = run or network.forward
    for name, (module, n_calls) in _called_norms(network, run, next(iter(batches()))).items():
        moments = _Moments(is_called_once=n_calls == 1)
        hook = module.register_forward_pre_hook(moments.add_input, with_kwargs=True)
        n_examples = 0
        for batch in batches():
            n_examples += len(batch)
            with suppress(_Reached):
                run(batch)
        hook.remove()
        statistics = torch.stack([moments.mean, moments.variance]).cpu().numpy()
        demand_finite(statistics, f"network: mean and variance before {name}", remedy=remedy)
        if not (moments.variance > VARIANCE_ROUNDING * (moments.mean**2 + moments.variance)).any():
            raise InputError(
                f"network, {name.removesuffix('.norm')}: each of its units has one value for all"
                f" {n_examples} training examples; expected some that differ: {remedy}"
            )
        module.running_mean.copy_(moments.mean)  # type: ignore[union-attr]
        module.running_var.copy_(moments.variance)  # type: ignore[union-attr]


def _called_norms(
    network: nn.Module, run: Callable[[Tensor], object], batch: Tensor
) -> dict[str, tuple[_BatchNorm, int]]:
    """Batch norms that keep statistics, as they are called, and how often in a pass."""
    calls: list[str] = []
    norms = {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, _BatchNorm) and module.running_mean is not None
    }
    hooks = [
        module.register_forward_pre_hook(lambda *_, name=name: calls.append(name))
        for name, module in norms.items()
    ]
    if norms:
        run(batch[:1])
    for hook in hooks:
        hook.remove()
    return {name: (norms[name], calls.count(name)) for name in dict.fromkeys(calls)}


class _Reached(BaseException):
    """Ends a pass where nothing that follows is needed; no error, so that no one handles it."""


class _Moments:
    """Mean and variance of each channel, of values that come in batches."""

    def __init__(self, *, is_called_once: bool) -> None:
        self.is_called_once = is_called_once
        self.n = 0
        self.mean = self.variance = torch.zeros(())

    def add_input(
        self, _module: nn.Module, inputs: tuple[Tensor, ...], keywords: dict[str, Tensor]
    ) -> None:
        """Take the values that reach a module, (example, channel, …), and go no further."""
        (values,) = (*inputs, *keywords.values())
        over = [axis for axis in range(values.ndim) if axis != 1]
        mean = values.mean(over, keepdim=True)
        # Twice as fast as torch.var, and as exact: the mean is known.
        variance = (values - mean).square_().mean(over).double()
        self._merge(values.numel() // values.shape[1], mean.flatten().double(), variance)
        if self.is_called_once:
            raise _Reached

    def _merge(self, n: int, mean: Tensor, variance: Tensor) -> None:
        """Chan, Golub and LeVeque 1983: no difference of large numbers."""
        if self.n == 0:
            self.mean, self.variance = torch.zeros_like(mean), torch.zeros_like(variance)
        share = n / (self.n + n)
        difference = mean - self.mean
        within = (1 - share) * self.variance + share * variance
        self.variance = within + share * (1 - share) * difference**2
        self.mean = self.mean + share * difference
        self.n += n

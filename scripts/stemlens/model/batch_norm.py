"""Statistics of batch norm in evaluation, computed over the whole training set."""

import torch
from torch import Tensor, nn

from stemlens.errors import InputError
from stemlens.finite import RETRAIN, demand_finite
from stemlens.model.cnn import CNN, EVALUATION_BATCH_SIZE

VARIANCE_ROUNDING = 1e-12
"""A unit whose variance is no larger than this share of its mean square is constant."""


@torch.no_grad()
def calibrate_batch_norm(network: CNN, mels: Tensor) -> None:
    """Give every batch norm the mean and variance of what reaches it in evaluation.

    Training keeps moving averages: after n steps they hold 0.9ⁿ of their initial values, they lag
    behind the weights, and dropout widens them. Here the statistics are computed over the whole
    training set, without dropout, one batch norm after the other from the input on, since each
    changes the input of the next: then every unit has mean 0 and variance 1 over the training set.
    The variance is divided by n, as batch norm does within a batch of n in training. Called
    "population statistics" by Wu and Johnson (Rethinking "Batch" in BatchNorm, 2021).

    Parameters
    ----------
    network
        Changed in place and left in evaluation mode.
    mels : Tensor, float32, shape (example, band, frame)
        All training spectrograms in dB, on any device. Memory does not grow with their number.

    Raises
    ------
    InputError
        If no unit of a layer tells the examples apart, or its values are too large for float32.
    """
    network.eval()
    device = network.input_mean_db.device
    for name, module in network.named_modules():
        if not isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            continue
        moments = _Moments(module.num_features, device)
        hook = module.register_forward_pre_hook(moments.add_input)
        for batch in mels.split(EVALUATION_BATCH_SIZE):
            # Not network(batch), which runs compiled code where there is some, without hooks.
            network.forward(batch.to(device))
        hook.remove()
        statistics = torch.stack([moments.mean, moments.variance]).cpu().numpy()
        demand_finite(statistics, f"network: mean and variance before {name}", remedy=RETRAIN)
        if not (moments.variance > VARIANCE_ROUNDING * (moments.mean**2 + moments.variance)).any():
            raise InputError(
                f"network, {name.removesuffix('.norm')}: each of its units has one value for all"
                f" {len(mels)} training examples; expected some that differ: use a smaller"
                " training.learning_rate or training.l2, or check that the examples differ"
            )
        assert module.running_mean is not None
        assert module.running_var is not None
        module.running_mean.copy_(moments.mean)
        module.running_var.copy_(moments.variance)


class _Moments:
    """Mean and variance of each channel, of values that come in batches."""

    def __init__(self, n_channels: int, device: torch.device) -> None:
        self.n = 0
        self.mean = torch.zeros(n_channels, dtype=torch.float64, device=device)
        self.variance = torch.zeros_like(self.mean)

    def add_input(self, _module: nn.Module, inputs: tuple[Tensor]) -> None:
        """Take the values that reach a module, (example, channel, …)."""
        (values,) = inputs
        over = [axis for axis in range(values.ndim) if axis != 1]
        mean = values.mean(over, keepdim=True)
        # Twice as fast as torch.var, and as exact: the mean is known.
        variance = (values - mean).square_().mean(over).double()
        self._merge(values.numel() // values.shape[1], mean.flatten().double(), variance)

    def _merge(self, n: int, mean: Tensor, variance: Tensor) -> None:
        """Chan, Golub and LeVeque 1983: no difference of large numbers."""
        share = n / (self.n + n)
        difference = mean - self.mean
        within = (1 - share) * self.variance + share * variance
        self.variance = within + share * (1 - share) * difference**2
        self.mean = self.mean + share * difference
        self.n += n

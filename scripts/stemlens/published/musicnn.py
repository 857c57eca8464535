"""musicnn, a tagger of music (docs/published_models.md)."""

import torch
from torch import Tensor, nn

from stemlens.front_end.log_mel_patches import N_BANDS, LogMelPatches
from stemlens.published.keras_weights import EPSILON, load_layers

TIMBRAL_FRAMES = 7
N_TIMBRAL = 204
N_TEMPORAL = 51
N_BRANCH_CHANNELS = 2 * N_TIMBRAL + 3 * N_TEMPORAL
N_MID_END = 64
N_DENSE = 200
N_TAGS = 50


class Branch(nn.Module):
    """Filters of so many frames and bands: (patch, 1, frame, band) → (patch, channel, frame).

    Convolution, ReLU, batch norm, and the maximum over bands. As many frames come out as go in.
    """

    def __init__(self, n_filters: int, n_frames: int, n_bands: int) -> None:
        super().__init__()
        # As Keras' "same": of an odd number of zeros one more comes behind.
        self.pad = nn.ZeroPad2d((0, 0, (n_frames - 1) // 2, n_frames // 2))
        self.conv = nn.Conv2d(1, n_filters, (n_frames, n_bands))
        self.relu = nn.ReLU()
        self.norm = nn.BatchNorm2d(n_filters, EPSILON)
        self.pool = nn.MaxPool2d((1, N_BANDS - n_bands + 1))

    def forward(self, maps: Tensor) -> Tensor:
        """Compute the features."""
        return self.pool(self.norm(self.relu(self.conv(self.pad(maps))))).squeeze(3)


class Branches(nn.Module):
    """Timbral and temporal filters side by side: (patch, 1, frame, band) → (patch, 561, frame).

    Timbral filters span few frames and 40 % or 70 % of the bands, temporal ones many frames and one
    band.
    """

    def __init__(self) -> None:
        super().__init__()
        self.timbral1 = Branch(N_TIMBRAL, TIMBRAL_FRAMES, int(0.4 * N_BANDS))
        self.timbral2 = Branch(N_TIMBRAL, TIMBRAL_FRAMES, int(0.7 * N_BANDS))
        self.temporal1 = Branch(N_TEMPORAL, 128, 1)
        self.temporal2 = Branch(N_TEMPORAL, 64, 1)
        self.temporal3 = Branch(N_TEMPORAL, 32, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Compute all features."""
        return torch.cat([branch(maps) for branch in self.children()], dim=1)


class MidConv(nn.Module):
    """Convolution over frames, ReLU, batch norm: (patch, channel, frame)."""

    def __init__(self, n_inputs: int, *, is_residual: bool) -> None:
        super().__init__()
        self.conv = nn.Conv1d(n_inputs, N_MID_END, 7, padding=3)
        self.relu = nn.ReLU()
        self.norm = nn.BatchNorm1d(N_MID_END, EPSILON)
        self.is_residual = is_residual

    def forward(self, features: Tensor) -> Tensor:
        """Compute the features; with the input added if it is residual."""
        found = self.norm(self.relu(self.conv(features)))
        return found + features if self.is_residual else found


class MidEnd(nn.Module):
    """Three convolutions over what the branches found: (patch, 561, frame) → (patch, 753, frame).

    What goes in and what each of them returns come out side by side.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = MidConv(N_BRANCH_CHANNELS, is_residual=False)
        self.conv2 = MidConv(N_MID_END, is_residual=True)
        self.conv3 = MidConv(N_MID_END, is_residual=True)

    def forward(self, features: Tensor) -> Tensor:
        """Compute all features."""
        first = self.conv1(features)
        second = self.conv2(first)
        return torch.cat([features, first, second, self.conv3(second)], dim=1)


class MaxAndMean(nn.Module):
    """Maximum and mean over time: (patch, channel, frame) → (patch, 2 * channel), in turn."""

    def forward(self, features: Tensor) -> Tensor:
        """Pool over frames."""
        return torch.stack([features.amax(dim=2), features.mean(dim=2)], dim=2).flatten(1)


class Dense(nn.Module):
    """Dense layer, ReLU, batch norm: (patch, unit)."""

    def __init__(self, n_inputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(n_inputs, N_DENSE)
        self.relu = nn.ReLU()
        self.norm = nn.BatchNorm1d(N_DENSE, EPSILON)

    def forward(self, features: Tensor) -> Tensor:
        """Compute the units."""
        return self.norm(self.relu(self.linear(features)))


class Musicnn(nn.Module):
    """Waveforms (stimulus, sample) to probabilities of tags (stimulus * patch, tag)."""

    def __init__(self) -> None:
        super().__init__()
        self.front_end = LogMelPatches()
        self.norm = nn.BatchNorm2d(1, EPSILON)
        self.branches = Branches()
        self.mid_end = MidEnd()
        self.pool = MaxAndMean()
        n_pooled = 2 * (N_BRANCH_CHANNELS + 3 * N_MID_END)
        self.pool_norm = nn.BatchNorm1d(n_pooled, EPSILON)
        self.dense = Dense(n_pooled)
        self.tags = nn.Linear(N_DENSE, N_TAGS)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Compute the probabilities."""
        return self.classify(self.front_end(waveforms))

    def classify(self, patches: Tensor) -> Tensor:
        """(patch, frame, band) → (patch, tag)."""
        features = self.mid_end(self.branches(self.norm(patches.unsqueeze(1))))
        return torch.sigmoid(self.tags(self.dense(self.pool_norm(self.pool(features)))))

    def keras_layers(self) -> dict[str, nn.Module]:
        """Name of the layer in the file of weights → the module that gets them."""
        layers: dict[str, nn.Module] = {
            "batch_normalization": self.norm,
            "bn_flatpool": self.pool_norm,
            "dense": self.dense.linear,
            "bn_dense": self.dense.norm,
            "dense_1": self.tags,
        }
        branches, mid_end = self.branches, self.mid_end
        timbral = [branches.timbral1, branches.timbral2]
        temporal = [branches.temporal1, branches.temporal2, branches.temporal3]
        for number, branch in enumerate([*timbral, *temporal]):
            layers[f"conv2d_{number}" if number else "conv2d"] = branch.conv
            layers[f"batch_normalization_{number + 1}"] = branch.norm
        for number, conv in enumerate([mid_end.conv1, mid_end.conv2, mid_end.conv3], start=1):
            layers[f"midend_conv{number}"] = conv.conv
            layers[f"bn_midend_conv{number}"] = conv.norm
        return layers


def musicnn(*, pretrained: bool, weights: str | None = None) -> nn.Module:
    """Build the network.

    Parameters
    ----------
    pretrained
        Whether it has its weights; else PyTorch's initial ones.
    weights
        ``MTT_musicnn.h5`` (MagnaTagATune) or ``MSD_musicnn.h5`` (Million Song Dataset).

    Returns
    -------
    Module
        Float32 waveforms (stimulus, sample), mono at 16 kHz → probabilities (stimulus * patch, 50).

    Raises
    ------
    InputError
        If the weights are missing, or another network's.
    """
    network = Musicnn()
    if pretrained:
        load_layers(weights, network.keras_layers())
    return network

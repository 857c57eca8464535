"""The VGG of musicnn's authors, a tagger of music (docs/published_models.md)."""

import torch
from torch import Tensor, nn

from stemlens.front_end.log_mel_patches import LogMelPatches
from stemlens.published.keras_weights import EPSILON, load_layers

N_FILTERS = 128
N_TAGS = 50


class ConvBlock(nn.Module):
    """Convolution of 3 × 3, ReLU, batch norm, max-pool: (patch, channel, frame, band)."""

    def __init__(self, n_inputs: int, pool: tuple[int, int], stride: tuple[int, int]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(n_inputs, N_FILTERS, 3, padding=1)
        self.relu = nn.ReLU()
        self.norm = nn.BatchNorm2d(N_FILTERS, EPSILON)
        self.pool = nn.MaxPool2d(pool, stride)

    def forward(self, maps: Tensor) -> Tensor:
        """Compute the feature maps."""
        return self.pool(self.norm(self.relu(self.conv(maps))))


class VGG(nn.Module):
    """Waveforms (stimulus, sample) to probabilities of tags (stimulus * patch, tag)."""

    def __init__(self) -> None:
        super().__init__()
        self.front_end = LogMelPatches()
        self.norm = nn.BatchNorm2d(1, EPSILON)
        self.conv1 = ConvBlock(1, pool=(4, 1), stride=(2, 2))
        self.conv2 = ConvBlock(N_FILTERS, pool=(2, 2), stride=(2, 2))
        self.conv3 = ConvBlock(N_FILTERS, pool=(2, 2), stride=(2, 2))
        self.conv4 = ConvBlock(N_FILTERS, pool=(2, 2), stride=(2, 2))
        self.conv5 = ConvBlock(N_FILTERS, pool=(4, 4), stride=(4, 4))
        self.tags = nn.Linear(2 * N_FILTERS, N_TAGS)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Compute the probabilities."""
        return self.classify(self.front_end(waveforms))

    def classify(self, patches: Tensor) -> Tensor:
        """(patch, frame, band) → (patch, tag)."""
        maps = self.norm(patches.unsqueeze(1))
        for block in self._blocks():
            maps = block(maps)
        # Keras flattens with channels last.
        return torch.sigmoid(self.tags(maps.permute(0, 2, 3, 1).flatten(1)))

    def keras_layers(self) -> dict[str, nn.Module]:
        """Name of the layer in the file of weights → the module that gets them."""
        layers: dict[str, nn.Module] = {"bn_input": self.norm, "output": self.tags}
        for number, block in enumerate(self._blocks(), start=1):
            layers[f"{number}CNN"] = block.conv
            layers[f"bn_conv{number}"] = block.norm
        return layers

    def _blocks(self) -> list[ConvBlock]:
        return [self.conv1, self.conv2, self.conv3, self.conv4, self.conv5]


def vgg(*, pretrained: bool, weights: str | None = None) -> nn.Module:
    """Build the network.

    Parameters
    ----------
    pretrained
        Whether it has its weights; else PyTorch's initial ones.
    weights
        ``MTT_vgg.h5`` (MagnaTagATune) or ``MSD_vgg.h5`` (Million Song Dataset).

    Returns
    -------
    Module
        Float32 waveforms (stimulus, sample), mono at 16 kHz → probabilities (stimulus * patch, 50).

    Raises
    ------
    InputError
        If the weights are missing, or another network's.
    """
    network = VGG()
    if pretrained:
        load_layers(weights, network.keras_layers())
    return network

"""A network of one's own over waveforms, to copy.

A factory is a function that returns a network, a ``torch.nn.Module``. It is called with
``pretrained=True`` for the network as it is, and with ``pretrained=False`` for its untrained twin,
once per seed: then PyTorch's generator has been seeded, and the initial weights shall be left as
they are. ``weights``, if the config names a file of them, comes with the first alone; whatever
the config lists under ``arguments`` comes with both.

    networks:
      mine:
        factory: examples/my_model.py:my_model
        weights: my_weights.pt
        input: waveform
        sample_rate_hz: 16000
        layers: ["conv?", "output"]
        pooling: {"conv?": "channel time -> channel"}
    experiment:
      others: [mine]
"""

import torch
from torch import nn


class MyModel(nn.Module):
    """Waveforms (stimulus, sample) to scores of classes (stimulus, class)."""

    def __init__(self, n_classes):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 32, kernel_size=64, stride=16)
        self.conv2 = nn.Conv1d(32, 64, kernel_size=16, stride=8)
        self.dense = nn.Linear(64, n_classes)

    def forward(self, waveforms):
        """Compute the scores."""
        maps = torch.relu(self.conv1(waveforms.unsqueeze(1)))
        maps = torch.relu(self.conv2(maps))
        return self.dense(maps.mean(dim=2))


def my_model(*, pretrained, weights=None, n_classes=10):
    """Build the network: the factory."""
    network = MyModel(n_classes)
    if pretrained and weights:
        network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network

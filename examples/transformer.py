"""A transformer over waveforms in the manner of MERT, with random weights, to copy.

Convolutions turn 16 kHz into 50 frames per second, as in wav2vec 2.0, HuBERT and MERT (Li et al.,
MERT: Acoustic Music Understanding Model with Large-Scale Self-supervised Training, 2024); a
convolution over frames tells positions; then come layers of attention. The width is small, so that
it runs fast. It was never trained: of its weights only a file of yours makes something.

    networks:
      transformer:
        factory: examples/transformer.py:music_transformer
        input: waveform
        sample_rate_hz: 16000
        layers: [front_end, "layers.?", "layers.1?"]
        pooling: "time width -> width"
        twin: false
    experiment:
      others: [transformer]

``layers.*`` would also select what is inside each layer: ``layers.0.self_attn``, whose output is a
tuple (then ``output: 0`` is needed), ``layers.0.norm1`` and others.
"""

import torch
from torch import nn

KERNELS = (10, 3, 3, 3, 3, 2, 2)
STRIDES = (5, 2, 2, 2, 2, 2, 2)
POSITION_FRAMES = 31


class FrontEnd(nn.Module):
    """Waveforms (stimulus, sample) to frames (stimulus, time, width) every 20 ms."""

    def __init__(self, width):
        super().__init__()
        inputs = (1, *[width] * (len(KERNELS) - 1))
        self.convs = nn.ModuleList(
            nn.Conv1d(n_inputs, width, kernel, stride)
            for n_inputs, kernel, stride in zip(inputs, KERNELS, STRIDES, strict=True)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, waveforms):
        """Compute the frames."""
        maps = waveforms.unsqueeze(1)
        for conv in self.convs:
            maps = nn.functional.gelu(conv(maps))
        return self.norm(maps.transpose(1, 2))


class MusicTransformer(nn.Module):
    """Waveforms (stimulus, sample) to frames (stimulus, time, width)."""

    def __init__(self, width, n_layers, n_heads):
        super().__init__()
        self.front_end = FrontEnd(width)
        self.position = nn.Conv1d(width, width, POSITION_FRAMES, padding="same", groups=n_heads)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, n_heads, 4 * width, activation="gelu", batch_first=True
            )
            for _ in range(n_layers)
        )

    def forward(self, waveforms):
        """Compute the frames."""
        frames = self.front_end(waveforms)
        frames = frames + self.position(frames.transpose(1, 2)).transpose(1, 2)
        for layer in self.layers:
            frames = layer(frames)
        return frames


def music_transformer(*, pretrained, weights=None, width=64, n_layers=12, n_heads=4):
    """Build the network: the factory."""
    network = MusicTransformer(width, n_layers, n_heads)
    if pretrained and weights:
        network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network

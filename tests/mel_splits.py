"""Small random splits in which each class fills bands of its own, and a network for them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from stemlens.audio.labelled_mels import LabelledMels
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.mel_store import write_mels, write_split
from stemlens.audio.mixes import mix_targets, solo_mix
from stemlens.audio.segment_columns import active_column
from stemlens.model.architecture import Architecture, ConvBlock, DenseBlock
from stemlens.model.cnn import CNN
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL
from torch import nn

# Networks as small as these gain nothing from threads, which then wait for each other.
torch.set_num_threads(1)

CLASSES = ["drums", "bass", "vocals"]
N_BANDS, N_FRAMES = 12, 16
MEL = MelSettings(
    sample_rate_hz=8000,
    n_fft=256,
    hop_length=200,
    n_mels=N_BANDS,
    f_min_hz=0.0,
    f_max_hz=4000.0,
    floor_db=-100.0,
)
SMALL = Architecture(
    conv=(ConvBlock(3, (3, 3), (2, 2)), ConvBlock(4, (3, 5), (2, 3))),
    dense=(DenseBlock(7), DenseBlock(5)),
    leaky_slope=0.1,
    dropout=0.2,
)


def random_mels(n_segments: int, seed: int) -> np.ndarray:
    """Spectrograms in dB, float32 (segment, mix, band, frame); a class lifts its bands."""
    playing = np.repeat(mix_targets(len(CLASSES)), N_BANDS // len(CLASSES), axis=1)
    noise_shape = (n_segments, *playing.shape, N_FRAMES)
    noise = np.random.default_rng(seed).normal(0, 5, noise_shape)
    return (40.0 * playing[:, :, None] - 60 + noise).astype(np.float32)


def random_mixes(n_segments: int, seed: int) -> LabelledMels:
    """The mixes of `random_mels` and their targets."""
    mels = random_mels(n_segments, seed).reshape(-1, N_BANDS, N_FRAMES)
    targets = np.tile(mix_targets(len(CLASSES)), (n_segments, 1))
    return LabelledMels(mels, targets, MULTI_LABEL, CLASSES)


def random_recordings(n_per_class: Sequence[int], seed: int) -> LabelledMels:
    """Spectrograms of one class each, in mixed order."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.repeat(np.arange(len(CLASSES)), n_per_class))
    targets = np.eye(len(CLASSES), dtype=np.uint8)[classes]
    solo_mixes = [solo_mix(mix_targets(len(CLASSES)), number) for number in classes]
    mels = random_mels(len(classes), seed)[np.arange(len(classes)), solo_mixes]
    return LabelledMels(mels, targets, SINGLE_LABEL, CLASSES)


def write_song(path: Path, song: str, mels: np.ndarray, *, rng: np.random.Generator) -> None:
    """Write the spectrograms of a song with a segment each 10 s; classes play for random times."""
    n = len(mels)
    segments = pd.DataFrame({"song": song, "segment": range(n), "start_s": 10.0 * np.arange(n)})
    for name in CLASSES:
        segments[active_column(name)] = rng.uniform(5, 10, n)
    write_mels(
        path,
        mels,
        np.tile(mix_targets(len(CLASSES)), (n, 1, 1)),
        segments=segments,
        classes=CLASSES,
        target_type=MULTI_LABEL,
        settings=MEL,
    )


def write_random_split(path: Path, n_segments: Mapping[str, int], seed: int = 0) -> None:
    """Write a file for each song (name → number of its segments) and the split that joins them."""
    files = []
    for number, (song, n) in enumerate(n_segments.items()):
        files.append(path.with_suffix("") / f"{number}.h5")
        mels = random_mels(n, seed=100 * seed + number)
        write_song(files[-1], song, mels, rng=np.random.default_rng([seed, number]))
    write_split(path, files, split=path.stem)


def random_network(
    seed: int = 0, architecture: Architecture = SMALL, target_type: str = MULTI_LABEL
) -> CNN:
    """A network in evaluation mode whose every number is random; batch norm flips some signs."""
    torch.manual_seed(seed)
    network = CNN(architecture, N_BANDS, N_FRAMES, len(CLASSES), target_type=target_type)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    network.input_mean_db.fill_(-41.5)
    network.input_std_db.fill_(19.25)
    return network.eval()

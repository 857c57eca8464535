"""Songs of two classes with a few segments, cut as a run does."""

from pathlib import Path

import numpy as np
from corpus_files import noise, write_wav_folder
from cut_segments import main as cut_segments
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.segments import SegmentSettings

RATE_HZ = 22_050
DURATION_S = 2.0
SETTINGS = MelSettings(RATE_HZ, 2048, 735, 40, 0.0, RATE_HZ / 2, -100.0)
CLASSES = [{"name": "low", "stem": "bass"}, {"name": "high", "stem": "vocals"}]
NAMES = ["low", "high"]
MIXES = {"most": 15, "seed": 0}


def write_song(folder: Path, *, n_segments: int, seed: int = 0) -> None:
    """Stereo stems; what follows the segments is silent."""
    stems = {}
    for number, stem in enumerate(("bass", "vocals")):
        left, right = (noise(seed + 10 * number + side, 2 * n_segments + 3) for side in (0, 1))
        stems[stem] = np.stack([left, right], axis=1)
        stems[stem][2 * n_segments * 44_100 :] = 0
    write_wav_folder(folder, stems)


def cut(folder: Path, song: str) -> str:
    table = folder / f"segments/{song}.csv"
    cut_segments(
        str(folder / song),
        str(folder / "segments" / song),
        str(table),
        song=song,
        split="test",
        classes=CLASSES,
        unequal_stems="error",
        broken_songs="stop",
        threshold_db=-60,
        settings=SegmentSettings(RATE_HZ, DURATION_S, 1, 2048, 512),
    )
    return str(table)

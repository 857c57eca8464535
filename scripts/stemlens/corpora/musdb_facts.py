"""Facts about MUSDB18 from the settings of the musdb package.

They are a YAML file, read without ``import musdb``, which fails where ffmpeg or ffprobe is missing.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml


@cache
def _settings() -> dict[str, Any]:
    spec = find_spec("musdb")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("musdb is not installed: pip install musdb")
    return yaml.safe_load((Path(spec.origin).parent / "configs" / "mus.yaml").read_text("utf-8"))


def stem_ids() -> dict[str, int]:
    """Name and number of each audio stream in a ``.stem.mp4``, including the mixture."""
    return dict(_settings()["stem_ids"])


def validation_songs() -> list[str]:
    """Names of the training songs that musdb holds out for validation."""
    return list(_settings()["validation_tracks"])


def sample_url() -> str:
    """Address of the public sample set: 7 s of each song, as a zip archive."""
    return str(_settings()["sample-url"])

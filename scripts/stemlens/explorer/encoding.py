"""Numbers, pictures, sounds and tables as text that a page can hold."""

import io
import json
import math
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import soundfile
import soxr
from PIL import Image

from stemlens.atomic import replacing

UNDEFINED = 2**24 - 1
"""Stands for NaN and infinity among 24-bit numbers."""
LOSSLESS_UP_TO = 1024
"""Pixels of a map below which lossy compression saves nothing and smears."""
WEBP_QUALITY = 45
MP3_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
MP3_COMPRESSION = 0.8
"""Of libsndfile, 0 to 1: 40 kbit/s at 22 050 Hz."""


def table_columns(table: pd.DataFrame) -> dict[str, Any]:
    """Write a table by columns, text as a list of its values and the number of each row's.

    Numbers stay as they are, so that a page shows what the CSV file says; what is missing is null,
    and infinity, which JSON lacks, is text.
    """
    columns: dict[str, Any] = {}
    for name in table:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            columns[str(name)] = [None if pd.isna(v) else _number(v) for v in column]
        else:
            codes, values = pd.factorize(column.fillna("").astype(str))
            columns[str(name)] = {"values": list(values), "codes": codes.tolist()}
    return columns


def _number(value: Any) -> int | float | str:
    number = float(value)
    if math.isinf(number):
        return str(number)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def page_json(value: Any) -> str:
    """Write JSON that may stand in a script block: nothing in it can end the block."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def write_page_json(path: str | Path, value: Any) -> None:
    """Write `page_json` to a file, to be put into a page as it is."""
    with replacing(path) as beside:
        beside.write_text(page_json(value), "utf-8")


def base64_text(data: bytes) -> str:
    """Write bytes as Base64."""
    return b64encode(data).decode("ascii")


def quantised(values: np.ndarray) -> dict[str, Any]:
    """Write numbers with 24 bits each, between the lowest and the highest.

    Returns
    -------
    dict
        ``low``, ``high`` and ``values``: Base64 of little-endian unsigned 24-bit integers q, each
        of which stands for low + (high − low) q / 16777214, or is `UNDEFINED`.
    """
    is_defined = np.isfinite(values)
    defined = values[is_defined]
    low, high = (float(defined.min()), float(defined.max())) if defined.size else (0.0, 0.0)
    steps = np.full(values.shape, float(UNDEFINED))
    scaled = (defined - low) / (high - low) if high > low else np.zeros(defined.size)
    steps[is_defined] = np.rint(scaled * (UNDEFINED - 1))
    three_bytes = steps.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]
    return {"low": low, "high": high, "values": base64_text(three_bytes.tobytes())}


def webp(values: np.ndarray, low: np.ndarray | float, high: np.ndarray | float) -> str:
    """Draw maps in grey, one below the other, as a WebP picture in Base64.

    Parameters
    ----------
    values : ndarray, shape (map, band, frame)
        Drawn with the first band at the bottom.
    low, high : float or ndarray, shape (map,)
        What is black, and what is white.
    """
    n_maps, n_bands, n_frames = values.shape
    low, high = (np.broadcast_to(each, n_maps)[:, None, None] for each in (low, high))
    width = np.where(high > low, high - low, 1)
    grey = np.rint(np.clip((values - low) / width, 0, 1) * 255).astype(np.uint8)
    picture = Image.fromarray(grey[:, ::-1].reshape(n_maps * n_bands, n_frames))
    file = io.BytesIO()
    lossless = n_bands * n_frames <= LOSSLESS_UP_TO
    picture.save(file, "WEBP", lossless=lossless, quality=WEBP_QUALITY, method=4)
    return base64_text(file.getvalue())


def mp3(signal: np.ndarray, sample_rate_hz: int) -> str:
    """Encode a mono signal as MP3, which every browser plays, in Base64.

    A signal beyond full scale is made quieter as a whole, so that nothing clips.
    """
    rate_hz = next((rate for rate in MP3_RATES_HZ if rate >= sample_rate_hz), MP3_RATES_HZ[-1])
    if rate_hz != sample_rate_hz:
        signal = soxr.resample(signal, sample_rate_hz, rate_hz)
    signal = signal / max(1.0, float(np.abs(signal).max(initial=0)))
    file = io.BytesIO()
    soundfile.write(
        file,
        signal,
        rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=MP3_COMPRESSION,
        bitrate_mode="CONSTANT",
    )
    return base64_text(file.getvalue())

"""Checking what the config asks about what layers keep."""

from collections.abc import Iterable, Mapping
from typing import Any

from stemlens.audio.mp3_rates import MP3_BIT_RATES_KBPS
from stemlens.errors import InputError
from stemlens.keeps.names import MIX


def check_keeps(config: Mapping[str, Any]) -> None:
    """Check the section ``keeps`` beyond its schema.

    Raises
    ------
    InputError
        On a strength that is impossible at `transformed_at_hz` or in a segment, and on a class with
        the name of the mix.
    """
    keeps = config["keeps"]
    if (
        any(item["name"] == MIX for item in config["corpus"]["classes"])
        and keeps["transformations"]
    ):
        raise InputError(
            f"config key corpus.classes: found a class {MIX!r}, the name of all classes together"
            " among the stimuli that keeps.transformations changes; expected another name, or"
            " keeps.transformations: null"
        )
    transformations = keeps["transformations"] or {}
    for name in ("low_pass", "high_pass"):
        highest_hz = keeps["transformed_at_hz"] / 2
        for cutoff_hz in transformations.get(name, []):
            if cutoff_hz >= highest_hz:
                raise InputError(
                    f"config key keeps.transformations.{name}: found {cutoff_hz} Hz; expected less"
                    f" than half of keeps.transformed_at_hz, {highest_hz:g} Hz"
                )
    duration_s = config["segments"]["duration_s"]
    for shift_s in transformations.get("time_shift", []):
        if abs(shift_s) >= duration_s:
            raise InputError(
                f"config key keeps.transformations.time_shift: found {shift_s} s; expected less"
                f" than a segment, {duration_s} s, since it is circular: shorten it"
            )
    if transformations.get("mp3"):
        _check_mp3(transformations["mp3"], keeps["transformed_at_hz"])


def _check_mp3(bit_rates_kbps: Iterable[float], sample_rate_hz: int) -> None:
    if sample_rate_hz not in MP3_BIT_RATES_KBPS:
        raise InputError(
            f"config key keeps.transformed_at_hz: found {sample_rate_hz}; expected a sample rate of"
            f" MP3, one of {', '.join(map(str, MP3_BIT_RATES_KBPS))}: change it, or set"
            " keeps.transformations.mp3: []"
        )
    known = MP3_BIT_RATES_KBPS[sample_rate_hz]
    for bit_rate_kbps in bit_rates_kbps:
        if bit_rate_kbps not in known:
            raise InputError(
                f"config key keeps.transformations.mp3: found {bit_rate_kbps} kbit/s; expected one"
                f" of {', '.join(map(str, known))}, the bit rates of MP3 at"
                f" keeps.transformed_at_hz, {sample_rate_hz} Hz: change one of the two"
            )

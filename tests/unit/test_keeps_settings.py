from copy import deepcopy
from pathlib import Path

import fast_mp3_augment
import numpy as np
import pytest
import yaml
from stemlens.audio.mp3_rates import MP3_BIT_RATES_KBPS
from stemlens.errors import InputError
from stemlens.workflow.configuration import check_config

ROOT = Path(__file__).parents[2]
SCHEMA_PATH = ROOT / "schemas" / "config.schema.yaml"
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
MPEG_BIT_RATES_KBPS = sorted({rate for rates in MP3_BIT_RATES_KBPS.values() for rate in rates})


def with_keeps(transformed_at_hz=22_050, **transformations):
    config = deepcopy(CONFIG)
    config["keeps"]["transformed_at_hz"] = transformed_at_hz
    config["keeps"]["transformations"] |= {"mp3": [], **transformations}
    return config


@pytest.mark.parametrize(
    ("name", "strength", "rate_hz", "message"),
    [
        ("low_pass", 11_025, 22_050, "low_pass: found 11025 Hz; expected less than half of keeps"),
        ("high_pass", 5000, 8000, "high_pass: found 5000 Hz; expected less than half of keeps"),
        ("time_shift", -10, 22_050, "time_shift: found -10 s; expected less than a segment, 10 s"),
        ("mp3", 33, 22_050, r"mp3: found 33 kbit/s; expected one of 8, 16, .*160, the bit rates"),
        ("mp3", 320, 22_050, "mp3: found 320 kbit/s; expected one of 8, 16, .*, 22050 Hz: change"),
        ("mp3", 144, 44_100, "mp3: found 144 kbit/s; expected one of 32, 40, .*, 44100 Hz: change"),
        ("pitch_shift", "4", 22_050, "pitch_shift.0: found '4'; expected number.* A strength"),
        ("noise", float("inf"), 22_050, "noise.0: found inf; expected number. A strength; docs"),
    ],
)
def test_an_impossible_strength_is_refused_before_any_job(name, strength, rate_hz, message):
    with pytest.raises(
        InputError, match=rf"^config key keeps\.transformations\.{message}"
    ) as caught:
        check_config(with_keeps(rate_hz, **{name: [strength]}), SCHEMA_PATH)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "written"), [("pitch_shift", 4, "4"), ("left_channel", True, "true")]
)
def test_a_strength_that_is_no_list_is_told_how_to_write_one(name, value, written):
    message = rf"{name}: found {value}; expected array, a list: write \[{written}\]\. "
    with pytest.raises(InputError, match=message):
        check_config(with_keeps(**{name: value}), SCHEMA_PATH)


def test_mp3_needs_a_sample_rate_that_it_has_and_nothing_else_does():
    check_config(with_keeps(30_000), SCHEMA_PATH)
    with pytest.raises(InputError, match=r"keeps\.transformed_at_hz: found 30000; .*mp3: \[\]"):
        check_config(with_keeps(30_000, mp3=[32]), SCHEMA_PATH)


@pytest.mark.parametrize("sample_rate_hz", MP3_BIT_RATES_KBPS)
def test_the_coder_takes_what_mp3_does_not_have_for_another_bit_rate(sample_rate_hz):
    signal = np.random.default_rng(0).normal(0, 0.1, sample_rate_hz).astype(np.float32)

    def coded(bit_rate_kbps):
        return fast_mp3_augment.compress_roundtrip(
            signal, sample_rate=sample_rate_hz, bitrate_kbps=bit_rate_kbps, quality=3
        ).tobytes()

    known = MP3_BIT_RATES_KBPS[sample_rate_hz]
    check_config(with_keeps(sample_rate_hz, mp3=[*known]), SCHEMA_PATH)
    # The frames of noise are full at 144 kbit/s and 16 kHz.
    distinct = [rate for rate in known if (sample_rate_hz, rate) != (16_000, 160)]
    assert len({coded(rate) for rate in distinct}) == len(distinct)
    above = [rate for rate in MPEG_BIT_RATES_KBPS if rate > known[-1]]
    assert {coded(rate) for rate in above} <= {coded(known[-1])}


def test_no_class_is_called_as_all_classes_together_are_in_what_is_transformed():
    config = with_keeps()
    config["corpus"]["classes"][0]["name"] = "mix"
    with pytest.raises(InputError, match=r"corpus\.classes: found a class 'mix'"):
        check_config(config, SCHEMA_PATH)
    config["keeps"]["transformations"] = None
    check_config(config, SCHEMA_PATH)

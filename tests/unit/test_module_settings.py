import pytest
from stemlens.errors import InputError
from stemlens.model.module_settings import ModuleSettings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"input": "midi"}, "input: found 'midi'; expected waveform or mel"),
        ({"sample_rate_hz": 0}, "sample_rate_hz: found 0; expected the rate"),
        ({"sample_rate_hz": 16000.0}, r"sample_rate_hz: found 16000\.0; expected the rate"),
        ({"window_s": 0}, "window_s: found 0; expected more than 0 s"),
        ({"hop_s": "1"}, "hop_s: found '1'; expected more than 0 s"),
    ],
)
def test_what_no_network_can_take_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ModuleSettings("models.py:net", ["*"], **{"sample_rate_hz": 16000, **changes})


def test_spectrograms_need_no_rate_of_waveforms() -> None:
    assert ModuleSettings("models.py:net", ["*"], input="mel").windows is None

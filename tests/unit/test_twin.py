import numpy as np
import pandas as pd
import pytest
import torch
from stemlens.audio.mixes import mix_targets
from stemlens.audio.waveform_store import files_by_song, waveform_batches, write_waveforms
from stemlens.errors import InputError
from stemlens.model import twin as module
from stemlens.model.batch_norm import calibrate_on
from stemlens.model.module_settings import ModuleSettings
from stemlens.model.twin import calibration_mixes, load_module, save_twin, untrained_twin
from torch import nn

FACTORY = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        # Called in another order than they stand here.
        self.second = nn.BatchNorm1d(3)
        self.dense = nn.Linear(4, 3)
        self.first = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.9)

    def forward(self, x):
        frames = x.unflatten(1, (-1, 4)).mean(dim=1)
        return self.second(self.drop(self.dense(self.first(frames))))


def net(pretrained):
    return Net()
"""


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "models.py").write_text(FACTORY, "utf-8")
    return ModuleSettings(f"{tmp_path}/models.py:net", ["*"], sample_rate_hz=100, batch_size=3)


@pytest.fixture
def waveforms(tmp_path):
    """Files of four songs of two classes, one of them without a segment."""
    rng = np.random.default_rng(0)
    for number, song in enumerate(["Zoë", "007", "Ann", "none"]):
        stems = rng.normal(3, 2, (int(song != "none"), 2, 40)).astype(np.float32)
        write_waveforms(
            tmp_path / f"{number}.h5",
            stems,
            mix_targets(2),
            [1.5] * len(stems),
            song=song,
            classes=["a", "b"],
            sample_rate_hz=100,
        )
    return sorted(tmp_path.glob("*.h5"))


def test_stems_of_a_mix_are_added(waveforms):
    files = files_by_song(waveforms)
    assert list(files) == ["007", "Ann", "Zoë"]
    batches = list(waveform_batches(files, ["Ann"] * 3 + ["007"], [0, 1, 2, 1], batch_size=3))
    assert [len(batch) for batch in batches] == [3, 1]
    a, b, both = batches[0]
    np.testing.assert_allclose(a + b, both, rtol=1e-6)
    with pytest.raises(InputError, match=r"^waveforms: none of song 'none'"):
        list(waveform_batches(files, ["none"], [0], batch_size=1))


def test_batch_norms_of_the_twin_see_mean_0_and_variance_1_whatever_their_order(
    settings, waveforms
):
    mixes = calibration_mixes(pd.DataFrame({"song": ["007", "Ann", "Zoë"]}), n_mixes=3)
    assert len(mixes) == 9
    batches = settings.batches(mixes, mels=None, waveforms=waveforms)
    network = untrained_twin(settings, batches, seed=3, device=torch.device("cpu"))
    seen = {}
    for name in ("first", "second"):
        getattr(network, name).register_forward_hook(
            lambda _module, _inputs, output, name=name: seen.update({name: output})
        )
    network(torch.from_numpy(np.concatenate(list(batches(batch_size=9)))))
    for values in seen.values():
        np.testing.assert_allclose(values.mean(dim=0), 0, atol=1e-5)
        np.testing.assert_allclose(values.var(dim=0, correction=0), 1, rtol=1e-3)


def test_a_twin_comes_back_from_its_file(settings, waveforms, tmp_path):
    mixes = calibration_mixes(pd.DataFrame({"song": ["007", "Ann", "Zoë"]}), n_mixes=3)
    batches = settings.batches(mixes, mels=None, waveforms=waveforms)
    device = torch.device("cpu")
    network = untrained_twin(settings, batches, seed=3, device=device)
    save_twin(tmp_path / "twin.pt", network)
    loaded = load_module(settings, tmp_path / "twin.pt", device)
    for name, values in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], values)


def test_of_many_mixes_some_of_all_songs_are_drawn(monkeypatch):
    monkeypatch.setattr(module, "CALIBRATION_MIXES", 30)
    songs = pd.DataFrame({"song": list("abcdefgh"), "row": range(8)})
    mixes = calibration_mixes(songs, n_mixes=7)
    assert len(mixes) == len(mixes.drop_duplicates()) == 30
    assert mixes["song"].nunique() == 8
    assert mixes["mix"].nunique() == 7
    assert (mixes["row"] == mixes["song"].map(dict(zip("abcdefgh", range(8), strict=True)))).all()


FLATTENS = """
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.deep = nn.Conv3d(1, 2, 1)

    def forward(self, x):
        maps = self.norm(self.conv(x.reshape(len(x), 1, 8, 5)))
        return maps.view(len(x), -1)


def net(pretrained):
    return Net()
"""


def test_a_network_keeps_the_order_of_memory_that_its_code_expects(tmp_path, waveforms):
    (tmp_path / "flattens.py").write_text(FLATTENS, "utf-8")
    settings = ModuleSettings(f"{tmp_path}/flattens.py:net", ["*"], sample_rate_hz=100)
    mixes = calibration_mixes(pd.DataFrame({"song": ["007", "Ann"]}), n_mixes=3)
    batches = settings.batches(mixes, mels=None, waveforms=waveforms)
    untrained_twin(settings, batches, seed=0, device=torch.device("cpu"))


def test_what_fails_while_the_twin_is_calibrated_is_named_in_one_line(tmp_path, waveforms):
    (tmp_path / "fails.py").write_text(FLATTENS.replace("8, 5", "7, 5"), "utf-8")
    settings = ModuleSettings(f"{tmp_path}/fails.py:net", ["*"], sample_rate_hz=100)
    mixes = calibration_mixes(pd.DataFrame({"song": ["007", "Ann"]}), n_mixes=3)
    batches = settings.batches(mixes, mels=None, waveforms=waveforms)
    with pytest.raises(InputError, match=r"fails\.py, line \d+: the model fails on an input"):
        untrained_twin(settings, batches, seed=0, device=torch.device("cpu"))


class Shared(nn.Module):
    """One batch norm for two layers."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x):
        return self.norm(self.norm(x) * 5 + 1)


def test_a_batch_norm_that_is_called_twice_sees_both_inputs():
    network, x = Shared().eval(), torch.randn(64, 2) * 3
    calibrate_on(network, lambda: [x], remedy="none")
    both = torch.cat([x, x / np.sqrt(1 + 1e-5) * 5 + 1])
    torch.testing.assert_close(network.norm.running_mean, both.mean(dim=0), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(network.norm.running_var, both.var(dim=0, correction=0))


def test_inputs_that_are_all_alike_are_refused():
    network = nn.Sequential(nn.BatchNorm1d(2))
    with pytest.raises(InputError, match=r"each of its units has one value for all 4 .*: mend it"):
        calibrate_on(network, lambda: [torch.ones(4, 2)], remedy="mend it")

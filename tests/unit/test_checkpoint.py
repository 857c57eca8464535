import pytest
import torch
from mel_splits import CLASSES, SMALL, random_mixes, random_network
from stemlens.errors import InputError
from stemlens.model import checkpoint
from stemlens.model.checkpoint import load_checkpoint, save_checkpoint
from stemlens.model.device import place
from stemlens.target_type import MULTI_LABEL, SINGLE_LABEL

CPU = torch.device("cpu")


@pytest.mark.parametrize("target_type", [MULTI_LABEL, SINGLE_LABEL])
def test_a_loaded_network_computes_what_the_saved_one_did(tmp_path, target_type):
    """To the bit where its weights lie in memory alike; else by processor, up to rounding."""
    network = random_network(target_type=target_type)
    save_checkpoint(tmp_path / "checkpoint.pt", network, CLASSES)
    torch.manual_seed(1)
    loaded = load_checkpoint(tmp_path / "checkpoint.pt", CPU)
    mels = torch.from_numpy(random_mixes(2, seed=0).mels)
    torch.testing.assert_close(loaded.network(mels), network(mels))
    place(network, CPU)
    assert torch.equal(loaded.network(mels), network(mels))
    assert loaded.classes == CLASSES
    assert loaded.network.target_type == target_type
    assert loaded.network.architecture == SMALL


def test_a_network_that_was_training_is_loaded_for_evaluation(tmp_path):
    save_checkpoint(tmp_path / "checkpoint.pt", random_network().train(), CLASSES)
    assert not load_checkpoint(tmp_path / "checkpoint.pt", CPU).network.training


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["conv.0.norm.running_var", "output.bias", "input_std_db"])
def test_a_network_with_numbers_that_are_not_finite_is_neither_stored_nor_used(
    tmp_path, monkeypatch, name, value
):
    network = random_network()
    network.state_dict()[name].view(-1)[0] = value
    message = rf"checkpoint\.pt: {name}: 1 of \d+ values are NaN or infinite.*learning_rate"
    with pytest.raises(InputError, match=message):
        save_checkpoint(tmp_path / "checkpoint.pt", network, CLASSES)
    assert not list(tmp_path.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "demand_finite", lambda *_, **__: None)
        save_checkpoint(tmp_path / "checkpoint.pt", network, CLASSES)
    with pytest.raises(InputError, match=message):
        load_checkpoint(tmp_path / "checkpoint.pt", CPU)

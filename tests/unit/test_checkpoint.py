import pytest
import torch
from mel_splits import CLASSES, SMALL, random_mixes, random_network
from stemlens.network.checkpoint import load_checkpoint, save_checkpoint
from stemlens.network.labelling import MULTI_LABEL, SINGLE_LABEL

CPU = torch.device("cpu")


def test_a_loaded_network_computes_what_the_saved_one_did(tmp_path):
    network = random_network()
    save_checkpoint(tmp_path / "checkpoint.pt", network, CLASSES)
    torch.manual_seed(1)
    loaded = load_checkpoint(tmp_path / "checkpoint.pt", CPU)
    mels = torch.from_numpy(random_mixes(2, seed=0).mels)
    assert torch.equal(loaded.network(mels), network(mels))
    assert loaded.classes == CLASSES
    assert loaded.network.architecture == SMALL


def test_a_network_that_was_training_is_loaded_for_evaluation(tmp_path):
    save_checkpoint(tmp_path / "checkpoint.pt", random_network().train(), CLASSES)
    assert not load_checkpoint(tmp_path / "checkpoint.pt", CPU).network.training


def test_a_checkpoint_holds_no_code(tmp_path):
    network = random_network()
    save_checkpoint(tmp_path / "checkpoint.pt", network, CLASSES)
    content = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert content["state"].keys() == network.state_dict().keys()


@pytest.mark.parametrize("labelling", [MULTI_LABEL, SINGLE_LABEL])
def test_what_the_outputs_mean_is_kept(tmp_path, labelling):
    save_checkpoint(tmp_path / "checkpoint.pt", random_network(labelling=labelling), CLASSES)
    stored = load_checkpoint(tmp_path / "checkpoint.pt", torch.device("cpu"))
    assert stored.network.labelling == labelling

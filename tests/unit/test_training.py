import errno
import logging
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock
from mel_splits import SMALL, random_mixes, random_recordings
from pandas.testing import assert_frame_equal
from sklearn.metrics import accuracy_score, f1_score, log_loss
from stemlens.errors import InputError
from stemlens.evaluation.prediction import predict
from stemlens.model import batch_norm
from stemlens.model.initialisation import untrained_network
from stemlens.target_type import predicted_classes
from stemlens.training import training
from stemlens.training.history import FALL_ALLOWED
from stemlens.training.objective import loss
from stemlens.training.training import TrainingSettings, train
from torch import nn

SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=0.01, l2=0.001, standardise=True)
MIXES = random_mixes(4, seed=1)
VALIDATION = random_mixes(3, seed=2)
RECORDINGS = random_recordings([12, 6, 3], seed=1)
TOO_SMALL_TO_MOVE = 1e-30
CPU = torch.device("cpu")
NO_DROPOUT = replace(SMALL, dropout=0)


def run(folder, settings=SETTINGS, examples=MIXES, **others):
    return train(
        **{
            "architecture": SMALL,
            "settings": settings,
            "examples": examples,
            "seed": 0,
            "device": torch.device("cpu"),
            "resume_path": folder / "resume" / "state.pt",
            "code": "digest",
            **others,
        }
    )


def assert_same(one, other):
    (network, history), (other_network, other_history) = one, other
    assert_frame_equal(history, other_history, check_exact=True)
    assert_same_weights(network, other_network)


def assert_same_weights(network, other):
    for name, value in network.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def batch_norms(network):
    return [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]


def mean_cross_entropy(targets, probabilities):
    likelihood = np.where(targets == 1, probabilities, 1 - probabilities.astype(np.float64))
    return -np.log(likelihood).mean()


def die_while_writing(monkeypatch, epoch):
    """Let the process die in the midst of writing the state of an epoch."""
    save, n_calls = torch.save, 0

    def save_or_die(content, path):
        nonlocal n_calls
        n_calls += 1
        if n_calls == epoch:
            Path(path).write_bytes(b"half a st")
            raise KeyboardInterrupt
        save(content, path)

    monkeypatch.setattr(torch, "save", save_or_die)


def test_a_separable_task_is_learnt_and_carries_over_to_new_mixes(tmp_path):
    network, history = run(tmp_path, replace(SETTINGS, epochs=15), random_mixes(20, seed=3))
    assert list(history["epoch"]) == list(range(1, 16))
    assert history["loss"].iloc[-1] < history["loss"].iloc[0] / 2
    assert not network.training
    probabilities = predict(network, VALIDATION.mels, batch_size=8)
    assert np.array_equal(probabilities > 0.5, VALIDATION.targets == 1)


def test_the_seed_alone_decides_the_result(tmp_path):
    first = run(tmp_path / "first")
    torch.manual_seed(99)
    assert_same(run(tmp_path / "again"), first)
    network, history = run(tmp_path / "other", seed=1)
    assert not torch.equal(network.output.weight, first[0].output.weight)
    assert not history["loss"].equals(first[1]["loss"])


@pytest.mark.parametrize("epoch", [1, 2, 4])
def test_a_killed_run_goes_on_and_ends_like_an_uninterrupted_one(tmp_path, monkeypatch, epoch):
    uninterrupted = run(tmp_path / "whole", validation=VALIDATION)
    with monkeypatch.context() as patch:
        die_while_writing(patch, epoch)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "killed", validation=VALIDATION)
    die_while_writing(monkeypatch, epoch=6 - epoch)  # One more than are left.
    assert_same(run(tmp_path / "killed", validation=VALIDATION), uninterrupted)


def terminate_after(monkeypatch, n_batches):
    """Ask the process to end while it is at a batch, counted from 1 over all epochs."""
    n_calls = 0

    def loss_and_signal(*arguments):
        nonlocal n_calls
        n_calls += 1
        if n_calls == n_batches:
            os.kill(os.getpid(), signal.SIGTERM)
        return loss(*arguments)

    monkeypatch.setattr(training, "loss", loss_and_signal)


@pytest.mark.parametrize("examples", [MIXES, RECORDINGS], ids=["mixes", "recordings"])
@pytest.mark.parametrize("n_batches", [1, 3, 6, 9])
def test_a_terminated_run_goes_on_after_its_last_batch(tmp_path, monkeypatch, n_batches, examples):
    """Mixes make four batches an epoch, recordings three; each epoch's scores ask for one loss."""
    uninterrupted = run(tmp_path / "whole", examples=examples, validation=VALIDATION)
    before = signal.getsignal(signal.SIGTERM)
    with monkeypatch.context() as patch:
        terminate_after(patch, n_batches)
        with pytest.raises(SystemExit) as ended:
            run(tmp_path / "stopped", examples=examples, validation=VALIDATION)
    assert ended.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before
    state = torch.load(tmp_path / "stopped/resume/state.pt", weights_only=True)
    assert state["partial"]["n_batches"] >= 1
    assert_same(run(tmp_path / "stopped", examples=examples, validation=VALIDATION), uninterrupted)


def test_a_run_that_is_terminated_again_and_again_still_ends_alike(tmp_path, monkeypatch):
    uninterrupted = run(tmp_path / "whole")
    n_stops = 0
    while True:
        with monkeypatch.context() as patch:
            terminate_after(patch, 2)
            try:
                result = run(tmp_path / "stopped")
                break
            except SystemExit:
                n_stops += 1
    assert n_stops >= 4
    assert_same(result, uninterrupted)


def test_a_run_that_was_killed_on_a_gpu_goes_on_without_one(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(torch.serialization, "location_tag", lambda _: "cuda:0")
        finished = run(tmp_path)
    assert_same(run(tmp_path), finished)


@pytest.mark.parametrize(
    "change",
    [
        {"settings": replace(SETTINGS, l2=0.0)},
        {"settings": replace(SETTINGS, balance_classes=True)},
        {"settings": replace(SETTINGS, precision="bfloat16")},
        {"examples": replace(MIXES, mels=MIXES.mels + np.float32(1))},
        {"examples": replace(MIXES, targets=1 - MIXES.targets)},
        {"validation": VALIDATION},
        {"architecture": replace(SMALL, dropout=0.3)},
        {"seed": 1},
        {"code": "other digest"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_only_a_state_of_the_same_run_is_used(tmp_path, change):
    run(tmp_path / "state")
    path = tmp_path / "state" / "resume" / "state.pt"
    state = torch.load(path, weights_only=True)
    state["network"]["output.bias"].fill_(7)
    torch.save(state, path)
    marked, _ = run(tmp_path / "state")
    assert (marked.output.bias == 7).all()
    assert_same(run(tmp_path / "state", **change), run(tmp_path / "anew", **change))


def test_the_penalty_pulls_at_dense_weights_alone_by_twice_lambda_w(tmp_path):
    """Adam's first moment after one step is a tenth of the gradient that it was given."""
    one_step = replace(SETTINGS, epochs=1, batch_size=100, learning_rate=TOO_SMALL_TO_MOVE)
    gradients = {}
    for weight in (0.0, 0.5):
        folder = tmp_path / str(weight)
        network, _ = run(folder, replace(one_step, l2=weight))
        state = torch.load(folder / "resume" / "state.pt", weights_only=True)["optimizer"]["state"]
        gradients[weight] = [10 * moments["exp_avg"] for moments in state.values()]
    assert len(gradients[0.5]) == len(list(network.parameters()))
    pulls = [pulled - free for free, pulled in zip(*gradients.values(), strict=True)]
    penalised = {tuple(pull.shape): pull for pull in pulls if pull.any()}
    dense = {tuple(layer.dense.weight.shape): layer.dense.weight for layer in network.dense}
    assert penalised.keys() == dense.keys()
    for shape, weights in dense.items():
        torch.testing.assert_close(penalised[shape], 2 * 0.5 * weights.detach())


def test_standardisation_is_that_of_the_training_spectrograms(tmp_path):
    network, _ = run(tmp_path, replace(SETTINGS, epochs=1))
    mels = MIXES.mels.astype(np.float64)
    assert network.input_mean_db.item() == pytest.approx(np.mean(mels), rel=1e-6)
    assert network.input_std_db.item() == pytest.approx(np.std(mels), rel=1e-6)


def test_without_standardisation_the_input_stays_in_db(tmp_path):
    network, _ = run(tmp_path, replace(SETTINGS, epochs=1, standardise=False))
    assert (network.input_mean_db.item(), network.input_std_db.item()) == (0, 1)


@pytest.mark.parametrize("batch_size", [3, 9, 27])
def test_a_batch_of_one_is_left_to_other_epochs(tmp_path, batch_size):
    assert len(MIXES.mels) == 28
    settings = replace(SETTINGS, batch_size=batch_size)
    _, history = run(tmp_path, settings, validation=MIXES)
    of_epochs = [name for name in history if not name.startswith("saved_")]
    assert np.isfinite(history[of_epochs]).all(axis=None)
    assert np.isfinite(history.iloc[-1]).all()


@pytest.mark.parametrize("batch_size", [5, 28])
def test_the_history_scores_mixes_as_they_were_seen(tmp_path, batch_size):
    """With all mixes in one batch, and weights that do not move, training can be repeated."""
    architecture = replace(SMALL, dropout=0)
    settings = replace(SETTINGS, epochs=1, batch_size=batch_size, learning_rate=TOO_SMALL_TO_MOVE)
    network, history = run(tmp_path, settings, architecture=architecture, validation=VALIDATION)
    row = history.iloc[0]
    scored = {
        "saved_": (MIXES, predict(network, MIXES.mels, batch_size=3)),
        "saved_validation_": (VALIDATION, predict(network, VALIDATION.mels, batch_size=4)),
    }
    if batch_size == len(MIXES.mels):
        for norm in batch_norms(network):
            norm.reset_running_stats()
        with torch.no_grad():
            seen = network.train()(torch.from_numpy(MIXES.mels)).sigmoid().numpy()
        scored[""] = MIXES, seen
        after_a_step = predict(network.eval(), VALIDATION.mels, batch_size=4)
        scored["validation_"] = VALIDATION, after_a_step
    for prefix, (mixes, probabilities) in scored.items():
        named = probabilities > 0.5
        expected = {
            "loss": mean_cross_entropy(mixes.targets, probabilities),
            "macro_f1": f1_score(mixes.targets, named, average="macro", zero_division=0),
            "subset_accuracy": accuracy_score(mixes.targets, named),
        }
        for name, value in expected.items():
            assert row[prefix + name] == pytest.approx(value, rel=1e-5), prefix + name


def test_validation_mixes_are_scored_and_not_trained_on(tmp_path):
    network, history = run(tmp_path / "without")
    watched, watched_history = run(tmp_path / "with", validation=VALIDATION)
    assert_same_weights(network, watched)
    names = ["loss", "macro_f1", "subset_accuracy"]
    prefixes = ["", "validation_", "saved_", "saved_validation_"]
    assert list(history) == ["epoch", *names, *(f"saved_{name}" for name in names)]
    assert list(watched_history) == ["epoch", *(p + name for p in prefixes for name in names)]
    assert_frame_equal(watched_history[list(history)], history)


def test_steps_that_leave_no_finite_numbers_end_the_run_with_their_cause(tmp_path):
    with pytest.raises(InputError, match=r"training\.learning_rate: with 1e\+30 the .*smaller"):
        run(tmp_path, replace(SETTINGS, learning_rate=1e30))
    assert not list(tmp_path.glob("**/state.pt"))


def test_a_last_step_after_which_no_loss_is_computed_is_noticed_too(tmp_path):
    settings = replace(SETTINGS, epochs=1, batch_size=28, learning_rate=1e30)
    with pytest.raises(InputError, match=r"network: .* NaN or infinite.*training\.learning_rate"):
        run(tmp_path, settings)


@pytest.mark.parametrize("weight", [1e-30, 1e10, 1e30])
def test_a_penalty_of_any_size_leaves_finite_numbers(tmp_path, weight):
    network, history = run(tmp_path, replace(SETTINGS, l2=weight))
    assert np.isfinite(history.iloc[-1]).all()
    assert np.isfinite(predict(network, VALIDATION.mels, batch_size=8)).all()


EMPTY = replace(MIXES, mels=MIXES.mels[:0], targets=MIXES.targets[:0])


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (EMPTY, r"found 0 spectrogram\(s\), expected at least 2"),
        (replace(MIXES, mels=MIXES.mels[:1], targets=MIXES.targets[:1]), "found 1 spectrogram"),
        (replace(MIXES, mels=np.full_like(MIXES.mels, np.inf)), "from inf to inf dB"),
        (
            replace(MIXES, mels=np.where(np.arange(28)[:, None, None] == 3, np.nan, MIXES.mels)),
            "from nan to nan dB",
        ),
        (replace(MIXES, mels=np.full_like(MIXES.mels, 20)), "are 20 dB; expected .* mel.floor_db"),
        (
            replace(MIXES, targets=MIXES.targets | np.array([0, 1, 0], np.uint8)),
            "all of its 28 examples are of class bass",
        ),
        (
            replace(MIXES, targets=MIXES.targets & np.array([1, 0, 1], np.uint8)),
            "none of its 28 examples are of class bass",
        ),
        (replace(RECORDINGS, targets=np.eye(3, dtype=np.uint8)[[0] * 21]), "all of its 21"),
    ],
    ids=["none", "one", "infinite", "NaN", "constant", "always", "never", "one mood"],
)
@pytest.mark.parametrize("standardise", [True, False])
def test_what_nothing_can_be_learnt_from_is_refused_with_its_cause(
    tmp_path, examples, message, standardise
):
    settings = replace(SETTINGS, standardise=standardise)
    with pytest.raises(InputError, match=message) as refused:
        run(tmp_path, settings, examples)
    assert "learning_rate" not in str(refused.value)
    with pytest.raises(InputError, match=message):
        untrained_network(SMALL, examples, standardise=standardise, seed=0, device=CPU)


def test_examples_that_are_all_alike_are_refused(tmp_path):
    """They are not constant, but no unit of a dense layer tells them apart."""
    alike = replace(MIXES, mels=np.tile(MIXES.mels[:1], (28, 1, 1)))
    with pytest.raises(InputError, match=r"network, dense\.0: each of its units has one value"):
        run(tmp_path, SETTINGS, alike)


def test_two_examples_are_enough(tmp_path):
    rows = [0, 5]  # drums, and bass with vocals
    two = replace(MIXES, mels=MIXES.mels[rows], targets=MIXES.targets[rows])
    network, history = run(tmp_path, SETTINGS, two)
    assert np.isfinite(history.iloc[-1]).all()
    assert np.isfinite(predict(network, VALIDATION.mels, batch_size=8)).all()


def test_shuffled_targets_are_the_same_rows_in_another_order_beside_the_same_spectrograms():
    shuffled = MIXES.with_shuffled_targets(0)
    assert shuffled.mels is MIXES.mels
    assert not np.array_equal(shuffled.targets, MIXES.targets)
    assert sorted(map(tuple, shuffled.targets)) == sorted(map(tuple, MIXES.targets))
    assert shuffled.targets.dtype == MIXES.targets.dtype


def test_labels_that_shuffling_leaves_as_they_are_are_refused():
    """A control that has the true labels is none; of three examples, one order in six does so."""
    three = replace(MIXES, mels=MIXES.mels[:3], targets=MIXES.targets[:3])
    stay = [np.array_equal(np.random.default_rng(s).permutation(3), range(3)) for s in range(30)]
    assert 1 <= sum(stay) < 15
    for seed in np.flatnonzero(stay):
        with pytest.raises(InputError, match=f"by seed {seed}, the labels of the 3 .* stay"):
            three.with_shuffled_targets(seed)
    for seed in np.flatnonzero(np.logical_not(stay)):
        assert not np.array_equal(three.with_shuffled_targets(seed).targets, three.targets)


def test_the_seed_alone_decides_how_targets_are_shuffled():
    shuffled = MIXES.with_shuffled_targets(0).targets
    assert np.array_equal(MIXES.with_shuffled_targets(0).targets, shuffled)
    assert not np.array_equal(MIXES.with_shuffled_targets(1).targets, shuffled)


def test_one_class_per_recording_is_learnt_with_the_same_code(tmp_path):
    training, unknown = random_recordings([40, 40, 40], seed=3), random_recordings([9] * 3, seed=4)
    network, history = run(tmp_path, replace(SETTINGS, epochs=15), training)
    assert history["loss"].iloc[-1] < history["loss"].iloc[0] / 2
    probabilities = predict(network, unknown.mels, batch_size=8)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert np.array_equal(probabilities.argmax(axis=1), unknown.targets.argmax(axis=1))


@pytest.mark.parametrize("balance_classes", [False, True])
def test_the_loss_of_recordings_is_the_weighted_cross_entropy(tmp_path, balance_classes):
    """With all in one batch, and weights that do not move, training can be repeated."""
    settings = replace(
        SETTINGS,
        epochs=1,
        batch_size=len(RECORDINGS.mels),
        learning_rate=TOO_SMALL_TO_MOVE,
        balance_classes=balance_classes,
    )
    network, history = run(tmp_path, settings, RECORDINGS, architecture=replace(SMALL, dropout=0))
    with torch.no_grad():
        logits = network.train()(torch.from_numpy(RECORDINGS.mels)).double()
    true = RECORDINGS.targets.argmax(axis=1)
    probabilities = np.exp(logits.numpy())
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    # 21 recordings, three classes of 12, 6 and 3.
    weights = np.array([7 / 12, 7 / 6, 7 / 3])[true] if balance_classes else np.ones(21)
    row = history.iloc[0]
    expected = log_loss(true, probabilities, sample_weight=weights)
    assert row["loss"] == pytest.approx(expected, rel=1e-5)
    assert row["subset_accuracy"] == accuracy_score(true, probabilities.argmax(axis=1))
    named = probabilities.argmax(axis=1)
    assert row["macro_f1"] == pytest.approx(f1_score(true, named, average="macro"))


def test_without_locks_in_the_file_system_training_warns_and_goes_on(tmp_path, monkeypatch, caplog):
    def refuse(_):
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, logger="stemlens"):
        patch.setattr(FileLock, "acquire", refuse)
        unlocked = run(tmp_path / "unlocked")
    assert "no lock against a second training" in caplog.text
    assert_same(unlocked, run(tmp_path / "locked"))


@pytest.mark.parametrize("examples", [MIXES, RECORDINGS], ids=["mixes", "recordings"])
def test_a_training_of_few_steps_is_saved_as_good_as_its_last_epoch(tmp_path, examples, caplog):
    """One step per epoch: moving averages would still hold a third of their initial values."""
    settings = replace(SETTINGS, epochs=10, batch_size=64)
    with caplog.at_level(logging.WARNING, logger="stemlens"):
        network, history = run(tmp_path, settings, examples, architecture=NO_DROPOUT)
    last = history.iloc[-1]
    probabilities = predict(network, examples.mels, batch_size=8)
    named = predicted_classes(probabilities, examples.target_type)
    macro_f1 = f1_score(examples.targets, named, average="macro", zero_division=0)
    assert macro_f1 >= last["macro_f1"] - FALL_ALLOWED
    assert last["saved_macro_f1"] == pytest.approx(macro_f1)
    assert last["saved_loss"] < last["loss"]
    assert not caplog.records
    for layer in (*network.conv, *network.dense):
        assert layer.norm.num_batches_tracked == 10


def test_a_saved_network_that_falls_short_of_its_last_epoch_is_warned_of(
    tmp_path, monkeypatch, caplog
):
    """Whatever the cause: here the statistics of batch norm stay what training left."""
    monkeypatch.setattr(training, "calibrate_batch_norm", lambda network, _: network.eval())
    settings = replace(SETTINGS, epochs=10, batch_size=64)
    with caplog.at_level(logging.WARNING, logger="stemlens"):
        _, history = run(tmp_path, settings, random_mixes(6, seed=0), architecture=NO_DROPOUT)
    last = history.iloc[-1]
    assert last["saved_macro_f1"] < last["macro_f1"] - FALL_ALLOWED
    (record,) = caplog.records
    message = record.getMessage()
    assert f"is {last['saved_macro_f1']:.3f}; it was {last['macro_f1']:.3f}" in message


def test_the_size_of_batches_in_calibration_does_not_matter(tmp_path, monkeypatch):
    whole, _ = run(tmp_path / "whole")
    monkeypatch.setattr(batch_norm, "BATCH_SIZE", 3)
    in_parts, _ = run(tmp_path / "parts")
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(in_parts.state_dict()[name], value, rtol=1e-5, atol=1e-6)


def test_a_run_killed_while_it_calibrates_ends_like_an_uninterrupted_one(tmp_path, monkeypatch):
    uninterrupted = run(tmp_path / "whole", validation=VALIDATION)
    with monkeypatch.context() as patch:
        patch.setattr(training, "calibrate_batch_norm", lambda *_: os.kill(os.getpid(), 15))
        # SIGTERM is not kept for later any more: nothing is lost by ending at once.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(99))
        try:
            with pytest.raises(SystemExit) as ended:
                run(tmp_path / "killed", validation=VALIDATION)
        finally:
            signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 99
    assert_same(run(tmp_path / "killed", validation=VALIDATION), uninterrupted)

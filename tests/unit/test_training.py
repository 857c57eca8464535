import logging
from dataclasses import replace

import numpy as np
import pytest
import torch
from mel_splits import SMALL, random_mixes, random_recordings
from pandas.testing import assert_frame_equal
from sklearn.metrics import accuracy_score, f1_score, log_loss
from small_training import (
    MIXES,
    RECORDINGS,
    SETTINGS,
    VALIDATION,
    assert_same,
    assert_same_weights,
    batch_norms,
    run,
)
from stemlens.errors import InputError
from stemlens.evaluation.predicted_classes import predicted_classes
from stemlens.evaluation.prediction import predict
from stemlens.training import training
from stemlens.training.history import FALL_ALLOWED

TOO_SMALL_TO_MOVE = 1e-30
NO_DROPOUT = replace(SMALL, dropout=0)


def mean_cross_entropy(targets, probabilities):
    likelihood = np.where(targets == 1, probabilities, 1 - probabilities.astype(np.float64))
    return -np.log(likelihood).mean()


def test_a_separable_task_is_learnt_and_carries_over_to_new_mixes(tmp_path):
    network, history = run(
        tmp_path, replace(SETTINGS, epochs=15), examples=random_mixes(20, seed=3)
    )
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


def test_examples_that_are_all_alike_are_refused(tmp_path):
    """They are not constant, but no unit of a dense layer tells them apart."""
    alike = replace(MIXES, mels=np.tile(MIXES.mels[:1], (28, 1, 1)))
    with pytest.raises(InputError, match=r"network, dense\.0: each of its units has one value"):
        run(tmp_path, SETTINGS, examples=alike)


def test_two_examples_are_enough(tmp_path):
    rows = [0, 5]  # drums, and bass with vocals
    two = replace(MIXES, mels=MIXES.mels[rows], targets=MIXES.targets[rows])
    network, history = run(tmp_path, SETTINGS, examples=two)
    assert np.isfinite(history.iloc[-1]).all()
    assert np.isfinite(predict(network, VALIDATION.mels, batch_size=8)).all()


def test_one_class_per_recording_is_learnt_with_the_same_code(tmp_path):
    training, unknown = random_recordings([40, 40, 40], seed=3), random_recordings([9] * 3, seed=4)
    network, history = run(tmp_path, replace(SETTINGS, epochs=15), examples=training)
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
    network, history = run(
        tmp_path, settings, examples=RECORDINGS, architecture=replace(SMALL, dropout=0)
    )
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


@pytest.mark.parametrize("examples", [MIXES, RECORDINGS], ids=["mixes", "recordings"])
def test_a_training_of_few_steps_is_saved_as_good_as_its_last_epoch(tmp_path, examples, caplog):
    """One step per epoch: moving averages would still hold a third of their initial values."""
    settings = replace(SETTINGS, epochs=10, batch_size=64)
    with caplog.at_level(logging.WARNING, logger="stemlens"):
        network, history = run(tmp_path, settings, examples=examples, architecture=NO_DROPOUT)
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
        _, history = run(
            tmp_path, settings, examples=random_mixes(6, seed=0), architecture=NO_DROPOUT
        )
    last = history.iloc[-1]
    assert last["saved_macro_f1"] < last["macro_f1"] - FALL_ALLOWED
    (record,) = caplog.records
    message = record.getMessage()
    assert f"is {last['saved_macro_f1']:.3f}; it was {last['macro_f1']:.3f}" in message

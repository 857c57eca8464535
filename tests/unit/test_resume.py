"""A training that was interrupted, however and whenever, ends like one that was not."""

import errno
import logging
import multiprocessing
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock
from mel_splits import SMALL
from small_training import (
    MIXES,
    RECORDINGS,
    SETTINGS,
    VALIDATION,
    assert_same,
    dying_loss,
    run,
    train_until_sigterm,
)
from stemlens.training import training


def interrupt(*_):
    raise KeyboardInterrupt


def die_while_writing(monkeypatch, epoch):
    """Interrupt the process while it writes the state of an epoch."""
    save, n_calls = torch.save, 0

    def save_or_die(content, path):
        nonlocal n_calls
        n_calls += 1
        if n_calls == epoch:
            Path(path).write_bytes(b"half a st")
            raise KeyboardInterrupt
        save(content, path)

    monkeypatch.setattr(torch, "save", save_or_die)


def die_while_calibrating(monkeypatch, _):
    monkeypatch.setattr(training, "calibrate_batch_norm", interrupt)


@pytest.mark.parametrize(
    ("die", "epoch"), [*((die_while_writing, n) for n in (1, 2, 4)), (die_while_calibrating, 5)]
)
def test_a_killed_run_goes_on_and_ends_like_an_uninterrupted_one(tmp_path, monkeypatch, die, epoch):
    uninterrupted = run(tmp_path / "whole", validation=VALIDATION)
    with monkeypatch.context() as patch:
        die(patch, epoch)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "killed", validation=VALIDATION)
    die_while_writing(monkeypatch, epoch=6 - epoch)  # One more than are left.
    assert_same(run(tmp_path / "killed", validation=VALIDATION), uninterrupted)


@pytest.mark.parametrize("examples", [MIXES, RECORDINGS], ids=["mixes", "recordings"])
@pytest.mark.parametrize("n_calls", [1, 3, 6, 9])
def test_a_run_killed_within_an_epoch_goes_on_after_the_last_whole_one(
    tmp_path, monkeypatch, caplog, n_calls, examples
):
    arguments = {"examples": examples, "validation": VALIDATION}
    uninterrupted = run(tmp_path / "whole", **arguments)
    with monkeypatch.context() as patch:
        patch.setattr(training, "loss", dying_loss(n_calls, interrupt))
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "killed", **arguments)
    with caplog.at_level(logging.INFO, logger="stemlens"):
        assert_same(run(tmp_path / "killed", **arguments), uninterrupted)
    # A loss per batch of training, one for the scores of these and one for those of validation.
    n_epochs = (n_calls - 1) // (2 + -(-len(examples.mels) // SETTINGS.batch_size))
    assert (f"going on after epoch {n_epochs}" in caplog.text) == (n_epochs > 0)


def test_a_run_that_is_killed_again_and_again_still_ends_alike(tmp_path, monkeypatch):
    uninterrupted = run(tmp_path / "whole")
    calls_in_an_epoch = 5
    for _ in range(SETTINGS.epochs - 1):
        with monkeypatch.context() as patch:
            patch.setattr(training, "loss", dying_loss(calls_in_an_epoch + 2, interrupt))
            with pytest.raises(KeyboardInterrupt):
                run(tmp_path / "killed")
    assert_same(run(tmp_path / "killed"), uninterrupted)


def test_sigterm_ends_a_run_at_once_and_the_next_one_goes_on(tmp_path, caplog):
    process = multiprocessing.get_context("spawn").Process(
        target=train_until_sigterm, args=(tmp_path / "killed", 9)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGTERM
    with caplog.at_level(logging.INFO, logger="stemlens"):
        resumed = run(tmp_path / "killed", validation=VALIDATION)
    assert "going on after epoch 1" in caplog.text
    assert_same(resumed, run(tmp_path / "whole", validation=VALIDATION))


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_state_that_was_cut_off_is_none(tmp_path, caplog, share):
    whole = run(tmp_path)
    state = tmp_path / "resume/state.pt"
    content = state.read_bytes()
    state.write_bytes(content[: int(share * len(content))])
    assert_same(run(tmp_path), whole)
    assert f"starting at epoch 1: {state}: cannot be read as weights" in caplog.text


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


def test_without_locks_in_the_file_system_training_warns_and_goes_on(tmp_path, monkeypatch, caplog):
    def refuse(_):
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, logger="stemlens"):
        patch.setattr(FileLock, "acquire", refuse)
        unlocked = run(tmp_path / "unlocked")
    assert "no lock against a second training" in caplog.text
    assert_same(unlocked, run(tmp_path / "locked"))

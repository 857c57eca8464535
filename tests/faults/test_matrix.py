"""Every fault at every rule, on demand: make test-faults."""

import os
import random
from pathlib import Path

import pytest
from faults.matrix import timed_matrix


@pytest.mark.faults
def test_every_rule_recovers_from_every_fault(tmp_path: Path) -> None:
    seed = int(os.environ.get("STEMLENS_FAULTS_SEED") or random.randrange(10**6))
    print(f"seed {seed}: STEMLENS_FAULTS_SEED={seed} repeats it")
    matrix = timed_matrix(tmp_path, seed)
    assert not matrix.problems, "\n".join(matrix.problems)

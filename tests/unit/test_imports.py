"""What scripts load: the start of a job shall not take longer than its work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
LARGE = ["pandas", "scipy", "sklearn", "torch", "matplotlib", "librosa"]


def loaded_by(script: str) -> set[str]:
    code = f"import sys, {script}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    command = [sys.executable, "-c", code]
    return set(subprocess.check_output(command, env=environment, text=True).split())


@pytest.mark.parametrize(
    ("script", "unused"),
    [
        ("cut_segments", LARGE),
        ("compute_mels", LARGE),
        ("compute_mood_mels", ["scipy", "sklearn", "torch", "matplotlib", "librosa"]),
        ("collect_probes", ["sklearn", "torch", "matplotlib"]),
        ("plot_similarity", ["scipy", "sklearn", "torch"]),
    ],
)
def test_scripts_load_no_large_package_that_they_do_not_use(script: str, unused: list[str]) -> None:
    assert loaded_by(script).isdisjoint(unused)


@pytest.mark.parametrize("script", ["compute_mels", "train_model"])
def test_the_activity_gate_is_no_part_of_what_comes_after_the_segments(script: str) -> None:
    """Else a change of its code would run every training again."""
    assert "stemlens.audio.activity" not in loaded_by(script)

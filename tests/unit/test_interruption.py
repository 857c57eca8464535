"""Ctrl-C ends the jobs of a run, and all that these have started."""

import subprocess
import sys
import time
from pathlib import Path

import psutil

SCRIPTS = Path(__file__).parents[2] / "scripts"
RUN = """\
import subprocess, sys
from stemlens.workflow.interruption import JOB_PREFIX, terminate_jobs
job = JOB_PREFIX + "sleep 61 & echo $! $$; wait"
process = subprocess.Popen(["bash", "-c", job], stdout=subprocess.PIPE, text=True)
print(process.stdout.readline(), flush=True)
sys.stdin.readline()
terminate_jobs()
print("all have ended", flush=True)
"""


def test_jobs_and_what_they_started_end_with_the_run_and_not_by_the_interrupt_itself() -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=SCRIPTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdin is not None
    assert run.stdout is not None
    sleep, shell = (psutil.Process(int(pid)) for pid in run.stdout.readline().split())
    run.stdout.readline()
    shell.send_signal(2)
    sleep.send_signal(2)
    time.sleep(0.2)
    assert shell.is_running()
    assert sleep.is_running()
    out, _ = run.communicate("interrupted\n", timeout=60)
    assert out == "all have ended\n"
    assert not shell.is_running()
    assert not sleep.is_running()

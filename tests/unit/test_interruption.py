"""Ctrl-C ends the jobs of a run, and all that these have started; SIGTERM reaches its scheduler."""

import os
import subprocess
import sys
import time

import psutil
import pytest
from snakemake_project import ROOT

SCRIPTS = ROOT / "scripts"
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


SIGNALLED = """
import os, signal, sys, threading
from snakemake.scheduling.job_scheduler import JobScheduler
from stemlens.workflow.interruption import let_sigterm_in

scheduler = object.__new__(JobScheduler)
scheduler._lock = threading.Lock()
scheduler._open_jobs = threading.Semaphore(0)
let_sigterm_in(scheduler)
signal.signal(signal.SIGTERM, scheduler.exit_gracefully)
held = {"selecting": scheduler._lock, "waiting": scheduler._open_jobs._cond}[sys.argv[1]]
with held:
    os.kill(os.getpid(), signal.SIGTERM)
scheduler._open_jobs.acquire()
print(scheduler._user_kill)
"""


@pytest.mark.parametrize("where", ["selecting", "waiting"])
def test_sigterm_is_answered_while_snakemake_holds_its_locks(where: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SIGNALLED, where],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    assert ended.stdout == "graceful\n"

"""SIGTERM reaches Snakemake's scheduler wherever it is."""

import os
import subprocess
import sys

import pytest
from snakemake_project import ROOT

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

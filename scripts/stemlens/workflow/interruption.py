"""Ctrl-C: jobs end without a word of their own, since the run says what there is to say.

A terminal sends its interrupt to every process, and each Python among them would answer with a
traceback. So jobs ignore it, and Snakemake's process ends them. After SIGTERM, Snakemake waits for
the jobs that run.
"""

import threading
from contextlib import suppress
from typing import Any

import psutil

JOB_PREFIX = "set -euo pipefail; trap '' INT; "
"""What the shell of each job does first: what Snakemake demands of bash, and to ignore Ctrl-C."""


def terminate_jobs() -> None:
    """Ask all processes below this one to end, and wait until they have."""
    # A shell before what it runs: it would report that it was terminated.
    processes = psutil.Process().children(recursive=True)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    psutil.wait_procs(processes, timeout=60)


def let_sigterm_in(scheduler: Any) -> None:
    """Give Snakemake's scheduler locks that a thread may take twice.

    It answers SIGTERM in the thread that selects jobs, and takes the lock that is held there
    meanwhile: where they meet, Snakemake 9.27 waits for itself forever.
    """
    scheduler._lock = threading.RLock()
    scheduler._open_jobs._cond = threading.Condition(threading.RLock())

"""Ctrl-C: jobs end without a word of their own, since the run says what there is to say.

A terminal sends its interrupt to every process, and each Python among them would answer with a
traceback. So jobs ignore it, and Snakemake's process ends them.
"""

from contextlib import suppress

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

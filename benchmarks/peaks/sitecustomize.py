"""Python runs this at its start where the folder is on PYTHONPATH: jobs note their peak memory.

Snakemake's own benchmark looks twice a second at most and misses what lies between.
"""

import atexit
import os
import re
import sys
from pathlib import Path


def note() -> None:
    """Append the script's name and the process's largest resident memory in MB."""
    script = re.search(r"\.(\w+)\.py$", sys.argv[0])
    if script:
        # Not getrusage: its maximum is inherited from the process that started this one.
        status = Path("/proc/self/status").read_text()
        peak_mb = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
        with Path(os.environ["STEMLENS_PEAKS"]).open("a") as file:
            file.write(f"{script[1]},{peak_mb:.1f}\n")


if "STEMLENS_PEAKS" in os.environ:
    atexit.register(note)

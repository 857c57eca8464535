"""Measure a candidate, and print its figures as JSON:  measure.py MODULE FOLDER [CANDIDATE].

Without a candidate the comparison is prepared and checked.
"""

import json
import resource
import statistics
import sys
import time
from pathlib import Path

from comparison import load


def main(module: str, folder: str, candidate: str | None = None) -> None:
    """Prepare and check, or get ready, warm up and measure."""
    comparison = load(module)
    if candidate is None:
        comparison.prepare(Path(folder))
        comparison.check(Path(folder))
        print("checked")
        return
    work = comparison.candidates[candidate](Path(folder))
    for _ in range(comparison.n_warm_ups):
        work()
    # The largest resident memory begins anew; what it took to get ready does not count.
    Path("/proc/self/clear_refs").write_text("5")
    seconds = []
    for _ in range(comparison.n_calls):
        start = time.perf_counter()
        result = work()
        elapsed_s = time.perf_counter() - start
        seconds.append(result if isinstance(result, float) else elapsed_s)
        del result
    print(json.dumps({"seconds": statistics.median(seconds), "peak_mb": peak_memory_mb()}))


def peak_memory_mb() -> float:
    """Largest resident memory of this process, or of one that it started."""
    # Not getrusage for this process: its maximum is inherited from the one that started it.
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    own_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return max(own_kb, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Measure one contestant:  measure.py CONTEST CONTESTANT FOLDER  prints its figures as JSON."""

import json
import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from contest import load_contest


def memory_mb(field: str) -> float:
    """Resident memory of this process, now (``VmRSS``) or at most (``VmHWM``); Linux alone."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def forget_largest_memory() -> None:
    """Let ``VmHWM`` begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


def main(name: str, contestant: str, folder: str) -> None:
    """Prepare, warm up, measure."""
    contest = load_contest(name)
    seconds_of = getattr(contest, "seconds_of", lambda _contestant, elapsed_s, _result: elapsed_s)
    work = contest.CONTESTANTS[contestant](Path(folder))
    for _ in range(contest.WARM_UPS):
        work()
    forget_largest_memory()
    before_mb, seconds = memory_mb("VmRSS"), []
    for _ in range(contest.CALLS):
        start = time.perf_counter()
        result = work()
        seconds.append(seconds_of(contestant, time.perf_counter() - start, result))
        del result
    peak_mb = memory_mb("VmHWM")
    largest_child_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures = {
        "seconds": statistics.median(seconds),
        "peak_mb": max(peak_mb, largest_child_mb),
        "added_mb": peak_mb - before_mb,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])

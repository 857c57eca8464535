"""What every Python of a disturbed run loads first: it does every fault to a job of every rule.

A job of a rule that has not had all faults waits for a random moment of the time that such a job
takes, or for its own end if that comes first, and does the next one. Nothing of the project knows.

The environment names a folder, `STEMLENS_FAULTS`, with ``plan.json`` (see `disturbed_run`). Jobs
write there: ``running/<process>`` (its rule), ``hit/<rule>.<fault>`` (the moment in seconds, and
the files of the job that did it), ``lived/<rule>.<fault>`` (the job did its work all the same),
``disk`` (the process whose end frees the disk) and ``second/<process>.txt`` (what a second run
said).
"""

import atexit
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

HARMLESS = ("second_run", "sigterm")
"""Faults that jobs live through, so that a rule has them last, both in one job."""
OF_DISK = ("full_disk", "read_only")
FREE = "free"
"""In place of the process that has the disk."""


class Disturbance:
    """The faults that wait in the process of one job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan = json.loads((folder / "plan.json").read_text("utf-8"))
        self.start_s = time.time()
        self.job = None
        self.done = ""
        self.lock = threading.Lock()
        threading.Thread(target=self.wait, daemon=True).start()
        atexit.register(self.strike_at_the_end)

    def wait(self) -> None:
        """Learn whose job this is, and strike at its moment."""
        while self.job is None:
            time.sleep(0.005)
            self.job = sys.modules["__main__"].__dict__.get("snakemake")
        (self.folder / "running" / str(os.getpid())).write_text(self.job.rule, "utf-8")
        faults = self.coming(self.job.rule)
        if faults:
            drawn = random.Random(f"{self.plan['seed']} {faults[0]} {self.job.rule}").random()
            script = Path(sys.orig_argv[-1]).name.split(".")[1]
            moment_s = self.start_s + drawn * self.plan["durations_s"].get(script, 0)
            time.sleep(max(0.0, moment_s - time.time()))
            self.strike()

    def strike_at_the_end(self) -> None:
        """Strike a job that has done its work; one that failed will be there again."""
        with self.lock:
            # What is under way ends before the job does: a second run would outlive the first.
            pass
        if self.job is None or not all(map(os.path.exists, self.job.output)):
            return
        if not self.done:
            self.strike()
        if self.done:
            # It lived through the fault: for the next one it has to be made again.
            (self.folder / "lived" / f"{self.job.rule}.{self.done}").touch()
            if self.done in OF_DISK:
                self.give_disk_back()
            if self.coming(self.job.rule):
                self.kill_job()

    def strike(self) -> None:
        """Do the next fault of the rule; a job that ends waits for it."""
        with self.lock:
            while faults := self.coming(self.job.rule):
                fault = faults[0]
                if fault in OF_DISK and not self.take_disk():
                    others = [other for other in faults if other not in (*OF_DISK, *HARMLESS)]
                    if not others:
                        time.sleep(0.01)
                        continue
                    fault = others[0]
                if self.claim(self.job.rule, fault):
                    getattr(self, fault)()
                    if fault not in HARMLESS:
                        self.done = fault
                        return

    def coming(self, rule: str) -> list[str]:
        """Faults that a rule has not had yet, in an order of its own."""
        order = [fault for fault in self.plan["faults"] if fault not in HARMLESS]
        random.Random(f"{self.plan['seed']} {rule}").shuffle(order)
        order += [fault for fault in HARMLESS if fault in self.plan["faults"]]
        return [fault for fault in order if not (self.folder / "hit" / f"{rule}.{fault}").exists()]

    def claim(self, rule: str, fault: str) -> bool:
        """Note that a rule has a fault now; whether it has not had it before."""
        about = {
            "moment_s": time.time() - self.start_s,
            "rule": self.job.rule,
            "outputs": list(self.job.output),
            "logs": list(self.job.log),
        }
        # Whole or not at all: this process may be killed by the fault of another.
        written = self.folder / f"{os.getpid()}.json"
        written.write_text(json.dumps(about), "utf-8")
        with contextlib.suppress(FileExistsError):
            os.link(written, self.folder / "hit" / f"{rule}.{fault}")
            return True
        return False

    def claim_all(self, fault: str) -> None:
        """What happens to a whole run happens to all rules of which a job runs."""
        for running in (self.folder / "running").iterdir():
            rule = running.read_text("utf-8")
            is_alive = rule and Path("/proc", running.name).exists()
            # A job that is about to die of another fault lives through nothing.
            if is_alive and (fault not in HARMLESS or set(self.coming(rule)) <= set(HARMLESS)):
                self.claim(rule, fault)

    def take_disk(self) -> bool:
        """Whether the disk is this job's to fill; if so, it is freed when the job has ended."""
        with contextlib.suppress(FileExistsError), (self.folder / "disk").open("x") as file:
            file.write(str(os.getpid()))
            return True
        return False

    def give_disk_back(self) -> None:
        """Have the disk freed before the job ends, or Snakemake could not remove what it made."""
        disk = self.folder / "disk"
        disk.write_text(FREE, "utf-8")
        while disk.exists() and disk.read_text("utf-8") == FREE:
            time.sleep(0.01)

    def run_process(self) -> int:
        """Process of the run, which is also its process group."""
        return int((self.folder / "process").read_text("utf-8"))

    def kill_job(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def kill_all(self) -> None:
        self.claim_all("kill_all")
        os.killpg(self.run_process(), signal.SIGKILL)

    def sigint(self) -> None:
        # As a terminal sends it, to every process.
        self.claim_all("sigint")
        os.killpg(self.run_process(), signal.SIGINT)

    def sigterm(self) -> None:
        self.claim_all("sigterm")
        os.kill(self.run_process(), signal.SIGTERM)

    def second_run(self) -> None:
        self.claim_all("second_run")
        while (self.folder / "disk").exists():
            time.sleep(0.01)
        alone = {k: v for k, v in os.environ.items() if k != "STEMLENS_FAULTS"}
        result = subprocess.run(
            self.plan["command"],
            env=alone,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = self.folder / "second" / f"{os.getpid()}.txt"
        said.write_bytes(b"%d\n" % result.returncode + result.stdout)

    def full_disk(self) -> None:
        with Path(self.plan["results"], ".ballast").open("ab") as ballast:
            for size in (2**24, 2**20, 2**16, 2**12):
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(ballast.fileno(), ballast.seek(0, os.SEEK_END), size)

    def read_only(self) -> None:
        # Over the folder: to remount it fails while a log is open for writing.
        results = self.plan["results"]
        subprocess.run(["mount", "--bind", results, results], check=True)
        remount = ["mount", "-o", "remount,bind,ro", results]
        # Another job may have a file open for writing by now.
        while subprocess.run(remount, stderr=subprocess.DEVNULL, check=False).returncode:
            time.sleep(0.01)


if "STEMLENS_FAULTS" in os.environ and any(
    ".snakemake/scripts/tmp" in argument for argument in sys.orig_argv
):
    Disturbance(Path(os.environ["STEMLENS_FAULTS"]))

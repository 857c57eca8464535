"""A SLURM of one node, started for the tests, and what it says of the jobs that it ran."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SCRIPTS = Path(__file__).with_name("slurm")
NODE = "node"
LIMIT_S = 240
REFUSED_S = 3.0
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel")


def missing_programs() -> list[str]:
    """Name what has to be installed before a SLURM can be started."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    return [program for program in PROGRAMS if not shutil.which(program, path=path)]


@dataclass(frozen=True)
class Cluster:
    """A running SLURM.

    Attributes
    ----------
    folder
        Holds everything that it writes.
    """

    folder: Path

    @classmethod
    def start(cls, folder: Path) -> "Cluster":
        """Start it on a free port."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environment = {**os.environ, "SLURM_TEST_PORT": str(port)}
        subprocess.run([SCRIPTS / "start.sh", folder], env=environment, check=True)
        return cls(folder)

    def stop(self) -> None:
        """Stop it."""
        subprocess.run([SCRIPTS / "stop.sh", self.folder], check=True)

    @property
    def environment(self) -> dict[str, str]:
        """What must be set for sbatch and its kin to speak to it."""
        return {
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
        }

    def run(self, *command: str) -> str:
        """Run a command of SLURM and return what it prints."""
        return subprocess.run(
            command,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    def jobs(self) -> list[dict[str, str]]:
        """All jobs, running and finished, in the order of their submission: SLURM's own fields."""
        printed = self.run("scontrol", "--oneliner", "--details", "show", "job").splitlines()
        found = [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in printed if "JobId=" in line]
        return sorted(found, key=lambda job: int(job["JobId"]))

    def job(self, number: str) -> dict[str, str]:
        """One of these."""
        (found,) = (job for job in self.jobs() if job["JobId"] == number)
        return found

    def kill_controller(self) -> None:
        """Kill the controller."""
        os.kill(int((self.folder / "slurmctld.pid").read_text()), signal.SIGKILL)

    def start_controller(self) -> None:
        """Start the controller, which reads what the last one wrote down."""
        self._start_daemon("slurmctld")

    def kill_daemon_of_node(self) -> None:
        """Kill what takes SLURM's orders on the node; the jobs that run there are not touched."""
        os.kill(int((self.folder / "slurmd.pid").read_text()), signal.SIGKILL)

    def start_daemon_of_node(self, *options: str) -> None:
        """Start it again; with the option -b it says that the node was booted just now."""
        self._start_daemon("slurmd", "-N", NODE, *options)

    def crash_node(self, boot_s: float = 17.0) -> None:
        """Kill all that runs on the node at once, as when it loses its power, and boot it again.

        SLURM notices that the node's jobs are gone where it last heard of them well before.
        """
        listed = self.run("scontrol", "listpids").splitlines()[1:]
        jobs = [psutil.Process(int(line.split()[0])) for line in listed]
        above = {parent for job in jobs for parent in job.parents()}
        steps = [process for process in above if process.name() == "slurmstepd"]
        self.kill_daemon_of_node()
        for process in {*steps, *jobs}:
            process.kill()
        time.sleep(boot_s)
        self.start_daemon_of_node("-b")

    def drain_node(self, *, is_drained: bool) -> None:
        """Let the node take no more jobs, or take them again."""
        change = ("state=drain", "reason=maintenance") if is_drained else ("state=resume",)
        self.run("scontrol", "update", f"nodename={NODE}", *change)

    def requeue(self, job: str) -> None:
        """Put a running job back into the queue, as SLURM does with one that it preempts."""
        self.run("scontrol", "requeue", job)

    def wait_until_back(self, job: str, reason: str = "") -> dict[str, str]:
        """Wait until a job is back in the queue and `reason` says why it waits; return all of it.

        By itself it would first wait for two minutes.
        """
        self.wait_for_state(job, "PENDING")
        # The node refuses a job that it has ended in the same second.
        time.sleep(REFUSED_S)
        self.run("scontrol", "update", f"JobId={job}", "StartTime=now")
        return self.wait_for_state(job, "PENDING", reason)

    def wait_for_state(self, job: str, state: str, reason: str = "") -> dict[str, str]:
        """Wait until SLURM says so of a job; return all that it says of it."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            found = self.job(job)
            if found["JobState"] == state and reason in found["Reason"]:
                return found
            time.sleep(0.2)
        raise AssertionError(f"job {job} is not {state} {reason} but {found['JobState']}")

    def _start_daemon(self, *command: str) -> None:
        path = f"{os.environ['PATH']}:/usr/sbin"
        environment = {**os.environ, **self.environment, "PATH": path}
        subprocess.run(command, env=environment, check=True)

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

SCRIPTS = Path(__file__).with_name("slurm")
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

    def kill_controller(self, away_s: float) -> None:
        """Kill the controller and start it again later."""
        os.kill(int((self.folder / "slurmctld.pid").read_text()), signal.SIGKILL)
        time.sleep(away_s)
        path = f"{os.environ['PATH']}:/usr/sbin"
        environment = {**os.environ, **self.environment, "PATH": path}
        subprocess.run(["slurmctld"], env=environment, check=True)

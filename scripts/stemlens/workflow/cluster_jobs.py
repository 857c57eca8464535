"""Jobs that a killed run left on a SLURM cluster: they would write beside those of the next run."""

import logging
import subprocess
from pathlib import Path

from stemlens.atomic import replacing
from stemlens.errors import InputError

logger = logging.getLogger(__name__)

RUN_ID_FILE = ".slurm_run"
"""File of a results folder with the name that SLURM knows the jobs of its last run by."""


def demand_no_jobs_left(results: str | Path) -> None:
    """Refuse to start while jobs of an earlier run wait or run on the cluster.

    Where SLURM is not installed, nobody can be asked: then there is a warning.

    Raises
    ------
    InputError
        If there are such jobs, or if SLURM does not say.
    """
    note = Path(results) / RUN_ID_FILE
    if not note.exists():
        return
    command = ["squeue", "--noheader", "--format=%A", f"--name={note.read_text('utf-8')}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        logger.warning(
            "%s: the last run was on a cluster; no squeue here to ask whether its jobs still run",
            results,
        )
        return
    except subprocess.CalledProcessError as error:
        raise InputError(
            f"{results}: SLURM does not say whether jobs of an earlier run still write there"
            f" ({' '.join(error.stderr.split())}); expected an answer: try again when squeue works"
        ) from None
    if jobs := answer.stdout.split():
        raise InputError(
            f"{results}: jobs of an earlier run still write there ({len(jobs)}); expected none:"
            f" wait for their end, or end them: scancel {' '.join(jobs)}"
        )


def note_run_id(results: str | Path, run_id: str | None) -> None:
    """Note under which name SLURM knows the jobs of the run that begins; None of one without."""
    note = Path(results) / RUN_ID_FILE
    if run_id is None:
        note.unlink(missing_ok=True)
        return
    with replacing(note) as file:
        file.write_text(run_id, "utf-8")

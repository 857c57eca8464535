"""What made a file: project and commit, config, corpus, packages and device.

A run notes what is the same for all its files once, in the file `RUN_FILE` of its results folder.
Its jobs find it there, add what each of them knows, and write both into their files. Outside of a
job, as in a notebook, nothing is written. There are no dates in it, and it is no param or input of
any rule: it makes no job run again, and two runs on one machine give the same bytes.
"""

import json
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

VERSION = "0.1.0"

LOGS = "logs"
"""Folder of a results folder with the jobs' logs."""

RUN_FILE = "provenance.json"
"""File of a results folder that says what is the same for all jobs of the latest run there."""

OF_RUN = ("commit", "is_modified", "config", "corpus", "mood_corpus")
"""What only the run knows; null where it noted nothing, as where the workflow is a module."""

PACKAGES = {
    "PIL": "pillow",
    "av": "av",
    "fast_mp3_augment": "fast_mp3_augment",
    "h5py": "h5py",
    "librosa": "librosa",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "python_stretch": "python-stretch",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "soundfile": "soundfile",
    "soxr": "soxr",
    "symusic": "symusic",
    "torch": "torch",
    "vl_convert": "vl-convert-python",
    "yaml": "pyyaml",
}
"""Module → package; each states its version, which is faster than looking at what is installed."""

_of_job: ContextVar[dict[str, Any] | None] = ContextVar("provenance of a job", default=None)


@contextmanager
def provenance_of_job(log: str | Path) -> Iterator[None]:
    """Have the files that are written in the block say what made them.

    Parameters
    ----------
    log
        The job's log file, in the folder `LOGS` of the results folder or in one within it.
    """
    folders = Path(log).absolute().parents
    found = (each.parent / RUN_FILE for each in folders if each.name == LOGS)
    run = next((file for file in found if file.is_file()), None)
    known = json.loads(run.read_text("utf-8")) if run else {}
    token = _of_job.set(
        {
            "software": "stemlens",
            "version": VERSION,
            **{key: known.get(key) for key in OF_RUN},
            "python": platform.python_version(),
            "platform": platform.platform(),
            "device": "CPU",
        }
    )
    try:
        yield
    finally:
        _of_job.reset(token)


def note(**facts: Any) -> None:
    """Add to what the job's files say, such as its device; values that JSON knows."""
    known = _of_job.get()
    if known is not None:
        known.update(facts)


def current_provenance() -> dict[str, Any]:
    """What made a file that is written now.

    Returns
    -------
    dict
        ``software``, ``version``, ``commit`` (of git), ``is_modified`` (whether the code differed
        from that), ``config``, ``corpus`` and ``mood_corpus`` (see
        `stemlens.workflow.run_record.corpus_entry`), ``python``, ``platform``, ``device``, and
        ``packages`` (those that the job has loaded, with their versions), and what was added by
        `note`. Empty outside of a job.
    """
    known = _of_job.get()
    if known is None:
        return {}
    loaded = {
        package: version
        for module, package in PACKAGES.items()
        if (version := getattr(sys.modules.get(module), "__version__", None))
    }
    return {**known, "packages": loaded}

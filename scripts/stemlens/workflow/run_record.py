"""What is the same for all jobs of a run, noted in its results: see `stemlens.provenance`."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stemlens.atomic import replacing
from stemlens.provenance import RUN_FILE, VERSION


def write_run_record(
    results: str | Path, project: str | Path, config: Mapping[str, Any], **known: Any
) -> None:
    """Write the file `RUN_FILE`.

    Parameters
    ----------
    results
        Folder of the run's results.
    project
        Folder of the Snakefile.
    config
        The whole config.
    **known
        Further entries: ``corpus`` and ``mood_corpus`` (`corpus_entry`), ``packages``, ….
    """
    record = {"software": "stemlens", "version": VERSION, **git_state(project)}
    with replacing(Path(results) / RUN_FILE) as file:
        text = json.dumps({**record, **known, "config": config}, indent=1, ensure_ascii=False)
        file.write_text(text + "\n", "utf-8")


def git_state(project: str | Path) -> dict[str, Any]:
    """Commit of a project, and whether its files differ from that.

    Returns
    -------
    dict
        ``commit`` and ``is_modified`` (files that git does not track do not count); both None where
        the folder is no git repository of its own, or git is not installed.
    """

    def git(*arguments: str) -> str:
        # Without its optional locks git writes nothing.
        command = ["git", "--no-optional-locks", "-C", str(project), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != Path(project).resolve():
            return {"commit": None, "is_modified": None}
        is_modified = bool(git("status", "--porcelain", "--untracked-files=no"))
        return {"commit": git("rev-parse", "HEAD"), "is_modified": is_modified}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "is_modified": None}


def corpus_entry(
    name: str,
    layout: str,
    *,
    files: Mapping[str, int] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Name, layout and fingerprint of a corpus.

    Parameters
    ----------
    files
        Name within the corpus → size in bytes, of the audio files that the run uses.
    settings
        Of a corpus that the run renders, instead.

    Returns
    -------
    dict
        ``name``, ``layout``, ``fingerprint``: SHA-256 over lines ``<size> <name>`` in the order of
        names, or over the settings as JSON with sorted keys; None while there are neither; and
        ``n_files`` or ``settings``.
    """
    entry: dict[str, Any] = {"name": name, "layout": layout, "fingerprint": None}
    if files is not None:
        text = "".join(f"{size} {file}\n" for file, size in sorted(files.items()))
        entry |= {"n_files": len(files)}
    elif settings is not None:
        text = json.dumps(settings, sort_keys=True)
        entry |= {"settings": dict(settings)}
    else:
        return entry
    return entry | {"fingerprint": hashlib.sha256(text.encode()).hexdigest()}

"""A run as a Workflow Run RO-Crate: its results folder, described so that machines can read it.

https://w3id.org/ro/wfrun/workflow/0.5, on RO-Crate 1.1.
"""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from rocrate.model import ContextEntity, Entity
from rocrate.rocrate import ROCrate

from stemlens.atomic import replacing, replacing_folder
from stemlens.errors import InputError
from stemlens.provenance import RUN_FILE

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".yaml": "application/yaml",
}
WORKFLOW_PARTS = (
    *("Snakefile", "rules", "scripts", "envs", "schemas", "profiles", "presets", "report"),
    *("config.yaml", "hypotheses.yaml", "requirements.lock", "pyproject.toml", "LICENSE"),
)
"""What of the project makes up the workflow."""

RESULTS = ("tables/*.csv", "figures/*.png", "figures/*.pdf", "hypotheses.md", "explorer.html")


def copy_workflow(project: str | Path, folder: str | Path) -> None:
    """Copy the workflow, replacing an earlier copy."""
    with replacing_folder(folder) as beside:
        for part in WORKFLOW_PARTS:
            source = Path(project) / part
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
                shutil.copytree(source, beside / part, ignore=ignored)
            elif source.exists():
                shutil.copy(source, beside / part)


def read_run_record(results: str | Path) -> dict[str, Any]:
    """Read what `stemlens.workflow.run_record.write_run_record` wrote.

    Raises
    ------
    InputError
        If there is none.
    """
    file = Path(results) / RUN_FILE
    if not file.exists():
        raise InputError(
            f"{file}: found no such file; expected what a run notes at its start: run the workflow"
            " itself, which is not done where another one uses it as a module"
        )
    return json.loads(file.read_text("utf-8"))


def write_config(path: str | Path, config: dict[str, Any]) -> None:
    """Write the whole config of a run, for ``--configfile``."""
    with replacing(path) as beside:
        beside.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), "utf-8")


def write_crate(path: str | Path, run: dict[str, Any], config: str, workflow: str) -> None:
    """Describe a results folder.

    Parameters
    ----------
    path
        ``ro-crate-metadata.json`` in the results folder. Dates in it are those of the results.
    run
        From `read_run_record`.
    config, workflow
        Names of the files in the folder that `write_config` and `copy_workflow` wrote.
    """
    folder = Path(path).parent
    found = [file for pattern in RESULTS for file in sorted(folder.glob(pattern))]
    ended = datetime.fromtimestamp(max(file.stat().st_mtime for file in found), UTC)
    crate = ROCrate(version="1.1")
    main = _add_workflow(crate, folder, run, workflow)
    results = [_add_file(crate, folder, file.relative_to(folder).as_posix()) for file in found]
    for result in results:
        metadata = f"{result['name']}-metadata.json"
        if (folder / metadata).exists():
            _add_file(crate, folder, metadata, about=result)
    action = _add(
        crate,
        "#run",
        "CreateAction",
        name=f"Run of stemlens on the corpus {run['corpus']['name']}",
        description=f"snakemake --cores all --configfile {config}",
        endTime=ended.isoformat(timespec="seconds"),
        actionStatus="http://schema.org/CompletedActionStatus",
        instrument=main,
        object=[
            _add_file(crate, folder, config, description="The whole config of the run"),
            *(_add_corpus(crate, key, run[key]) for key in ("corpus", "mood_corpus") if key in run),
        ],
        result=results,
    )
    _add_file(
        crate, folder, RUN_FILE, about=action, description="Versions, commit, config and corpora"
    )
    crate.name = f"stemlens: {run['corpus']['name']}"
    crate.description = (
        "How audio networks generalise, layer by layer: tables and figures of a run. Each says by"
        " itself what made it."
    )
    crate.datePublished = ended.date().isoformat()
    crate.license = "The workflow: MIT. The results: as far as the licence of the corpus allows."
    crate.root_dataset["conformsTo"] = [
        _add(crate, profile, "CreativeWork", name=name, version=profile.rpartition("/")[2])
        for profile, name in PROFILES.items()
    ]
    crate.root_dataset["mentions"] = [action]
    with replacing(path) as beside:
        text = json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False)
        beside.write_text(text + "\n", "utf-8")


def _add(crate: ROCrate, id_: str, kind: str, **properties: Any) -> Entity:
    entity = crate.add(ContextEntity(crate, id_, properties={"@type": kind}))
    for name, value in properties.items():
        entity[name] = value
    return entity


def _add_file(crate: ROCrate, folder: Path, name: str, **properties: Any) -> Entity:
    file = folder / name
    entity = crate.add_file(file, name)
    size = str(file.stat().st_size)
    known = {"name": name, "encodingFormat": FORMATS[file.suffix], "contentSize": size}
    for key, value in {**known, **properties}.items():
        entity[key] = value
    return entity


def _add_workflow(crate: ROCrate, folder: Path, run: dict[str, Any], workflow: str) -> Entity:
    packages = run["packages"].items()
    snakefile = f"{workflow}/Snakefile"
    main = crate.add_workflow(
        folder / snakefile, snakefile, main=True, lang="snakemake", lang_version=run["snakemake"]
    )
    properties = {
        "name": "stemlens",
        "version": run["version"],
        "description": f"Git commit: {run['commit'] or 'not known'}"
        + (", with changes that are not committed" if run["is_modified"] else ""),
        "author": _add(crate, "#authors", "Organization", name="The stemlens authors"),
        "license": _add(crate, "https://spdx.org/licenses/MIT", "CreativeWork", name="MIT License"),
        "softwareRequirements": [
            _add(crate, f"#{name}", "SoftwareApplication", name=name, softwareVersion=version)
            for name, version in packages
            if version
        ],
    }
    for name, value in properties.items():
        main[name] = value
    crate.add_dataset(folder / workflow, f"{workflow}/", properties={"name": "The workflow"})
    return main


def _add_corpus(crate: ROCrate, key: str, corpus: dict[str, Any]) -> Entity:
    fingerprint = corpus["fingerprint"]
    return _add(
        crate,
        f"#{key}",
        "CreativeWork",
        name=corpus["name"],
        description=f"Audio, not part of this crate; layout {corpus['layout']}",
        **({"identifier": f"sha256:{fingerprint}"} if fingerprint else {}),
    )

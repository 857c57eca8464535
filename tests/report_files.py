"""What a report of Snakemake holds, read from the zip that it was saved as."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from snakemake_project import Project


@dataclass
class Report:
    """A report.

    Attributes
    ----------
    entries
        Path of a result → its name, labels, caption (HTML), place in the zip, …
    categories
        Category → subcategory → paths of its results.
    description
        The page of the workflow, as HTML.
    files
        Place in the zip → content.
    """

    entries: dict[str, dict[str, Any]]
    categories: dict[str, dict[str, list[str]]]
    description: str
    files: dict[str, bytes]


def make_report(
    project: Project, *targets: str, config: dict[str, Any] | None = None, name: str = "report"
) -> Report:
    """Have Snakemake write the report of what lies in a project, and read it."""
    project.succeed(*targets, "--report", f"{name}.zip", config=config)
    with ZipFile(project.folder / f"{name}.zip") as archive:
        files = {item: archive.read(item) for item in archive.namelist()}
    page = files[f"{name}/report.html"].decode()

    def variable(script: str) -> Any:
        found = re.search(rf'<script id="{script}">\s+var \w+ = (.*);\n', page)
        assert found is not None
        return json.loads(found[1])

    return Report(variable("results"), variable("categories"), variable("workflow-desc"), files)


def stand_ins(folder: Path, paths: list[str]) -> None:
    """Write empty files in place of results: a report asks only whether they are there."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()

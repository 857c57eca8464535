"""Versions of the packages that jobs compute with."""

from functools import cache
from importlib import metadata
from pathlib import Path

import yaml

from stemlens.provenance import PACKAGES


@cache
def installed_version(module: str) -> str | None:
    """Version of the installed package that brings a module; None where no package does.

    Builds of one version for different devices, such as ``2.13.0+cpu``, count as one.
    """
    try:
        return metadata.version(PACKAGES.get(module, module)).split("+")[0]
    except metadata.PackageNotFoundError:
        return None


def pinned_versions(folder: str | Path) -> dict[str, str]:
    """Versions that the conda environments in a folder pin, by module.

    Each environment is YAML, whose packages ``pip`` installs; where several pin a package, they
    agree on its version.
    """
    modules = {package: module for module, package in PACKAGES.items()}
    versions = {}
    for file in sorted(Path(folder).glob("*.yaml")):
        dependencies = yaml.safe_load(file.read_text("utf-8"))["dependencies"]
        pip = next(item["pip"] for item in dependencies if isinstance(item, dict))
        for package, version in (pin.split("==") for pin in pip):
            versions[modules.get(package, package)] = version
    return versions

"""Writes docs/licences.md, from what installed packages say, when it is run as a script."""

import re
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/licences.md"

FROM_THEIR_FILES = {
    "axe-playwright-python": "MIT",
    "conda-inject": "MIT",
    "snakemake-interface-common": "MIT",
    "snakemake-interface-logger-plugins": "MIT",
    "snakemake-interface-report-plugins": "MIT",
    "snakemake-interface-scheduler-plugins": "MIT",
    "snakemake-interface-storage-plugins": "MIT",
    "stempeg": "MIT",
}
"""Where the metadata are silent, what the file LICENSE in the package says."""

NOTES = {
    "av": "wheels bring FFmpeg, LGPL-3.0-or-later, and libx264 and libx265, GPL-2.0-or-later",
    "certifi": "weak copyleft, per file",
    "docutils": "the GPL is for its Emacs mode alone, which is not in the wheel",
    "fast-mp3-augment": "with LAME, LGPL-2.0",
    "mutagen": "**copyleft**; imported by `stemlens.corpora.stated_length`",
    "pathspec": "weak copyleft, per file; of black and snakefmt, for development",
    "pretty-midi": "brings the sound font TimGM6mb.sf2, GPL-2.0, which demo songs are played with",
    "pulp": "brings the solver CBC, EPL-2.0, for Snakemake",
    "python-stretch": "with Signalsmith Stretch, MIT",
    "soundfile": "wheels bring libsndfile and mpg123, LGPL-2.1, and LAME, LGPL-2.0",
    "soxr": "weak copyleft: libsoxr",
    "tqdm": "weak copyleft, per file",
    **dict.fromkeys(
        ["numpy", "scipy"], "wheels bring GCC's libgfortran, GPL-3.0 with its runtime exception"
    ),
    **dict.fromkeys(
        ["scikit-learn", "torch"], "wheels bring GCC's libgomp, GPL-3.0 with its runtime exception"
    ),
}

HEAD = """# Licences of what stemlens uses

stemlens itself is under the [MIT licence](../LICENSE). It contains none of the packages below; they
are installed beside it. Whoever passes on both together, as in a container, passes on these too.
Those under a copyleft licence (GPL, LGPL, MPL) then ask for their source and, the GPL, for the same
of what is combined with them: **mutagen**, which stemlens imports, is under the GPL, and so are two
video encoders in the wheels of **av**, which it does not use. Results (tables, figures, sounds) are
under no licence of a package.

From the packages' own metadata: `python tests/licence_table.py` writes this page, and a test
compares it with `requirements.lock`. Packages that only development needs are among them.

| Package | Licence, as it states | What to know |
|---|---|---|
"""


def locked() -> list[str]:
    """Names in requirements.lock, normalised."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    names = [line.partition("==")[0] for line in lines if "==" in line]
    return [re.sub("[-_.]+", "-", name).lower() for name in names]


def licence(name: str) -> str:
    about = metadata.metadata(name)
    if stated := about.get("License-Expression"):
        return stated
    # Some have the whole text here.
    first = (about.get("License") or "").partition("\n")[0]
    kinds = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if "License" in c]
    kinds = [kind for kind in kinds if kind != "OSI Approved"]
    if first and len(first) < 40 and not first.startswith(("UNKNOWN", "=", "Copyright")):
        return first
    return " or ".join(kinds) or FROM_THEIR_FILES.get(name, "")


def page() -> str:
    rows = [f"| {name} | {licence(name)} | {NOTES.get(name, '')} |" for name in locked()]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

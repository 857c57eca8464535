"""Prepare a contest and compare the results of its contestants:  prepare.py CONTEST FOLDER."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from contest import load_contest


def main(name: str, folder: str) -> None:
    """In a process of its own, whose memory and threads do not stay behind."""
    contest = load_contest(name)
    contest.prepare(Path(folder))
    contest.check(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])

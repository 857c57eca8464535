import os
from collections.abc import Callable
from pathlib import Path

import pytest
from stemlens.errors import InputError
from stemlens.workflow.leftovers import (
    Leftover,
    find_leftovers,
    remove_leftovers,
    show_leftovers,
    summary_lines,
)

MADE_S = 1.6e9
RESULTS = Path("results/demo")


class Made:
    """Outputs that jobs have made, and what Snakemake has noted of them."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}

    def file(self, name: str) -> str:
        path = RESULTS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1500))
        os.utime(path, (MADE_S, MADE_S))
        self.times[str(path)] = MADE_S
        return str(path)

    def folder(self, name: str) -> str:
        path = RESULTS / name
        path.mkdir(parents=True)
        for segment in ("0.wav", "1.wav"):
            (path / segment).write_bytes(bytes(1000))
        for entry in (*path.iterdir(), path):
            os.utime(entry, (MADE_S, MADE_S))
        self.times[str(path)] = MADE_S
        return str(path)

    def find(self, *expected: str) -> list[Leftover]:
        return find_leftovers(RESULTS, self.times.get, expected)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.chdir(tmp_path)
    return Made()


def everything() -> set[str]:
    return {str(path) for path in Path().rglob("*")}


def test_what_a_job_made_and_no_job_would_make_now_is_left_over(made: Made) -> None:
    kept = [made.file("figures/figure1.png"), made.folder("segments/train/a")]
    figure, segments = made.file("figures/figure4.png"), made.folder("segments/train/gone")
    assert made.find(*kept) == [Leftover(figure, 1500), Leftover(segments, 2000)]
    assert made.find(*kept, figure, segments) == []


def test_no_results_have_no_leftovers(made: Made) -> None:
    assert made.find() == []


def by_another_tool(path: Path) -> None:
    path.write_text("of the user")


def by_a_move(path: Path) -> None:
    own = Path("own.csv")
    own.write_text("older than the run")
    os.utime(own, (1e9, 1e9))
    own.rename(path)


def by_a_link(path: Path) -> None:
    Path("elsewhere.csv").write_text("of the user")
    path.unlink()
    path.symlink_to("elsewhere.csv")


@pytest.mark.parametrize("change", [by_another_tool, by_a_move, by_a_link])
def test_a_file_that_was_changed_or_replaced_since_is_not_ours(
    made: Made, change: Callable[[Path], None]
) -> None:
    change(Path(made.file("tables/probe.csv")))
    assert made.find() == []


@pytest.mark.parametrize("change", [by_another_tool, by_a_move])
def test_a_folder_that_something_was_put_into_is_not_ours(
    made: Made, change: Callable[[Path], None]
) -> None:
    change(Path(made.folder("segments/train/gone")) / "note.txt")
    assert made.find() == []


def test_nothing_is_removed_before_it_was_shown(made: Made) -> None:
    made.file("figures/figure4.png")
    before = everything()
    with pytest.raises(InputError, match="results/demo: no list of leftovers was shown"):
        remove_leftovers(made.find(), RESULTS)
    assert everything() == before


def test_a_table_is_removed_with_the_metadata_beside_it(made: Made) -> None:
    for name in ("probe", "kept"):
        path = Path(made.file(f"tables/{name}.csv"))
        path.with_name(f"{name}.csv-metadata.json").write_text("{}")
    kept = str(RESULTS / "tables/kept.csv")
    show_leftovers(made.find(kept), RESULTS)
    remove_leftovers(made.find(kept), RESULTS)
    left = {path.name for path in (RESULTS / "tables").iterdir()}
    assert left == {"kept.csv", "kept.csv-metadata.json"}


def test_what_was_shown_is_removed_with_folders_that_this_empties_and_nothing_else(
    made: Made,
) -> None:
    figure = made.file("figures/figure1.png")
    made.file("models/mood/paper/checkpoint.pt")
    made.folder("segments/train/gone")
    own = RESULTS / "segments/train/notes.txt"
    own.write_text("of the user")
    log = RESULTS / "logs/train_model/mood.log"
    log.parent.mkdir(parents=True)
    log.write_text("of a job")

    listed = show_leftovers(made.find(figure), RESULTS)
    later = made.file("figures/figure4.png")
    removed = remove_leftovers(made.find(figure), RESULTS)

    paths = ["results/demo/models/mood/paper/checkpoint.pt", "results/demo/segments/train/gone"]
    assert [line.split("  ")[-1] for line in listed[:2]] == paths
    assert [leftover.path for leftover in removed] == paths
    files = {path for path in everything() if Path(path).is_file()}
    assert files == {figure, later, str(own), str(log)}
    assert not (RESULTS / "models").exists()
    with pytest.raises(InputError, match="no list of leftovers was shown"):
        remove_leftovers(made.find(figure), RESULTS)


def test_a_file_that_changed_after_it_was_shown_stays(made: Made) -> None:
    path = Path(made.file("tables/probe.csv"))
    show_leftovers(made.find(), RESULTS)
    path.write_text("of the user")
    assert remove_leftovers(made.find(), RESULTS) == []
    assert path.read_text() == "of the user"


def test_a_run_names_few_and_counts_all(made: Made) -> None:
    for number in range(5):
        made.file(f"figures/figure{number}.png")
    first, second, third = summary_lines(made.find(), str(RESULTS))
    assert (
        first == "5 leftovers (7.5 kB) in results/demo that this config does not make (any more):"
    )
    assert second.endswith("results/demo/figures/figure2.png and 2 more")
    assert "snakemake leftovers --cores 1" in third
    assert summary_lines([], str(RESULTS)) == []


def test_the_list_says_when_there_is_nothing(made: Made) -> None:
    made.file("figures/figure4.png")
    show_leftovers(made.find(), RESULTS)
    assert "No leftovers in results/demo" in show_leftovers([], RESULTS)[0]
    with pytest.raises(InputError):
        remove_leftovers([], RESULTS)

"""Names that a stranger chose are text wherever they are shown: logs, pages, figures."""

import io
import logging
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from snakemake_interface_logger_plugins.common import LogEvent
from stemlens.errors import InputError, reason_without_path
from stemlens.explorer.encoding import page_json
from stemlens.figures.style import save_figure
from stemlens.hypotheses.page import _row
from stemlens.job_log import job_log
from stemlens.workflow.ending import failure_lines
from stemlens.workflow.progress import RunDisplay, RunningJob

COMMANDS = {
    "clears the screen": "\x1b[2J\x1b[H",
    "names the window": "\x1b]0;owned\x07",
    "writes the clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "one byte": "\x9b31m",
    "goes back": "song\r\x08\x08\x7f",
    "forges a line": "song\n2026-01-01 00:00:00,000 INFO all is well",
    "forges a page": "\x0c\x0b\x85\u2028\u2029",
    "turns around": "\u202egnp.exe\u2066",
    "NUL": "a\0b",
    "not UTF-8": "caf\udce9",
}
named = pytest.mark.parametrize("name", COMMANDS.values(), ids=COMMANDS)


@named
def test_a_refusal_is_one_line_that_commands_nothing(name: str) -> None:
    message = str(InputError(f"{name}: is not there"))
    assert message.isprintable()
    assert message.endswith(": is not there")
    assert reason_without_path(InputError(f"/music/{name}/a.wav: no"), f"/music/{name}") == (
        "a.wav: no"
    )


@named
def test_the_log_and_the_terminal_show_it_escaped(
    tmp_path: Path, monkeypatch, capsys, name: str
) -> None:
    # pytest would keep the message as it came, which cannot pass between its processes.
    monkeypatch.setattr(logging.getLogger("stemlens"), "propagate", False)
    log = tmp_path / "job.log"
    with pytest.raises(SystemExit) as end, job_log(log):
        logging.getLogger("stemlens.audio").info("read %s", name)
        logging.getLogger("stemlens.audio").warning("mind %s", name)
        raise InputError(f"{name}: is damaged")
    shown = [*log.read_text("utf-8").split("\n")[:-1], *capsys.readouterr().err.split("\n")[:-1]]
    assert all(line.isprintable() for line in [*shown, str(end.value)])
    assert [line.partition(" ")[2].split(" ")[1] for line in shown[:3]] == [
        *("INFO", "WARNING", "ERROR")
    ]
    assert len(shown) == 4


def test_a_traceback_keeps_its_lines(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="odd"), job_log(tmp_path / "job.log"):
        raise ValueError("odd")
    assert (tmp_path / "job.log").read_text("utf-8").count("\n") > 3


@named
def test_what_snakemake_says_of_a_file_is_shown_escaped(name: str) -> None:
    stream = io.StringIO()
    record = logging.LogRecord("snakemake", logging.ERROR, "", 0, f"Missing: {name}", None, None)
    record.event = LogEvent.ERROR
    RunDisplay(logging.StreamHandler(stream)).handle(record)
    assert all(line.isprintable() for line in stream.getvalue().split("\n"))


@named
def test_the_end_of_a_log_is_shown_escaped(tmp_path: Path, name: str) -> None:
    log = tmp_path / "job.log"
    with pytest.raises(KeyError), job_log(log):
        raise KeyError(name)
    with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"Error: {name}")
    job = RunningJob("train", (), (str(log),), 0.0)
    assert all(line.isprintable() for line in failure_lines([job]))


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</td></table><h1>",
        "<!-- ",
        "<javascript:alert(1)>",
        "[x](javascript:alert(1))",
        "![x](http://example.org/pixel.png)",
        "a | b",
        "a\n\n# heading",
        "a\u2028b",
    ],
)
def test_a_name_in_a_table_of_verdicts_is_neither_markup_nor_a_link(name: str) -> None:
    row = _row("paper", name)
    assert row.count(" | ") == 1
    assert len(row.splitlines()) == 1
    assert "](" not in row
    assert not any(f"<{sign}" in row for sign in "abcdefghijklmnopqrstuvwxyz/!?")


@pytest.mark.parametrize(
    "name", ["</script>", "<!--<script>", "\u2028", "\u2029", "</SCRIPT", "]]>", "${title}", "$"]
)
def test_nothing_in_a_block_of_the_page_ends_it(name: str) -> None:
    text = page_json({name: [name]})
    assert not {"<", "\u2028", "\u2029"} & {*text}


@pytest.mark.parametrize(
    "name",
    [
        "$\\frac{a}{b}$",
        "$" + "{" * 500 + "}" * 500 + "$",
        "$\\input{/etc/passwd}$",
        "$" + "x^" * 300 + "$",
        "\\write18{touch x}",
        "$unfinished",
        "%s %(a)s {0} {a.b}",
    ],
)
def test_a_name_in_a_figure_is_no_formula_and_no_program(tmp_path: Path, name: str) -> None:
    figure = Figure(figsize=(2, 2))
    axis = figure.subplots()
    axis.plot(np.arange(2))
    figure.text(0, 0, name)
    save_figure(figure, [tmp_path / "figure.png"])
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_a_query_of_a_table_takes_names_as_values() -> None:
    """pandas would run @ and backticks of a text that is a query: none is made of names."""
    sources = (Path(__file__).parents[2] / "scripts").rglob("*.py")
    assert not [path for path in sources if ".query(" in path.read_text("utf-8")]

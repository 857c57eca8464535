"""What the user can mend always reaches the user."""

import ast
import builtins
from pathlib import Path

import pytest
from stemlens.errors import InputError, reason_without_path

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "scripts").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
CATCHES_ALL = {"Exception", "BaseException"}


def test_no_handler_of_a_more_special_error_catches_a_refusal() -> None:
    special = [
        kind
        for kind in vars(builtins).values()
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception
    ]
    assert ValueError in special
    assert not [kind for kind in special if issubclass(InputError, kind)]


def caught(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return {"BaseException"}
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {ast.unparse(kind) for kind in kinds}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whoever_catches_every_error_raises_it_again(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler) and caught(node) & CATCHES_ALL:
            assert any(isinstance(part, ast.Raise) for part in ast.walk(node))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            assert not {ast.unparse(kind) for kind in node.args} & CATCHES_ALL


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("/music/a: bass.wav is missing", "bass.wav is missing"),
        (
            "/music/a/bass.wav: cannot be read ('/music/a/bass.wav')",
            "bass.wav: cannot be read ('bass.wav')",
        ),
        ("/music/a, stem bass: holds no sample", "stem bass: holds no sample"),
        ("/music/a from 0.25 s on: nothing", "from 0.25 s on: nothing"),
        ("corpus.classes: has no stem x", "corpus.classes: has no stem x"),
    ],
)
@pytest.mark.parametrize("path", ["/music/a", "/music/a/", Path("/music/a")])
def test_a_reason_is_what_a_message_says_but_for_the_path(
    message: str, expected: str, path: str | Path
) -> None:
    assert reason_without_path(InputError(message), path) == expected

"""Change the library's arithmetic line by line, and see whether a test notices.

    python tests/mutation/run.py [--survivors] [--every N] [group ...]    # GROUPS; default all

With ``--survivors``, only those that the report names are tried again; with ``--every``, each Nth.

Tests of a group are collected once, and each is run once to see through which lines of the group's
modules it goes and how long it takes; those that take more than `LONGEST_TEST_S` are left out. A
mutant then costs a fork of this process and those tests
that go through its statement, the fastest first, up to the first that fails. What lies outside of
functions is imported anew in the fork, with the tests. What survives `SECONDS_OF_TESTS` of the
fastest tests gets all of them. Nothing is random. The report becomes a part of docs/numerics.md.
"""

import argparse
import ast
import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FunctionType, ModuleType
from typing import Any

import page
import pytest
from mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "scripts"
REPORT = ROOT / "tests/mutation/report.json"
GROUPS = {
    "similarity": (
        ["similarity/*.py"],
        [
            *("gram_and_measures", "cross_gram", "pairs", "mean_similarity", "task_difference"),
            *("mean_tables", "gram_store", "replicate_store", "estimate"),
        ],
        ["measures", "means", "representations"],
    ),
    "statistics": (
        ["statistics/*.py"],
        ["bootstrap", "estimate", "ranking_interval", "mean_similarity"],
        ["intervals"],
    ),
    "hypotheses": (
        ["hypotheses/*.py"],
        [
            *(
                "verdict",
                "clearest_claims",
                "verdict_page",
                "inequality",
                "catalogue",
                "cautions",
                "layer_words",
            ),
            *("kept_quantities", "judge_hypotheses"),
        ],
        ["means"],
    ),
    "activity": (["audio/activity.py"], ["activity"], ["audio"]),
    "mel": (["audio/mel.py", "audio/mel_filters.py"], ["mel"], ["audio"]),
}
"""Group → its modules, and the tests that have to notice: tests/unit and tests/properties."""
LONGEST_TEST_S, SECONDS_OF_TESTS, SLACK_S, GIB = 1.0, 3.0, 10.0, 2**30


def main(groups: Sequence[str], *, survivors: bool, every: int) -> None:
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    sys.path[:0] = [str(LIBRARY), str(ROOT / "tests"), str(ROOT / "benchmarks")]
    with TemporaryDirectory() as folder:
        os.environ["MUTANTS_TMPDIR"] = folder
        for group in groups or GROUPS:
            _run_group(group, survivors=survivors, every=every)
    page.main({group: [*units, *properties] for group, (_, units, properties) in GROUPS.items()})


def _run_group(group: str, *, survivors: bool, every: int) -> None:
    known = json.loads(REPORT.read_text()) if REPORT.exists() else {}
    # In a process of its own, so that it finds nothing that another imported.
    if (pid := os.fork()) == 0:
        patterns, units, properties = GROUPS[group]
        modules = {path for each in patterns for path in (LIBRARY / "stemlens").glob(each)}
        modules -= {path for path in modules if path.name == "__init__.py"}
        files = [f"tests/unit/test_{name}.py" for name in units]
        files += [f"tests/properties/test_{name}.py" for name in properties]
        files = [file for file in files if Path(file).exists()]
        run = _Run(sorted(modules), known.get(group, {}) if survivors else {}, every)
        if _pytest(["-s", *files], run) != 0:
            os._exit(1)
        known[group] = run.found
        REPORT.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")
        os._exit(0)
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit(f"{group}: see above")


def _pytest(arguments: Sequence[str], *plugins: object) -> int:
    # Nobody else cleans up there.
    folder = Path(os.environ["MUTANTS_TMPDIR"]) / str(os.getpid())
    options = ["-p", "no:cacheprovider", "-q", "--tb=no", f"--basetemp={folder}"]
    return int(pytest.main([*options, *arguments], plugins=list(plugins)))


class _Run:
    """A plugin of pytest that runs mutants in the place of tests."""

    def __init__(self, modules: Sequence[Path], before: dict[str, Any], every: int) -> None:
        self.modules, self.before, self.every = modules, before, every
        self.found: dict[str, Any] = {}
        self.items: list[pytest.Item] = []
        self.seconds: dict[pytest.Item, float] = {}
        self.lines: dict[pytest.Item, dict[str, set[int]]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        takes = {str(path): _note_lines(path) for path in self.modules}
        for item in session.items:
            first = time.process_time()
            # With fixtures of its own, so that what they go through counts as well.
            if self._fails(item, None):
                sys.exit(f"{item.nodeid} fails without any mutant")
            took_s, lines = time.process_time() - first, {p: take() for p, take in takes.items()}
            if took_s <= LONGEST_TEST_S:
                self.seconds[item], self.lines[item] = took_s, lines
        total_s = sum(self.seconds.values())
        print(
            f"{len(self.seconds)} of {len(session.items)} tests, {total_s:.0f} s", file=sys.stderr
        )
        gc.freeze()
        for path in self.modules:
            listed = mutants(path.read_text("utf-8"))[:: self.every]
            if listed:
                first = time.monotonic()
                name = str(path.relative_to(LIBRARY / "stemlens"))
                known = self.before.get(name, {}).get("survivors")
                tried = [m for m in listed if known is None or [m.function, m.change] in known]
                survivors = [m for m in tried if not self._is_killed(path, m)]
                took_s = time.monotonic() - first
                print(f"{path.name}: {len(listed)}, {took_s:.0f} s", file=sys.stderr)
                self.found[name] = {
                    "mutants": len(listed),
                    "survivors": [[m.function, m.change] for m in survivors],
                    "seconds": round(took_s),
                }
                for mutant in survivors:
                    print(f"  {mutant.line}: {mutant.change}", file=sys.stderr)
        everything = [*self.seconds]
        if _in_fork(lambda: any(self._fails(i, None) for i in everything), 10 * total_s + SLACK_S):
            sys.exit("the tests fail without any mutant by now: nothing of this counts")
        return True

    def _is_killed(self, path: Path, mutant: Mutant) -> bool:
        reached = [
            item
            for item, lines in self.lines.items()
            if not mutant.function or lines[str(path)].intersection(mutant.lines)
        ]
        if not mutant.function:
            return _in_fork(lambda: self._anew(path, mutant, reached), self._limit_s(reached))
        reached.sort(key=self.seconds.__getitem__)
        fast, total = [], 0.0
        for item in reached:
            total += self.seconds[item]
            if total > SECONDS_OF_TESTS:
                break
            fast.append(item)
        return any(
            _in_fork(lambda items=items: self._in_place(path, mutant, items), self._limit_s(items))
            for items in (fast, reached[len(fast) :])
            if items
        )

    def _in_place(self, path: Path, mutant: Mutant, items: Sequence[pytest.Item]) -> bool:
        """Put the mutant's code into the function, and see whether a test fails."""
        code = compile(mutant.tree, str(path), "exec")
        _function(path, mutant.function).__code__ = _code(code, mutant.function)
        return any(self._fails(*pair) for pair in zip(items, [*items[1:], None], strict=True))

    def _fails(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        self.has_failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self.has_failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed |= report.failed

    def _limit_s(self, items: Sequence[pytest.Item]) -> float:
        return SLACK_S + 3 * sum(self.seconds[item] for item in items)

    def _anew(self, path: Path, mutant: Mutant, items: Sequence[pytest.Item]) -> bool:
        """Import library and tests with the mutant, and see whether a test fails."""
        own = (str(LIBRARY), str(ROOT / "tests"))
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", "")).startswith(own) and name != "__main__":
                del sys.modules[name]
        name = _module_name(path)
        code = compile(mutant.tree, str(path), "exec")
        sys.meta_path.insert(0, _Mutated(name, code, path))
        items = sorted(items, key=self.seconds.__getitem__)
        return _pytest(["-x", *(item.nodeid for item in items)]) != 0


class _Noted(ast.NodeTransformer):
    """Has each statement of a function note its line, in the set ``noted_lines`` of the module."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        for child in ast.walk(node):
            for field in ("body", "orelse"):
                statements = getattr(child, field, None)
                if isinstance(statements, list) and not isinstance(child, ast.ClassDef):
                    noted = [
                        [ast.parse(f"noted_lines.add({s.lineno})").body[0], s] for s in statements
                    ]
                    setattr(child, field, [*chain(*noted)])
        return node


def _note_lines(path: Path) -> Callable[[], set[int]]:
    """Have the functions of a module note their lines; returns what takes them, and clears them."""
    tree = ast.fix_missing_locations(_Noted().visit(ast.parse(path.read_text("utf-8"))))
    code = compile(tree, str(path), "exec")
    module = importlib.import_module(_module_name(path))
    noted: set[int] = set()
    vars(module)["noted_lines"] = noted
    for function in {mutant.function for mutant in mutants(path.read_text("utf-8"))} - {""}:
        _function(path, function).__code__ = _code(code, function)

    def take() -> set[int]:
        lines = set(noted)
        noted.clear()
        return lines

    return take


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(LIBRARY).with_suffix("").parts)


def _function(path: Path, qualified_name: str) -> FunctionType:
    found: Any = importlib.import_module(_module_name(path))
    for name in qualified_name.split("."):
        found = vars(found)[name]
    for wrapper in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, wrapper, found)
    return found


def _code(module: CodeType, function: str) -> CodeType:
    found = module
    for name in function.split("."):
        nested = (c for c in found.co_consts if isinstance(c, CodeType) and c.co_name == name)
        found = next(nested)
    return found


class _Mutated(MetaPathFinder, Loader):
    """Finds a module's mutant in its place."""

    def __init__(self, name: str, code: CodeType, path: Path) -> None:
        self.name, self.code, self.path = name, code, path

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        return ModuleSpec(name, self, origin=str(self.path)) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.path)
        exec(self.code, vars(module))


def _in_fork(is_killed: Callable[[], bool], limit_s: float) -> bool:
    """Whether it is, or takes too long, or ends the process."""
    sys.stdout.flush()
    if (pid := os.fork()) == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_AS, (12 * GIB, 12 * GIB))
            signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            status = 1 if is_killed() else 0
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] != 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], default=[])
    parser.add_argument("--survivors", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    chosen = parser.parse_args()
    main(chosen.groups, survivors=chosen.survivors, every=chosen.every)

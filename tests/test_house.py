"""The rules of the house: one direction of import, small modules and functions, nothing invisible."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("glossary", "aligned", "mt")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 50
# Characters that a reader of the source cannot see or that reorder what he sees.
INVISIBLE = re.compile(
    "[\u00a0\u00ad\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_room_opens_doors_only_to_its_left(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    closed = {*ROOMS[ROOMS.index(room) + 1 :], "tests"}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not closed & {name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0].lineno  # a signature of many options is no long function
            assert (node.end_lineno or 0) - first < MAX_FUNCTION_LINES, node.name


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))], ids=named)
def test_nothing_in_the_source_is_invisible(path: Path) -> None:
    assert not INVISIBLE.search(path.read_text("utf-8"))


def test_the_top_level_is_as_agreed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    top = {name.split("/")[0] for name in listed.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} == {
        *ROOMS, "tests", "pyproject.toml", "README.md", "LICENSE",
    }  # fmt: skip


def commands() -> list[str]:
    """List every command as the program itself does."""
    code = (
        "import typer\nfrom mt.cli import app\n"
        "def walk(group, path):\n"
        "    for name, command in sorted(group.commands.items()):\n"
        "        print(*path, name, sep=' ', end='\\t'); print((command.help or '').split('\\n')[0])\n"
        "        if hasattr(command, 'commands'): walk(command, [*path, name])\n"
        "walk(typer.main.get_command(app), ['targem'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    listed = commands()
    assert len(listed) >= 6
    for line in listed:
        name, _, help_text = line.partition("\t")
        assert help_text, name
        assert f"`{name}" in readme, name


def test_every_dependency_is_explained_in_the_readme() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    readme = (ROOT / "README.md").read_text("utf-8")
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=~ ]", requirement)[0]
        assert f"| {name} " in readme, name
    assert "torch==2.13.0" in project["dependencies"]

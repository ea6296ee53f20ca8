"""Where the development data lie: beside the project, or wherever the first argument says."""

import argparse
from pathlib import Path

DEV = Path(__file__).resolve().parents[3] / "shared" / "dev"


def folder(arguments: list[str]) -> Path:
    """Return the folder of development data; end with a line when it is not there."""
    found = Path(arguments[0]) if arguments else DEV
    if not found.is_dir():
        raise SystemExit(f"no development data in {found}: give their folder")
    return found


def pairs(path: Path) -> list[tuple[str, str]]:
    """Read a TSV whose last two columns are Hebrew and English."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [(row[-2], row[-1]) for row in rows]


def parser(name: str, sentences: int) -> argparse.ArgumentParser:
    """Return a parser of a bench's arguments: the folder of data, and how many of its sentences to take."""
    made = argparse.ArgumentParser(prog=f"tests.bench {name}")
    made.add_argument("data", nargs="*")
    made.add_argument("--sentences", type=int, default=sentences)
    return made


def document(chosen: argparse.Namespace) -> list[str]:
    """Return the Hebrew of policy dev, as many sentences as the arguments want."""
    return [source for source, _ in pairs(folder(chosen.data) / "policy.tsv")][: chosen.sentences]

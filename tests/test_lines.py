"""`targem translate --lines` as a stream: soon, in order, and no more of it in memory than goes together."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import pytest

from aligned.records import Translation
from glossary.terms import Glossary
from mt.cli.translating import LINES_AT_ONCE, _translate_lines
from mt.translate import BATCH_SENTENCES, Translator
from tests.fake_engine import FakeEngine

LINES = 200_000


class Pipe(io.StringIO):
    """Makes up the lines of standard input as they are asked for, and counts those written back."""

    def __init__(self) -> None:
        super().__init__()
        self.given = self.taken = self.ahead = 0
        self.last = ""

    def lines(self) -> Iterator[bytes]:
        for number in range(LINES):
            self.given += 1
            self.ahead = max(self.ahead, self.given - self.taken)
            yield f"line {number}\r\n".encode()

    def write(self, text: str) -> int:
        self.taken += 1
        self.last = text
        return len(text)


class Echo(Translator):
    """Give back what is asked, quickly, and remember the largest batch."""

    most = 0

    def translate(self, sources: Sequence[str]) -> list[Translation]:
        self.most = max(self.most, len(sources))
        return [Translation("", source, source, 0.0, "") for source in sources]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_long_file_goes_through_piece_by_piece(monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    pipe, echo = Pipe(), Echo(FakeEngine({}), Glossary(()))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=pipe.lines(), isatty=lambda: False))
    monkeypatch.setattr("sys.stdout", pipe)
    _translate_lines(echo, as_json)
    assert (pipe.given, pipe.taken) == (LINES, LINES)
    assert echo.most == pipe.ahead == LINES_AT_ONCE
    assert (json.loads(pipe.last)["target"] if as_json else pipe.last.rstrip("\n")) == f"line {LINES - 1}"


def test_the_first_lines_come_before_the_last_are_there() -> None:
    command = [sys.executable, "-m", "mt", "translate", "--lines", "--no-glossary"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for word in ("first", "second"):
            process.stdin.write(f"{word}\n".encode() * BATCH_SENTENCES)
            process.stdin.flush()
            if word == "first":
                assert [process.stdout.readline() for _ in range(BATCH_SENTENCES)] == [b"first\n"] * 32
        process.stdin.close()
        assert process.stdout.read() == b"second\n" * BATCH_SENTENCES
        assert process.wait() == 0

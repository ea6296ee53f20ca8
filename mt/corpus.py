"""A corpus of any size translated in shards, so that whatever ends a run costs one shard at most.

A shard is SHARD_ROWS rows. When it is translated its file is written whole, and after it a line of the
manifest beside it: the digest of its rows and of all that decides their translation, and the digest of the
file. A run that finds that line and that file does neither again. At the end the shards are joined.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from aligned.formats.atomic import atomic_file
from aligned.qa.checks import PAIR_CHECKS, check
from aligned.qa.issues import NumberedPair
from aligned.records import Translation
from glossary.checker import Checker
from mt.constrain import Outcome
from mt.corpus_rows import Corpus, Row
from mt.errors import DocumentError
from mt.repair import Repairer
from mt.segment import segment
from mt.translate import Translator, joined

# What a kill can cost at most: half a minute with the model that ships.
SHARD_ROWS = 2048
# Sentences kept in mind, those met last: what a corpus says again and again is translated once.
KEPT_SENTENCES = 4096
MANIFEST = "manifest.jsonl"
# Changes when the same row would be read or written otherwise.
_VERSION = 1
# A row is no document: the checks that compare sentences with each other have nothing to say of it.
_CHECKS = (*PAIR_CHECKS, "term-missing", "term-forbidden")


@dataclass(frozen=True, slots=True)
class CorpusProgress:
    """How far a corpus is: rows in all so far and of these new, the share done, and seconds left.

    The estimate goes by the shards that this run translated; None before there is one.
    """

    rows: int
    fresh: int
    share: float
    seconds_left: float | None


class CorpusTranslator:
    """What is done to each row: repaired, cut into sentences, translated, checked."""

    def __init__(self, translator: Translator, repair: Repairer) -> None:
        self.translator = translator
        self.repair = repair
        self._checker = Checker(translator.glossary)
        self._kept: dict[str, Translation] = {}  # by sentence, the one met last at the end
        deciding = [_VERSION, translator.signature, translator.glossary.digest, repair.__name__]
        self.signature = json.dumps(deciding)

    def translate(self, rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
        """Translate rows of sentences, all of them together; return what each row is given.

        `read` is the row as it was translated, its sentences joined by blanks; spans count in it.
        """
        done = self._translated(sentence for row in rows for sentence in row)
        return [_given([done[sentence] for sentence in row]) for row in rows]

    def _translated(self, sentences: Iterable[str]) -> dict[str, Translation]:
        wanted = list(dict.fromkeys(sentences))
        new = [sentence for sentence in wanted if sentence not in self._kept]
        fresh = dict(zip(new, self.translator.translate(new), strict=True))
        done = {sentence: fresh.get(sentence) or self._kept.pop(sentence) for sentence in wanted}
        self._kept.update(done)
        for sentence in list(islice(self._kept, max(0, len(self._kept) - KEPT_SENTENCES))):
            del self._kept[sentence]
        return done

    def rows(self, sources: Sequence[str]) -> list[dict[str, Any]]:
        """Do all of it to some rows, given their sources."""
        given = self.translate([prepared(source, self.repair) for source in sources])
        return [checked(row, self._checker) for row in given]


def prepared(text: str, repair: Repairer) -> list[str]:
    """Return the sentences of a row, its lines repaired."""
    lines = repair(text.splitlines())
    return [found.text for found in segment("\n".join(line.repaired for line in lines), "he")]


def checked(given: Mapping[str, Any], checker: Checker) -> dict[str, Any]:
    """Return what a row is given with the findings of the checks of pairs."""
    pair = NumberedPair(1, given["read"], given["target"])
    issues = check([pair], checker, _CHECKS) if pair.source else []
    found = (f"{issue.check}: {issue.fault.message}" for issue in issues)
    return {**given, "findings": list(dict.fromkeys([*given["findings"], *found]))}


def translate_corpus(
    corpus: Corpus, output: Path, worker: CorpusTranslator, size: int = SHARD_ROWS
) -> Generator[CorpusProgress, None, None]:
    """Translate a corpus to a file of the same format; yield the progress after every shard.

    Whatever ends the loop early, the shards yielded so far are kept beside `output`, and the next run goes
    on after them. Raises DocumentError for a row that cannot be read or when another run is at work, and
    FormatError for what cannot be written.
    """
    with _shards(output) as shards:
        begun = time.monotonic()
        clock = _Clock(corpus.size())
        done: list[Path] = []
        rows = corpus.rows()
        while batch := list(islice(rows, size)):
            key = _key(worker.signature, batch)
            fresh = not shards.has(len(done), key)
            if fresh:
                added = worker.rows([row.source for row in batch])
                with shards.adding(len(done), key) as file:
                    corpus.write(batch, added, file)
            done.append(shards.path(len(done)))
            yield clock.tick(batch, fresh, time.monotonic() - begun)
        shards.verify(len(done))
        with atomic_file(output) as file:
            corpus.join(done, file)
        shards.remove()


def _given(translations: Sequence[Translation]) -> dict[str, Any]:
    parts, start = [], 0
    for made in translations:
        parts.append((start, Outcome(made.target, made.score, made.receipts, made.findings)))
        start += len(made.source) + 1
    outcome = joined(parts) if parts else Outcome("", 0.0)
    return {
        "target": outcome.target,
        "score": round(outcome.score, 4),
        "read": " ".join(made.source for made in translations),
        "receipts": [asdict(receipt) for receipt in outcome.receipts],
        "findings": list(outcome.findings),
    }


def _key(signature: str, rows: Sequence[Row]) -> str:
    digest = hashlib.sha256(signature.encode())
    for row in rows:
        content = json.dumps([row.source, dict(row.fields)], ensure_ascii=False, default=repr)
        digest.update(content.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class _Clock:
    """Count rows and tell from the new ones alone how long the rest will take."""

    def __init__(self, size: int) -> None:
        self._size = max(size, 1)
        self._rows = self._fresh = 0
        self._at = self._known = 0  # places: how far the run is, and how much of that was known before

    def tick(self, batch: Sequence[Row], fresh: bool, seconds: float) -> CorpusProgress:
        width = batch[-1].at + 1 - self._at
        self._at += width
        self._rows += len(batch)
        self._fresh += len(batch) if fresh else 0
        self._known += 0 if fresh else width
        made = self._at - self._known
        left = seconds / made * (self._size - self._at) if made else None
        return CorpusProgress(self._rows, self._fresh, min(1.0, self._at / self._size), left)


class _Shards:
    """The folder of shards beside an output, and its manifest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[int, Mapping[str, Any]] = {}
        manifest = folder / MANIFEST
        for line in manifest.read_bytes().split(b"\n") if manifest.is_file() else ():
            try:
                record = json.loads(line)
                self._known[record["shard"]] = record
            except (ValueError, KeyError, TypeError):
                continue  # the line that a kill tore
        self._manifest = manifest.open("ab")

    def path(self, number: int) -> Path:
        return self._folder / f"{number:08}"

    def has(self, number: int, key: str) -> bool:
        record = self._known.get(number)
        return record is not None and record["key"] == key and self.path(number).is_file()

    @contextmanager
    def adding(self, number: int, key: str) -> Iterator[BinaryIO]:
        """Open the file of a shard; when it is whole on the disk, write its line of the manifest."""
        path = self.path(number)
        with atomic_file(path) as file:
            yield file
        record = {"shard": number, "key": key, "digest": _digest(path)}
        self._known[number] = record
        # The first line end closes a line that a kill may have torn.
        self._manifest.write(b"\n" + json.dumps(record).encode() + b"\n")
        self._manifest.flush()
        os.fsync(self._manifest.fileno())

    def verify(self, count: int) -> None:
        """Raise DocumentError, the shard removed, if one is not what was written."""
        for number in range(count):
            if _digest(self.path(number)) != self._known[number]["digest"]:
                self.path(number).unlink()
                raise DocumentError(
                    f"shard {number} in {self._folder} is damaged", "give the same command again"
                )

    def remove(self) -> None:
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        self._manifest.close()


@contextmanager
def _shards(output: Path) -> Iterator[_Shards]:
    """Open the folder of shards of an output for this process alone."""
    folder = output.with_name(output.name + ".parts")
    try:
        folder.mkdir(exist_ok=True)
        found = _Shards(folder)
    except OSError as error:
        raise DocumentError(
            f"{folder} cannot be written ({error.strerror})", "check permissions and free space"
        ) from error
    try:
        _lock(found)
        yield found
    finally:
        found.close()


def _lock(shards: _Shards) -> None:
    try:
        import fcntl
    except ImportError:  # there is no such lock on Windows
        return
    try:
        fcntl.flock(shards._manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise DocumentError(
            f"another run translates to {shards._folder}", "wait for it, or give another output"
        ) from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

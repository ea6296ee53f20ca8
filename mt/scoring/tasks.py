"""A task: a translation with a line for each segment, or documents that are brought together first."""

from dataclasses import dataclass
from pathlib import Path

from mt.aligning import read_sentences
from mt.errors import DocumentError
from mt.readers import ENDINGS
from mt.scoring.files import read_segments, require_parallel, require_references
from mt.scoring.report import Task
from mt.scoring.sources import Source, read_sources
from mt.scoring.unaligned import bring_together


@dataclass(frozen=True, slots=True)
class Files:
    """A translation, its references, and what may stand beside: other translations, the Hebrew."""

    hypothesis: Path
    references: tuple[Path, ...]
    baselines: tuple[Path, ...] = ()
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class System:
    """A translation that does not come out of files: its segments, and the Hebrew of each."""

    hypotheses: list[str]
    sources: list[Source]


def aligned_task(files: Files, system: System | None = None) -> Task:
    """Return the task of files with a line for each segment; raises DocumentError where they differ.

    A `system` stands in the place of the files of translation and source.
    """
    hypothesis = system.hypotheses if system else read_segments(files.hypothesis)
    references = [(path.name, read_segments(path)) for path in files.references]
    baselines = [(path.name, read_segments(path)) for path in files.baselines]
    sources = _sources(files, system)
    hebrew = [(files.source.name, [source.text for source in sources])] if files.source else []
    require_parallel([(files.hypothesis.name, hypothesis), *references, *hebrew, *baselines])
    require_references(references)
    return Task(
        hypotheses=tuple(hypothesis),
        references=tuple(tuple(lines) for _, lines in references),
        sources=tuple(sources),
        baselines=tuple((name, tuple(lines)) for name, lines in baselines),
    )


def unaligned_task(files: Files, system: System | None = None) -> Task:
    """Return the task of documents; with a source, that and all translations have a line for each segment.

    A `system` stands in the place of the files of translation and source. Raises DocumentError where nothing
    is matched.
    """
    sources = _sources(files, system)
    paths = files.baselines if system else (files.hypothesis, *files.baselines)
    translations = [(path.name, read_segments(path) if sources else _sentences(path)) for path in paths]
    if system:
        translations.insert(0, (files.hypothesis.name, system.hypotheses))
    if sources:
        hebrew = files.source or files.hypothesis
        require_parallel(
            [*translations, (hebrew.name, [source.text for source in sources])],
            "give translations with a line for each of the source's",
        )
    given = [_sentences(path) for path in files.references]
    (_, hypothesis), *baselines = translations
    found = bring_together(hypothesis, given, sources, [lines for _, lines in baselines])
    if not found.hypotheses:
        names = ", ".join(path.name for path in (*files.references, *files.baselines))
        raise DocumentError(
            f"nothing in {files.hypothesis.name} was matched with {names}", "give a version of the same text"
        )
    return Task(
        hypotheses=found.hypotheses,
        references=found.references,
        sources=found.sources,
        baselines=tuple((name, texts) for (name, _), texts in zip(baselines, found.baselines, strict=True)),
        matching=found.matching,
    )


def _sentences(path: Path) -> list[str]:
    if ENDINGS.get(path.suffix.lower()) in ("txt", "md"):
        # Raises where a part of the text could not be read: such a part would be scored as it is.
        read_segments(path)
    return read_sentences(path, "en")


def _sources(files: Files, system: System | None) -> list[Source]:
    if system:
        return system.sources
    return read_sources(files.source) if files.source else []

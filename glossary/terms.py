"""Terms and glossaries: what they hold, how they are joined, and where they are read and written."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

from glossary.errors import GlossaryError
from glossary.hebrew import word_keys

# What a text may change in a listed form; `exact` stands alone and allows nothing.
ALLOWANCES = ("inflection", "case", "article", "exact")
WRITTEN = (".tsv", ".csv", ".tbx")


@dataclass(frozen=True, slots=True)
class Term:
    """A Hebrew term and the English owed to it; the first target is the preferred one.

    `variants` are further Hebrew spellings; `kind` is a free label such as person, place or body.
    `forbidden` are English forms that must not stand for the term. `allow` lists what may differ from the
    listed form, of ALLOWANCES; empty, it is the usual: a form that is no name may be inflected, a
    lower-case letter may be upper where a word begins, a leading "the" may be missing.
    """

    source: str
    targets: tuple[str, ...]
    variants: tuple[str, ...] = ()
    note: str = ""
    kind: str = ""
    forbidden: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Return every Hebrew spelling, the source first."""
        return (self.source, *self.variants)

    @property
    def inflects(self) -> bool:
        """Tell whether an inflection of one of its targets is allowed, as a plural of a common noun is."""
        return any(map(self.may_inflect, self.targets))

    @property
    def any_case(self) -> bool:
        """Tell whether upper and lower case are one; without, a form is written as listed or begins so."""
        return "case" in self.allow

    @property
    def any_article(self) -> bool:
        """Tell whether a leading "the" that is listed may be missing."""
        return not self.allow or "article" in self.allow

    def may_inflect(self, target: str) -> bool:
        """Tell whether this target may be inflected."""
        return "inflection" in self.allow if self.allow else not is_name(target)


@dataclass(frozen=True)
class Glossary:
    """Terms in their order; the name says where they came from and is no part of the content."""

    terms: tuple[Term, ...]
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(self.terms))

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glossary) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.terms)

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the terms in hexadecimal; their order and the name do not count."""
        lines = sorted(json.dumps(_content(term), ensure_ascii=False) for term in self.terms)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _content(term: Term) -> list[str | tuple[str, ...]]:
    """Return the fields of a term; the last two only where one is set, so that older digests hold."""
    fields: list[str | tuple[str, ...]] = [term.source, term.targets, term.variants, term.note, term.kind]
    return [*fields, term.forbidden, term.allow] if term.forbidden or term.allow else fields


def is_name(target: str) -> bool:
    """Tell whether an English form is a name: upper case after a leading "the"."""
    return target.removeprefix("the ")[:1].isupper()


def surface_key(surface: str) -> str:
    """Return the key under which two spellings of a source are one: its folded words."""
    return " ".join(word_keys(surface))


def merge(*glossaries: Glossary) -> Glossary:
    """Join glossaries; an entry takes the place of an earlier one that has its source as source.

    A spelling that a later glossary claims is taken from the variants of earlier entries, and an earlier
    entry whose source it is goes.
    """
    merged: dict[str, Term] = {}
    for glossary in glossaries:
        claimed = {surface_key(surface) for term in glossary for surface in term.surfaces}
        kept = {key: _without(term, claimed) for key, term in merged.items() if key not in claimed}
        merged = kept | {surface_key(term.source): term for term in glossary}
    return Glossary(
        tuple(merged.values()), "+".join(glossary.name for glossary in glossaries if glossary.name)
    )


def _without(term: Term, claimed: set[str]) -> Term:
    variants = tuple(variant for variant in term.variants if surface_key(variant) not in claimed)
    return term if variants == term.variants else replace(term, variants=variants)


def read_glossary(path: Path | str) -> Glossary:
    """Read a glossary: TBX where the name ends in .tbx or .xml, else TSV or CSV.

    Raises GlossaryError with every fault of the file and its line number.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GlossaryError(
            f"{path}: {error.strerror}", "give the path of a TSV, CSV or TBX glossary"
        ) from error
    return _parse(data, path)


def shipped() -> Glossary:
    """Return the term lists that come with the package, merged."""
    return _shipped()


@cache
def _shipped() -> Glossary:
    from glossary.tables import parse_table

    lists = sorted(resources.files("glossary").joinpath("data").iterdir(), key=lambda entry: entry.name)
    return merge(*(parse_table(file.read_bytes(), file.name) for file in lists if file.name.endswith(".tsv")))


def write_glossary(glossary: Glossary, path: Path | str) -> None:
    """Write a glossary, whole or not at all: TSV, CSV or TBX, as the name ends.

    Raises GlossaryError for another ending, and where the file would not read back as the same glossary.
    """
    path = Path(path)
    if path.suffix.lower() not in WRITTEN:
        raise GlossaryError(f"{path.name} has an unknown ending", f"known are {', '.join(WRITTEN)}")
    data = _render(glossary, path)
    if _parse(data, path) != glossary:
        raise GlossaryError(
            f"{path}: a term holds a tab, a line break, a '|' or spaces at its edge",
            "take it out of the term",
        )
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise GlossaryError(f"{path}: {error.strerror}", "choose another place") from error
    finally:
        part.unlink(missing_ok=True)


# The modules of the formats know what a Term is, so they are imported when a file comes up.
def _parse(data: bytes, path: Path) -> Glossary:
    if path.suffix.lower() in (".tbx", ".xml"):
        from glossary.tbx import parse_tbx

        return parse_tbx(data, path.name)
    from glossary.tables import parse_table

    return parse_table(data, path.name)


def _render(glossary: Glossary, path: Path) -> bytes:
    if path.suffix.lower() == ".tbx":
        from glossary.tbx import render_tbx

        return render_tbx(glossary)
    from glossary.tables import render_table

    return render_table(glossary, path.suffix.lower())

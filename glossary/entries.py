"""Entries of a glossary file → a glossary, or every fault of them at once."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from glossary.english import target_keys
from glossary.errors import GlossaryError
from glossary.hebrew import has_hebrew, is_prefix
from glossary.terms import ALLOWANCES, Glossary, Term, surface_key

# Faults in a message, which is one line; the error itself holds them all.
SHOWN = 20


class Entry(NamedTuple):
    """A term as read, and the line of the file that answers for it, counted from 1."""

    line: int
    term: Term


def glossary_of(entries: Sequence[Entry], faults: Sequence[str], name: str, do: str) -> Glossary:
    """Return the entries as a glossary named after its file.

    Raises GlossaryError with the faults of reading and those of the entries, by line; `do` says how to mend.
    """
    found = [*faults, *(f"line {line}: {fault}" for line, term in entries for fault in term_faults(term))]
    found += _repeated(entries)
    if not entries and not found:
        found.append("no entries")
    if found:
        raise refusal(name, found, do)
    return Glossary(tuple(entry.term for entry in entries), name.rpartition(".")[0] or name)


def refusal(name: str, faults: Sequence[str], do: str) -> GlossaryError:
    """Return the error of a file: its faults by line, the first SHOWN in the message, and what to do."""
    ordered = sorted(faults, key=_line_of)
    more = f" (and {len(ordered) - SHOWN} more)" if len(ordered) > SHOWN else ""
    return GlossaryError(f"{name}: {'; '.join(ordered[:SHOWN])}{more}", do, tuple(ordered))


def _line_of(fault: str) -> int:
    found = re.match(r"line (\d+)", fault)
    return int(found[1]) if found else 0


def term_faults(term: Term) -> Iterator[str]:
    """Yield what is wrong with a term by itself."""
    if not term.targets:
        yield "empty target"
    if any(map(has_hebrew, term.targets)):
        yield "Hebrew in the English"
    if any(map(has_hebrew, term.forbidden)):
        yield "Hebrew in a forbidden form"
    if not has_hebrew(term.source):
        yield "no Hebrew in the source"
    if not all(map(has_hebrew, term.variants)):
        yield "no Hebrew in a variant"
    yield from (f"'{surface}' is only a prefix" for surface in term.surfaces if is_prefix(surface))
    if term.source in term.variants:
        yield f"'{term.source}' is its own variant"
    targets = {tuple(target_keys(target)) for target in term.targets}
    yield from (
        f"'{form}' is forbidden and a target"
        for form in dict.fromkeys(term.forbidden)
        if tuple(target_keys(form)) in targets
    )
    yield from _allow_faults(term.allow)


def _allow_faults(allow: tuple[str, ...]) -> Iterator[str]:
    unknown = [value for value in allow if value not in ALLOWANCES]
    if unknown:
        yield f"unknown value '{unknown[0]}' of allow (known: {', '.join(ALLOWANCES)})"
    elif "exact" in allow and len(allow) > 1:
        yield "'exact' allows nothing else beside it"


def _repeated(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield a fault for every entry that claims a spelling of an earlier one, with its English or another."""
    claimed: dict[str, Entry] = {}
    for line, term in entries:
        for surface in term.surfaces:
            first, other = claimed.setdefault(surface_key(surface) or surface, Entry(line, term))
            if other is term or not surface or not term.targets or not other.targets:
                continue
            if other.targets == term.targets:
                yield f"line {line}: '{surface}' duplicates line {first}"
            else:
                yield f"line {line}: '{surface}' contradicts line {first} ({other.targets[0]})"
            break

"""False alarms of the checks on correct human translations, and what they find of errors made on purpose.

Argument: the folder with `dev`. An error is made in every pair of the set that has what it needs; "found" is
the share of those pairs in which the check that is meant for it speaks, "by any" that any check does.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from aligned.qa.checks import NAMES, check
from aligned.qa.issues import NumberedPair
from aligned.qa.numbers import figures
from glossary.checker import Checker
from glossary.terms import merge, read_glossary, shipped
from tests.bench.data import folder

SEED = 7
Maker = Callable[[Sequence[NumberedPair], int, random.Random], str | None]


def main(arguments: list[str]) -> None:
    """Print a row for each check, then one for each kind of error."""
    dev = folder(arguments)
    glossaries = {
        "shipped": Checker(shipped()),
        "the set's": Checker(merge(shipped(), read_glossary(dev / "policy.terms.tsv"))),
    }
    documents = read(dev / "policy.tsv")
    total = sum(map(len, documents))
    print(f"false alarms on {total} pairs: {'check':16} " + " ".join(f"{name:>10}" for name in glossaries))
    tallies = {name: alarms(documents, checker) for name, checker in glossaries.items()}
    for name in (*NAMES, "any"):
        print(f"{'':29} {name:16} " + " ".join(f"{tallies[key][name]:10}" for key in glossaries))
    share = " ".join(f"{100 * tallies[key]['any'] / total:9.1f}%" for key in glossaries)
    print(f"{'':29} {'pairs with any':16} {share}")
    print(f"\n{'error made':26} {'meant for':16} {'made':>5} {'found':>7} {'by any':>7}")
    for error, (name, maker) in ERRORS.items():
        made, meant, any_ = recall(documents, glossaries["shipped"], name, maker)
        print(f"{error:26} {name:16} {made:5} {100 * meant / made:6.1f}% {100 * any_ / made:6.1f}%")


def read(path: Path) -> list[list[NumberedPair]]:
    """Return the pairs of a set by document; lines count through the file."""
    documents: defaultdict[str, list[NumberedPair]] = defaultdict(list)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        document, *_, source, target = line.split("\t")
        documents[document].append(NumberedPair(number, source, target))
    return list(documents.values())


def alarms(documents: Sequence[Sequence[NumberedPair]], checker: Checker) -> Counter[str]:
    """Count the pairs in which each check speaks, and those in which any does."""
    found = {(issue.line, issue.check) for pairs in documents for issue in check(pairs, checker)}
    counts = Counter(name for _, name in found)
    counts["any"] = len({line for line, _ in found})
    return counts


def recall(
    documents: Sequence[Sequence[NumberedPair]], checker: Checker, name: str, maker: Maker
) -> tuple[int, int, int]:
    """Make an error in every pair that can have it: how many, and how many the check and any check find."""
    draw = random.Random(SEED)
    made = meant = any_ = 0
    for pairs in documents:
        clean = {(issue.line, issue.check, issue.fault.message) for issue in check(pairs, checker)}
        for at, pair in enumerate(pairs):
            target = maker(pairs, at, draw)
            if target is None or target == pair.target:
                continue
            # Names need their document; the others are quicker without.
            around = pairs if name == "names" else pairs[at : at + 1]
            damaged = [NumberedPair(p.line, p.source, target if p is pair else p.target) for p in around]
            issues = {(i.line, i.check, i.fault.message) for i in check(damaged, checker)} - clean
            made, meant, any_ = made + 1, meant + (name in {c for _, c, _ in issues}), any_ + bool(issues)
    return made, meant, any_


def _number_changed(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
    text = pairs[at].target
    places = [f.span for f in figures(text, False) if not f.is_date]
    if not places:
        return None
    start, end = draw.choice(places)
    digit = draw.choice([i for i in range(start, end) if text[i].isdigit()])
    return text[:digit] + draw.choice([d for d in "123456789" if d != text[digit]]) + text[digit + 1 :]


def _number_lost(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
    text = pairs[at].target
    places = [f.span for f in figures(text, False) if not f.is_date]
    if not places:
        return None
    start, end = draw.choice(places)
    return text[:start] + text[end:]


def _month_changed(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
    text = pairs[at].target
    dates = [figure.span for figure in figures(text, False) if figure.is_date]
    if not dates:
        return None
    start, end = draw.choice(dates)
    months = [month for month in ("January", "April", "October") if month != text[start:end]]
    return text[:start] + draw.choice(months) + text[end:]


def _without(pattern: str) -> Maker:
    def maker(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
        places = list(re.finditer(pattern, pairs[at].target))
        if not places:
            return None
        start, end = draw.choice(places).span()
        return pairs[at].target[:start] + pairs[at].target[end:]

    return maker


def _twice(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
    words = pairs[at].target.split()
    places = [i for i, word in enumerate(words) if word.isalpha()]
    if not places:
        return None
    place = draw.choice(places)
    return " ".join([*words[: place + 1], *words[place:]])


def _space(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
    places = [i for i, char in enumerate(pairs[at].target) if char == " "]
    place = draw.choice(places) if places else 0
    return pairs[at].target[:place] + " " + pairs[at].target[place:] if places else None


def _neighbour(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:  # noqa: ARG001 a maker's form
    return pairs[at + 1].target if at + 1 < len(pairs) else pairs[at - 1].target


def _hebrew_left(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
    words = pairs[at].target.split()
    words[draw.randrange(len(words))] = draw.choice(re.findall("[א-ת]{3,}", pairs[at].source) or ["מילה"])
    return " ".join(words)


def _half(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:  # noqa: ARG001 a maker's form
    words = pairs[at].target.split()
    return " ".join(words[: len(words) // 2]) + "." if len(words) > 7 else None


def _question(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:  # noqa: ARG001 a maker's form
    text = pairs[at].target
    return text[:-1] + "?" if text.endswith(".") else None


def _misspelt(pairs: Sequence[NumberedPair], at: int, draw: random.Random) -> str | None:
    """Write a long name that stands elsewhere in the document with another vowel."""
    elsewhere = " ".join(pair.target for i, pair in enumerate(pairs) if i != at)
    names = [
        match
        for match in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{5,}\b", pairs[at].target)
        if re.search(rf"[a-z,] {match[0]}\b", elsewhere) and pairs[at].target.count(match[0]) == 1
    ]
    if not names:
        return None
    name = draw.choice(names)
    vowels = [i for i in range(name.start() + 1, name.end()) if pairs[at].target[i] in "aeiou"]
    place = draw.choice(vowels)
    other = draw.choice([v for v in "aeiou" if v != pairs[at].target[place]])
    return pairs[at].target[:place] + other + pairs[at].target[place + 1 :]


ERRORS: dict[str, tuple[str, Maker]] = {
    "a digit changed": ("numbers", _number_changed),
    "a number left out": ("numbers", _number_lost),
    "another month": ("dates", _month_changed),
    "a bracket dropped": ("brackets", _without(r"[()\[\]]")),
    "a quotation mark dropped": ("quotes", _without('["\u201c\u201d]')),
    "a word doubled": ("repeated", _twice),
    "the end mark dropped": ("ending", _without(r"[.?!]$")),
    "a question made of it": ("ending", _question),
    "a space doubled": ("spaces", _space),
    "half of it left out": ("length", _half),
    "the neighbour's English": ("length", _neighbour),
    "the source copied": ("copied", lambda pairs, at, draw: pairs[at].source),  # noqa: ARG005 a maker's form
    "nothing": ("empty", lambda pairs, at, draw: ""),  # noqa: ARG005 a maker's form
    "a Hebrew word left": ("untranslated", _hebrew_left),
    "a name misspelt": ("names", _misspelt),
}

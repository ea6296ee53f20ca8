"""Terms found in Hebrew text, beside plainer ways: precision and recall by hand-marked sets, and speed.

A find is right when its span, its prefix and its term are those marked. Speed is measured with some
5,000 made-up terms of one to three words on made-up text, in one process.
"""

import argparse
import random
import re
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from glossary.hebrew import spell
from glossary.match import SourceMatcher
from glossary.terms import Glossary, Term, read_glossary
from tests.bench.data import DEV
from tests.counts import Counts
from tests.marked_terms import (
    Finder,
    Marked,
    Occurrence,
    count,
    dev_sentences,
    own_glossary,
    own_sentences,
)

TERMS = 5_000
WORDS = 200_000
LOOP_WORDS = 2_000
LETTERS = "אבגדהוזחטיכלמנסעפצקרשת"
_ONE_PREFIX = "[והבלמכש]?"
_EDGE = r"(?<!\w)", r"(?!\w)"

Matcher = Callable[[str], object]


def ours(glossary: Glossary, *, inflected: bool = True) -> Finder:
    """Return the matcher as a finder."""
    matcher = SourceMatcher(glossary, inflected=inflected)
    return lambda text: {(m.start, m.end, m.prefix, m.term.source) for m in matcher.find(text)}


def without_prefixes(glossary: Glossary) -> Finder:
    """Return the matcher without what it finds behind a prefix."""
    find = ours(glossary)
    return lambda text: {one for one in find(text) if not one[2]}


def without_spellings(glossary: Glossary) -> Finder:
    """Return the matcher with the listed sources alone: no variants, no forms, the letters as listed."""
    bare = Glossary(tuple(replace(term, variants=()) for term in glossary))
    find = ours(bare, inflected=False)
    return lambda text: {one for one in find(text) if spell(one[3]) == spell(text[one[0] : one[1]])}


def substrings(glossary: Glossary) -> Finder:
    """Return a search for the listed letters anywhere, the longest first."""
    return _by_pattern(glossary, "", "", "")


def one_letter_prefix(glossary: Glossary) -> Finder:
    """Return a search for the listed letters as a word, behind one prefix letter or none."""
    return _by_pattern(glossary, _EDGE[0], _ONE_PREFIX, _EDGE[1])


def _by_pattern(glossary: Glossary, before: str, prefix: str, after: str) -> Finder:
    named = {surface: term.source for term in glossary for surface in term.surfaces}
    longest = sorted(named, key=lambda surface: -len(surface))
    pattern = re.compile(f"{before}({prefix})({'|'.join(map(re.escape, longest))}){after}")

    def find(text: str) -> set[Occurrence]:
        return {(*found.span(2), found[1], named[found[2]]) for found in pattern.finditer(text)}

    return find


WAYS: dict[str, Callable[[Glossary], Finder]] = {
    "ours": ours,
    "ours without plural and construct": lambda glossary: ours(glossary, inflected=False),
    "ours without spelling variants": without_spellings,
    "ours without prefixes": without_prefixes,
    "regular expression, one-letter prefix": one_letter_prefix,
    "substring search": substrings,
}


def main(arguments: list[str]) -> None:
    """Print precision, recall and F1 on each set, then the speeds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench match", description=__doc__)
    parser.add_argument("dev", nargs="?", type=Path, default=DEV, help="folder of development data")
    parser.add_argument("--words", type=int, default=WORDS, help="words of the speed test")
    settings = parser.parse_args(arguments)
    tuned, held_out = own_sentences()
    print(f"{'set':24}{'way':40}{'P':>8}{'R':>8}{'F1':>8}   right/wrong/missed")
    for name, marked in (("own, all", tuned + held_out), ("own, held out", held_out)):
        _print_quality(name, marked, own_glossary())
    if (settings.dev / "policy.tsv").is_file():
        terms = read_glossary(settings.dev / "policy.terms.tsv")
        _print_quality("policy briefs", dev_sentences(settings.dev), terms)
    else:
        print(f"skipped: policy briefs (no development data in {settings.dev})")
    _print_speed(settings.words)


def _print_quality(name: str, marked: Sequence[Marked], glossary: Glossary) -> None:
    total = sum(len(one.terms) for one in marked)
    for way, make in WAYS.items():
        counts = count(marked, make(glossary))
        print(f"{f'{name} ({total})':24}{way:40}{_row(counts)}")


def _row(counts: Counts) -> str:
    numbers = f"{counts.precision:8.3f}{counts.recall:8.3f}{counts.f1:8.3f}"
    return f"{numbers}   {counts.right}/{counts.wrong}/{counts.missed}"


def _print_speed(words: int) -> None:
    glossary, text = _synthetic(words)
    print(f"\nspeed with {len(glossary):,} terms")
    began = time.perf_counter()
    matcher = SourceMatcher(glossary)
    built = time.perf_counter() - began
    rates = {}
    for size in (words // 4, words // 2, words):
        rates[size] = _rate(SourceMatcher(glossary).find, text[:size])
        print(f"{f'ours, {size:,} words':40}{rates[size]:12,.0f} words/s")
    loop = _rate(_loop(glossary), text[:LOOP_WORDS])
    print(f"{f'loop over terms, {LOOP_WORDS:,} words':40}{loop:12,.0f} words/s")
    print(f"{'ours / loop':40}{rates[words] / loop:12,.0f}")
    automaton = _automaton(glossary)
    if automaton is None:
        print("pyahocorasick: not installed")
    else:
        print(f"{'pyahocorasick, no prefixes or variants':40}{_rate(automaton, text):12,.0f} words/s")
    typos = SourceMatcher(glossary, typos=True)
    print(f"{'ours with typos':40}{_rate(typos.find, text):12,.0f} words/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = len(matcher.find(" ".join(text)))
    print(f"built in {built:.2f} s; peak memory of all this {peak} MB; found {found:,}")


def _synthetic(words: int) -> tuple[Glossary, list[str]]:
    """Return terms of one to three made-up words, and a text of such words, one in ten of them a term's."""
    draw = random.Random(1)
    made = ["".join(draw.choices(LETTERS, k=draw.randint(4, 8))) for _ in range(3 * TERMS)]
    sources = {" ".join(draw.choices(made, k=draw.randint(1, 3))) for _ in range(TERMS)}
    glossary = Glossary(tuple(Term(source, (f"Name {at}",)) for at, source in enumerate(sorted(sources))))
    vocabulary = [draw.choice("והבלמכש") * draw.randint(0, 1) + draw.choice(made) for _ in range(20_000)]
    vocabulary += ["".join(draw.choices(LETTERS, k=draw.randint(2, 8))) for _ in range(20_000)]
    text: list[str] = []
    while len(text) < words:
        chosen = draw.choice(glossary.terms).source if draw.random() < 0.1 else draw.choice(vocabulary)
        text += chosen.split()
    return glossary, text[:words]


def _rate(find: Matcher, text: Sequence[str]) -> float:
    """Return words a second over the text in lines of twenty words."""
    lines = [" ".join(text[at : at + 20]) for at in range(0, len(text), 20)]
    began = time.perf_counter()
    for line in lines:
        find(line)
    return len(text) / (time.perf_counter() - began)


def _loop(glossary: Glossary) -> Matcher:
    """Return a search for one term after the other, each by its own pattern."""
    before, after = _EDGE
    patterns = [re.compile(f"{before}{_ONE_PREFIX}{re.escape(term.source)}{after}") for term in glossary]
    return lambda line: [found for pattern in patterns if (found := pattern.search(line))]


def _automaton(glossary: Glossary) -> Matcher | None:
    """Return a search by pyahocorasick with a check of the word's edges; None where it is not installed."""
    try:
        automaton = import_module("ahocorasick").Automaton()
    except ImportError:
        return None
    for term in glossary:
        automaton.add_word(term.source, term.source)
    automaton.make_automaton()

    def find(line: str) -> list[str]:
        padded = f" {line} "
        return [
            source
            for end, source in automaton.iter(padded)
            if padded[end + 1] == " " == padded[end - len(source)]
        ]

    return find

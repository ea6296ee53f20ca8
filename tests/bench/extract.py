"""How well names are spelled, and how many of a document's terms are found without a glossary.

Arguments: the folder with `dev`, and the folder with the lists of names.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz.distance.Levenshtein import distance

from glossary.english import plain
from glossary.extract import NAME, Candidate, extract
from glossary.hebrew import word_keys
from glossary.match import SourceMatcher
from glossary.names.__main__ import Corpora, is_held_out, name_pairs, spellings
from glossary.names.joint import align, segmented
from glossary.spelling import bare
from glossary.terms import Glossary, Term, is_name
from glossary.transliterate import by_rule, letter_by_letter, transliterate
from mt.cli.extracting import suggested
from tests.bench.data import folder as data_folder

SAMPLE, TOP = 1500, 30
# Pairs of words in the lists that are transliterations for sure: likely by letters learnt from the held-out.
LEAST_LIKENESS = -4.2
WAYS: dict[str, Callable[[str], str]] = {
    "letter by letter": letter_by_letter,
    "rules": by_rule,
    "targem, by sound": lambda name: transliterate(name)[0],
}
Key = tuple[str, ...]


def main(arguments: list[str]) -> None:
    """Print how held-out names are spelled, what extract finds and suggests, and how long it takes."""
    folder = data_folder(arguments[:1])
    corpora = Path(arguments[1]) if len(arguments) > 1 else folder.parent / "corpora"
    if corpora.is_dir():
        _print_spelling(held_out(corpora))
    else:
        print(f"skipped: names held out (no lists in {corpora})")
    terms = read_terms(folder / "policy.terms.tsv")
    documents = read_documents(folder / "policy.tsv")
    found = {
        name: suggested(extract(texts, Glossary(())), no_model=False) for name, texts in documents.items()
    }
    _print_found(documents, terms, found)
    _print_suggestions(terms)
    long = [text for texts in documents.values() for text in texts] * 3
    begun = time.perf_counter()
    extract(long, Glossary(()))
    words = sum(len(text.split()) for text in long)
    print(f"extract: {words:,} words in {time.perf_counter() - begun:.1f} s")


def held_out(corpora: Path) -> dict[str, Counter[str]]:
    """Return Hebrew spellings that nothing was learnt from, with the English ones that sound alike."""
    pairs = name_pairs(Corpora(corpora))
    chances = align({pair: 1.0 for pair, _ in pairs.most_common(12_000)}, 4)
    kept = Counter(
        {
            pair: number
            for pair, number in pairs.items()
            if is_held_out(pair[0]) and segmented(*pair, chances)[1] / (len(pair[0]) + 1) >= LEAST_LIKENESS
        }
    )
    return spellings(kept)


def _print_spelling(names: dict[str, Counter[str]]) -> None:
    chosen = random.Random(2).sample(sorted(names), min(SAMPLE, len(names)))
    print(f"{len(chosen)} held-out names{'exact':>12}{'within one':>12}{'CER':>8}")
    for way, spell in WAYS.items():
        print(f"{way:22}", *_rates([(spell(name).lower(), list(names[name])) for name in chosen]))
    best = [(transliterate(name, 5), names[name]) for name in chosen]
    among = sum(any(text.lower() in right for text in texts) for texts, right in best) / len(best)
    print(f"among the first five: {100 * among:.1f}%")


def _rates(answers: Sequence[tuple[str, list[str]]]) -> list[str]:
    """Return the shares of exact and near answers and the character error rate, each in percent."""
    exact = near = edits = size = 0
    for text, right in answers:
        edit, reference = min((distance(text, one), one) for one in right)
        exact, near = exact + (edit == 0), near + (edit <= 1)
        edits, size = edits + edit, size + len(reference)
    return [
        f"{100 * exact / len(answers):11.1f}",
        f"{100 * near / len(answers):11.1f}",
        f"{100 * edits / size:7.1f}",
    ]


def read_terms(path: Path) -> Glossary:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return Glossary(tuple(Term(row[0], tuple(row[1].split("|"))) for row in rows))


def read_documents(path: Path) -> dict[str, list[str]]:
    documents: defaultdict[str, list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        name, _, hebrew = line.split("\t")[:3]
        documents[name].append(hebrew)
    return documents


def key_of(source: str) -> Key:
    """Return what a term is compared by: its folded words without articles."""
    return tuple(map(bare, word_keys(source)))


def _print_found(documents: dict[str, list[str]], terms: Glossary, found: dict[str, list[Candidate]]) -> None:
    """Print recall and precision against the terms that stand in each document."""
    matcher = SourceMatcher(terms)
    print(f"\n{'policy dev, no glossary':26}{'terms':>7}{'found':>8}{f'in first {TOP}':>14}")
    gold = {
        name: {key_of(match.term.source): match.term for text in texts for match in matcher.find(text)}
        for name, texts in documents.items()
    }
    for label, names in (("names", True), ("common terms", False)):
        wanted = [
            (name, key)
            for name in gold
            for key, term in gold[name].items()
            if is_name(term.targets[0]) == names
        ]
        hits = sum(key in _keys(found[name]) for name, key in wanted)
        first = sum(key in _keys(found[name][:TOP]) for name, key in wanted)
        print(f"{label:26}{len(wanted):7}{100 * hits / len(wanted):8.1f}{100 * first / len(wanted):14.1f}")
    for label, top, kinds in (
        ("names", None, {NAME}),
        ("all", None, {NAME, "term"}),
        (f"first {TOP}", TOP, {NAME, "term"}),
    ):
        chosen = [(name, item) for name in found for item in found[name][:top] if item.kind in kinds]
        right = sum(key_of(item.source) in gold[name] for name, item in chosen)
        print(f"precision, {label:15}{len(chosen):7}{100 * right / len(chosen):8.1f}")
    answers = [
        (_plain(item.target), [_plain(target) for target in gold[name][key_of(item.source)].targets])
        for name in found
        for item in found[name]
        if key_of(item.source) in gold[name]
    ]
    exact, near, rate = map(str.strip, _rates(answers))
    print(f"suggestions for {len(answers)} found: exact {exact}, within one {near}, CER {rate}")


def _keys(found: Sequence[Candidate]) -> set[Key]:
    return {key_of(form) for item in found for form in (item.source, *item.variants)}


def _plain(text: str) -> str:
    return plain(text).lower().removeprefix("the ").strip(" .\"'")


def _print_suggestions(terms: Glossary) -> None:
    """Print how often the English suggested for a term is the reference, by way of suggesting."""
    names = [term for term in terms if is_name(term.targets[0])]
    items = [Candidate(term.source, 1, (), 1.0, NAME, 0, 0.0) for term in names]
    ours = [item.target for item in suggested(items, no_model=False)]
    ways = {way: [spell(term.source) for term in names] for way, spell in WAYS.items()}
    print(f"\n{len(names)} names of policy{'exact':>13}{'within one':>12}{'CER':>8}")
    for way, texts in {**ways, "targem, with the model": ours}.items():
        answers = [
            (_plain(text), [_plain(target) for target in term.targets])
            for text, term in zip(texts, names, strict=True)
        ]
        print(f"{way:22}", *_rates(answers))

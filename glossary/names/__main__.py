"""Learn the tables of this folder again: `python -m glossary.names CORPORA [-o names.npz]`.

CORPORA is a folder with tiers of Hebrew and English, `<tier>.tsv.xz`, and `mono.he.txt.xz`. Nothing of the
lists goes into the tables but statistics: n-grams of letters, and check sums of words.
"""

import argparse
import lzma
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from glossary.english import plain
from glossary.hebrew import WORD, clean_text, fold, has_hebrew, prefix_spans
from glossary.names import FILE, NAME_CLASS, WEIGHT_STEP, WEIGHTS, fingerprint, letter_slots, letters, packed
from glossary.names.joint import Letters, align, count, segmented, smoothed

Pairs = Counter[tuple[Letters, str]]

# Tiers of names with the weight of their rows, and tiers of running text.
NAME_TIERS = {"names": 1, "terms": 3}
TEXT_TIERS = ("written", "docs", "tatoeba")
# One Hebrew spelling in so many is kept out, for tests/bench/extract.py.
HELD_OUT = 20
ALIGNED_PAIRS, ROUNDS = 12_000, 4
# Log-probability per Hebrew letter below which a pair is no transliteration but a translation.
LEAST_LIKENESS = -4.2
# Least counts of n-grams of one to four units.
LEAST_COUNTS = (0, 1, 2, 2)
LEAST_WORDS = 3
# From this count on a word is an everyday one even where it is a name as well (אני, "I" and a firm).
FREQUENT_WORDS = 300
# A shorter rest of a word is a name by chance.
LEAST_STEM = 3
# Words that no list has as a name but whose letters look like one this much are no everyday words.
FOREIGN = 1.5
PREFIXES = ("ב", "ל", "ו", "מ", "ש", "ה", "וב", "ול")
EPOCHS, RATE, DECAY = 12, 0.25, 2e-5

_PARTS = re.compile(r"[\s\-\u05be\u2013]+")
_NOT_A_NAME = re.compile(r'[0-9()"\u05f4]')


def main() -> None:
    """Read the lists, learn, and write the tables."""
    parser = argparse.ArgumentParser(prog="python -m glossary.names", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / FILE)
    parser.add_argument("--without", type=Path, help="a TSV of names to leave out, for measuring")
    arguments = parser.parse_args()
    corpora = Corpora(arguments.corpora, _left_out(arguments.without))
    spelled = name_pairs(corpora)
    frequent = [pair for pair, _ in spelled.most_common() if not is_held_out(pair[0]) and _is_even(*pair)]
    chances = align({pair: math.log1p(spelled[pair]) for pair in frequent[:ALIGNED_PAIRS]}, ROUNDS)
    names: Counter[str] = Counter()
    sequences = []
    for pair, number in spelled.items():
        units, value = segmented(*pair, chances)
        if value / (len(pair[0]) + 1) >= LEAST_LIKENESS:
            names["".join(pair[0])] += number
            if not is_held_out(pair[0]):
                sequences.append((units, 1 + math.log(number)))
    arrays = packed(*smoothed(count(sequences), LEAST_COUNTS))
    arrays |= word_tables(corpora, names)
    np.savez_compressed(arguments.output, **arrays)  # type: ignore[arg-type]


def is_held_out(hebrew: Letters) -> bool:
    """Tell whether a spelling is kept for measuring."""
    return zlib.crc32("".join(hebrew).encode()) % HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class Corpora:
    """The folder of the lists, and the Hebrew names in them that are passed over."""

    folder: Path
    left_out: frozenset[str] = frozenset()

    def rows(self, tier: str) -> Iterator[tuple[str, str]]:
        """Yield the Hebrew and the English of a tier."""
        with lzma.open(self.folder / f"{tier}.tsv.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                hebrew, english = line.rstrip("\n").split("\t")[:2]
                if clean_text(hebrew).strip() not in self.left_out:
                    yield clean_text(hebrew).strip(), english


def _left_out(path: Path | None) -> frozenset[str]:
    lines = path.read_text("utf-8").splitlines() if path else []
    return frozenset(line.split("\t")[0] for line in lines)


def name_pairs(corpora: Corpora) -> Pairs:
    """Return words of names with what stands in their place in English, and how often.

    Only names that have as many words in both languages; many pairs are translations still.
    """
    pairs: Pairs = Counter()
    for tier, weight in NAME_TIERS.items():
        for hebrew, english in corpora.rows(tier):
            ours, theirs = _PARTS.split(hebrew), _PARTS.split(plain(english).strip())
            if len(ours) != len(theirs) or english == english.lower() or _NOT_A_NAME.search(hebrew + english):
                continue
            for one, other in zip(ours, theirs, strict=True):
                written = re.sub("[^a-z']", "", other.lower()).strip("'")
                key = letters(one)
                if 0 < len(key) < 15 and 0 < len(written) < 20 and not (len(other) > 1 and other.isupper()):
                    pairs[key, written] += weight
    return pairs


def _is_even(hebrew: Letters, english: str) -> bool:
    return abs(len(hebrew) - len(english)) <= max(3, len(hebrew))


def word_tables(corpora: Corpora, names: Counter[str]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the weights of letter n-grams, and the everyday words."""
    counts = _word_counts(corpora)
    lower, upper, capital = _cases(corpora)
    known = {fold(name) for name in names if not is_held_out(letters(name))}
    everyday = [word for word, number in counts.items() if number >= LEAST_WORDS and word in lower]
    everyday += [word for word in lower if word not in counts]
    others = [word for word, number in counts.items() if number >= LEAST_WORDS]
    others = [word for word in others if word not in lower and word not in upper]
    everyone = {*map(fold, names), *_single_names(corpora), *upper} - lower
    others = [word for word in others if counts[word] >= FREQUENT_WORDS or not _has_name(word, everyone)]
    weights = _learn((known | set(_single_names(corpora))) - lower, {*everyday, *others})
    looks = {word: weights[letter_slots(word)].sum() * WEIGHT_STEP for word in others}
    everyday += [word for word in others if looks[word] < FOREIGN or counts[word] >= FREQUENT_WORDS]
    spelled = {fold(name) for name, number in names.items() if number > 1} & known
    familiar = {word for word in {*spelled, *_single_names(corpora), *capital} - lower if len(word) > 1}
    # "To Israel" is a title somewhere and no name.
    classes = {
        fingerprint(word): NAME_CLASS
        for word in familiar
        if word in spelled or not _is_behind_prefix(word, familiar)
    }
    for word in everyday:
        place = fingerprint(word)
        classes[place] = max(
            classes.get(place, 0) % NAME_CLASS, min(7, int(math.log2(max(counts[word], 1)) / 2))
        )
    order = sorted(classes)
    return {
        "words": np.diff(np.array(order, np.int64), prepend=0).astype(np.uint16),
        "classes": np.array([classes[place] for place in order], np.uint8),
        "weights": weights,
    }


def _word_counts(corpora: Corpora) -> Counter[str]:
    counts: Counter[str] = Counter()
    with lzma.open(corpora.folder / "mono.he.txt.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            counts.update(map(fold, filter(has_hebrew, WORD.findall(clean_text(line)))))
    for tier in TEXT_TIERS:
        for hebrew, _ in corpora.rows(tier):
            counts.update(map(fold, filter(has_hebrew, WORD.findall(hebrew))))
    return counts


def _cases(corpora: Corpora) -> tuple[set[str], set[str], set[str]]:
    """Return words of the lexicon by their English: lower case, a capital in it, a capital at its head."""
    lower: set[str] = set()
    upper: set[str] = set()
    capital: set[str] = set()
    for hebrew, english in corpora.rows("lexicon"):
        is_name = re.search(r"\b(?!I\b)[A-Z]", english) is not None  # "in Israel" is one as well
        (upper if is_name else lower).add(fold(hebrew))
        if is_name and english[:1].isupper():
            capital.add(fold(hebrew))
    return lower, upper - lower, capital - lower


def _single_names(corpora: Corpora) -> Iterator[str]:
    """Yield names of one word, whatever they are in English (צרפת, France)."""
    for tier in NAME_TIERS:
        for hebrew, english in corpora.rows(tier):
            if " " not in hebrew and english[:1].isupper() and not is_held_out(letters(hebrew)):
                yield fold(hebrew)


def _has_name(word: str, names: set[str]) -> bool:
    """Tell whether the word is a name, perhaps behind a prefix."""
    return word in names or _is_behind_prefix(word, names)


def _is_behind_prefix(word: str, names: set[str]) -> bool:
    return any(len(word) - start > LEAST_STEM and word[start:] in names for _, start in prefix_spans(word))


def _learn(names: set[str], words: set[str]) -> npt.NDArray[np.int8]:
    """Return the weights by which letters tell names from words: logistic regression, both sides alike."""
    random = np.random.default_rng(0)
    # A name with a prefix is no name as it stands: by that a prefix is told from a first letter.
    chosen = random.choice(PREFIXES, len(names))
    behind = {prefix + name for prefix, name in zip(chosen, sorted(names), strict=True)} - names
    examples = [(letter_slots(text), 1.0) for text in sorted(names)]
    share = (len(words) + len(behind)) / max(1, len(names))
    examples += [(letter_slots(text), 0.0) for text in sorted(words | behind)]
    weights = np.zeros(WEIGHTS, np.float32)
    for epoch in range(EPOCHS):
        for at in random.permutation(len(examples)):
            slots, label = examples[at]
            chance = 1 / (1 + math.exp(-float(weights[slots].sum())))
            rate = RATE / (1 + epoch) * (share if label else 1)
            weights[slots] += rate * (label - chance) / math.sqrt(len(slots)) - DECAY * weights[slots]
    return np.clip(np.round(weights / WEIGHT_STEP), -127, 127).astype(np.int8)


def spellings(pairs: Pairs) -> dict[str, Counter[str]]:
    """Return, for each Hebrew spelling, the English ones with their weights."""
    found: dict[str, Counter[str]] = {}
    for (hebrew, english), number in pairs.items():
        found.setdefault("".join(hebrew), Counter())[english] += number
    return found


if __name__ == "__main__":
    main()

"""What stands left and right of every place in a line, as hashes of the stretches that end or begin there.

Strings are hashed (Weinberger et al. 2009, "Feature Hashing"), so that no vocabulary travels with the model.
A stretch's hash is a polynomial, so that the hash of two stretches end to end follows from theirs in one
multiplication (Karp & Rabin 1987): what stands left of one place can be joined to what stands right of
another without looking at the characters again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glossary.hebrew import PLAIN_MARKS

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Classes = npt.NDArray[np.uint8]
# Lengths in characters, then one word, two words, the letters that touch the place, and the classes of one,
# two and three words or marks.
CHARACTERS = (1, 2, 3, 4)
ONE_WORD, TWO_WORDS, LETTERS, ONE_CLASS, TWO_CLASSES, THREE_CLASSES = range(4, 10)
STRETCHES = 10
# Buckets of the table of word classes, in bits; class 0 is that of unknown words, and the last one that of
# words cut in two.
CLASS_BITS = 20
_CLASS_SALT, _PARTIAL = 31, 255
LONGEST_LINE = 240
SPACE = 2
_EDGE, _OTHER = 1, 3
_ALPHABET = "אבגדהוזחטיכלמנסעפצקרשתךםןףץ"
_MARKS = "'\"-.,:;!?()[]%/|&@"
_CODES = {char: _OTHER + 3 + at for at, char in enumerate(_ALPHABET + _MARKS)} | {" ": SPACE}
# Letters, digits, and the marks that stand in words.
_LETTER_CODES = np.array(
    [code for char, code in _CODES.items() if char in _ALPHABET + "'\""] + [_OTHER + 1, _OTHER + 2]
)
MULTIPLIER = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
_INVERSE = pow(MULTIPLIER, -1, 1 << 64)
_PAD = 5


@dataclass(frozen=True, slots=True)
class Places:
    """The places of some lines, one after the other: a line of n characters has n + 1 of them.

    `left`, `powers` and `right` have shape (places, STRETCHES): the hashes of the stretches that end at a
    place, the multiplier to the power of their lengths, and the hashes of those that begin there; blanks at
    the place itself are passed over, and `blank` (places, 2) tells whether one stands left or right of it.
    Line k's places are those from starts[k] on.
    """

    left: Hashes
    powers: Hashes
    right: Hashes
    blank: npt.NDArray[np.bool_]
    starts: Numbers


def places_of(lines: Sequence[str], classes: Classes) -> Places:
    """Look left and right of every place of every line; `classes` is the table of `class_slots`."""
    codes = np.concatenate([_codes(line) for line in lines])
    sizes = np.array([len(line) for line in lines])
    firsts = _PAD + np.concatenate([[0], np.cumsum(sizes + 2 * _PAD)[:-1]])
    kept = np.concatenate([np.arange(size + 1) + first for size, first in zip(sizes, firsts, strict=True)])
    solid = codes != SPACE
    ends, starts = _last(solid)[kept], _next(solid)[kept]
    letters = np.isin(codes, _LETTER_CODES)
    word_starts, word_ends = _run_starts(letters, codes == _EDGE), _run_ends(letters, codes == _EDGE)
    touching_from, touching_to = _last(~letters)[ends], _next(~letters)[starts]
    one, two = word_starts[ends], word_starts[word_starts[ends]]
    after, beyond = word_ends[starts], word_ends[word_ends[starts]]
    lefts = [*(np.maximum(ends - n, 0) for n in CHARACTERS), one, two, touching_from]
    rights = [*(np.minimum(starts + n, len(codes)) for n in CHARACTERS), after, beyond, touching_to]
    sums, powers, inverses = _polynomials(codes)
    tokens = _Tokens(codes, letters, sums, inverses, classes)
    return Places(
        np.stack([*((sums[ends] - sums[at]) * inverses[at] for at in lefts), *tokens.before(ends)], 1),
        np.stack(
            [*(powers[ends - at] for at in lefts), *(np.full(len(kept), powers[n]) for n in (1, 2, 3))], 1
        ),
        np.stack(
            [*((sums[at] - sums[starts]) * inverses[starts] for at in rights), *tokens.after(starts)], 1
        ),
        np.stack([codes[kept - 1] == SPACE, codes[kept] == SPACE], 1),
        np.concatenate([[0], np.cumsum(sizes + 1)]),
    )


def class_slots(words: Sequence[str]) -> Numbers:
    """Return where the table of classes has each word."""
    return mixed(word_hashes(words), _CLASS_SALT, CLASS_BITS)


def word_hashes(words: Sequence[str]) -> Hashes:
    """Return the hash of each word as a stretch."""
    return np.array([_polynomials(_codes(word)[_PAD:-_PAD])[0][-1] for word in words], np.uint64)


def mixed(hashes: Hashes, salt: int, bits: int) -> Numbers:
    """Return hashes of one kind as numbers of so many bits (finalizer of SplitMix64, Steele et al. 2014)."""
    value = hashes + np.uint64((salt + 1) * 0xD1342543DE82EF95 % (1 << 64))
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (value >> np.uint64(64 - bits)).astype(np.int64)


class _Tokens:
    """Words and marks in order, as classes: a word's from the table, or from its first and last letter."""

    def __init__(
        self, codes: Hashes, letters: npt.NDArray[np.bool_], sums: Hashes, inverses: Hashes, classes: Classes
    ) -> None:
        inside = letters & np.concatenate([[False], letters[:-1]])
        begins = (codes != SPACE) & ~inside
        firsts = np.flatnonzero(begins)
        following = letters & np.concatenate([letters[1:], [False]])
        lasts = np.flatnonzero((codes != SPACE) & ~following)
        hashes = (sums[lasts + 1] - sums[firsts]) * inverses[firsts]
        found = classes[mixed(hashes, _CLASS_SALT, CLASS_BITS)].astype(np.uint64)
        shape = np.uint64(256) + codes[firsts] * np.uint64(64) + codes[lasts]
        self._sums, self._powers, self._inverses = _polynomials(
            np.where((found > 0) & letters[firsts], found, shape)
        )
        # How many tokens have begun, and have ended, before each place.
        self._begun = np.concatenate([[0], np.cumsum(begins)])
        ended = np.zeros(len(codes) + 1, np.int64)
        ended[lasts + 1] = 1
        self._ended = np.cumsum(ended)

    def before(self, ends: Numbers) -> list[Hashes]:
        """Return the hashes of the last one, two and three tokens before each place."""
        done, cut = self._ended[ends], self._begun[ends] > self._ended[ends]
        partial = np.uint64(_PARTIAL)
        return [
            np.where(
                cut,
                self._stretch(np.maximum(done - n + 1, 0), done) + self._powers[n - 1 : n] * partial,
                self._stretch(np.maximum(done - n, 0), done),
            )
            for n in (1, 2, 3)
        ]

    def after(self, starts: Numbers) -> list[Hashes]:
        """Return the hashes of the next one, two and three tokens after each place."""
        begun, cut = self._begun[starts], self._begun[starts] > self._ended[starts]
        last = len(self._sums) - 1
        partial, power = np.uint64(_PARTIAL), self._powers[1:2]
        return [
            np.where(
                cut,
                partial + power * self._stretch(begun, np.minimum(begun + n - 1, last)),
                self._stretch(begun, np.minimum(begun + n, last)),
            )
            for n in (1, 2, 3)
        ]

    def _stretch(self, first: Numbers, last: Numbers) -> Hashes:
        return (self._sums[last] - self._sums[first]) * self._inverses[first]


def _codes(line: str) -> Hashes:
    """Return a line as small numbers between edges: digits alike, Latin letters alike, marks plain."""
    inside = [_CODES.get(char) or _other(char) for char in line.translate(PLAIN_MARKS)]
    return np.array([_EDGE] * _PAD + inside + [_EDGE] * _PAD, np.uint64)


def _other(char: str) -> int:
    if char.isspace():
        return SPACE
    if char.isdigit():
        return _OTHER + 1
    return _OTHER + 2 if char.isalpha() else _OTHER


def _polynomials(codes: Hashes) -> tuple[Hashes, Hashes, Hashes]:
    """Return sums of code times power up to each place, the powers, and their inverses."""
    multiplier = np.full(len(codes) + 1, MULTIPLIER, np.uint64)
    inverse = np.full(len(codes) + 1, _INVERSE, np.uint64)
    multiplier[0] = inverse[0] = 1
    powers, inverses = np.multiply.accumulate(multiplier), np.multiply.accumulate(inverse)
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * powers[:-1], out=sums[1:])
    return sums, powers, inverses


def _last(wanted: npt.NDArray[np.bool_]) -> Numbers:
    """Return for every place the place behind the last wanted code before it (0: there is none)."""
    found = np.where(wanted, np.arange(1, len(wanted) + 1), 0)
    return np.concatenate([[0], np.maximum.accumulate(found)])


def _next(wanted: npt.NDArray[np.bool_]) -> Numbers:
    """Return for every place the place of the next wanted code after it."""
    count = len(wanted)
    found = np.where(wanted, np.arange(count), count)
    return np.concatenate([np.minimum.accumulate(found[::-1])[::-1], [count]])


def _run_starts(letters: npt.NDArray[np.bool_], edge: npt.NDArray[np.bool_]) -> Numbers:
    """Return for every place where the last word that begins before it begins; an edge is a word."""
    begins = edge | (letters & ~np.concatenate([[False], letters[:-1]]))
    found = np.where(begins, np.arange(len(letters)), 0)
    return np.concatenate([[0], np.maximum.accumulate(found)])


def _run_ends(letters: npt.NDArray[np.bool_], edge: npt.NDArray[np.bool_]) -> Numbers:
    """Return for every place where the next word that ends after it ends; an edge is a word."""
    ends = edge | (letters & ~np.concatenate([letters[1:], [False]]))
    count = len(letters)
    found = np.where(ends, np.arange(1, count + 1), count)
    return np.concatenate([np.minimum.accumulate(found[::-1])[::-1], [count]])

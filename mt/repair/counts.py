"""How often Hebrew has what would meet if two places of a damaged text were joined.

Counts of character and word n-grams in clean text, hashed into one table of bytes without regard to
collisions (as in Talbot & Osborne 2007, "Randomised Language Modelling", but with one hash).
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from mt.repair.features import (
    CHARACTERS,
    LETTERS,
    MULTIPLIER,
    ONE_CLASS,
    ONE_WORD,
    SPACE,
    THREE_CLASSES,
    TWO_CLASSES,
    TWO_WORDS,
    Hashes,
    Numbers,
    Places,
    mixed,
    word_hashes,
)

Floats = npt.NDArray[np.float32]
# At 2^26 slots one string in seven that was never seen meets one that was.
BITS = 26
# (stretch left, stretch right, whether what was seen once counts as unseen): looked up with and without a
# blank between.
JOINTS = (
    (0, 0, False),
    (1, 1, False),
    (2, 1, False),
    (1, 2, False),
    (2, 2, False),
    (3, 3, True),
    (ONE_WORD, ONE_WORD, False),
    (TWO_WORDS, ONE_WORD, True),
    (ONE_WORD, TWO_WORDS, True),
)
# Looked up whether there is a blank or not: the word that the letters on both sides make, and classes.
WHOLE = (
    (LETTERS, LETTERS, False),
    (ONE_CLASS, ONE_CLASS, False),
    (TWO_CLASSES, ONE_CLASS, False),
    (ONE_CLASS, TWO_CLASSES, False),
    (TWO_CLASSES, TWO_CLASSES, True),
    (THREE_CLASSES, ONE_CLASS, True),
    (ONE_CLASS, THREE_CLASSES, True),
)
JOINED = 2 * len(JOINTS) + 2 + len(WHOLE)
# What is looked up on one side: four characters, one word, two words, the letters that touch the place, as a
# word, and classes.
_ALONE = (
    (3, False),
    (ONE_WORD, False),
    (TWO_WORDS, True),
    (LETTERS, False),
    (ONE_CLASS, False),
    (TWO_CLASSES, False),
    (THREE_CLASSES, True),
)
ALONE = len(_ALONE) + 1
# A string has one slot wherever it is cut, of its own among strings of characters, of words, and so on.
_SALTS = {
    **dict.fromkeys(range(len(CHARACTERS)), 0), ONE_WORD: 1, TWO_WORDS: 1, LETTERS: 2,
    **dict.fromkeys((ONE_CLASS, TWO_CLASSES, THREE_CLASSES), 3),
}  # fmt: skip

_ONCE = [rare for *_, rare in (*JOINTS, *JOINTS, *WHOLE)]
_COUNTED_ALONE = [stretch for stretch, _ in _ALONE if stretch != LETTERS]
# How many arrays `counted` returns.
WAYS = len(JOINTS) + len(WHOLE) + 2 * len(_COUNTED_ALONE)

# Slots of the table → counts; the last axis of slots tells kinds apart.
Lookup = Callable[[Numbers], npt.NDArray[np.number]]


def joined(places: Places, before: Numbers, after: Numbers, lookup: Lookup) -> Floats:
    """Return the logarithms of counts of what meets where place `before` is followed by place `after`.

    Shape (*before, JOINED): with a blank between, without one, and whether there is one on either side.
    """
    slots = []
    for blank in (True, False):
        slots += [_slots(places, before, after, (left, right), blank) for left, right, _ in JOINTS]
    slots += [_slots(places, before, after, (left, right), False) for left, right, _ in WHOLE]
    sides = np.broadcast_arrays(places.blank[before, 0], places.blank[after, 1])
    blanks = np.stack(sides, -1).astype(np.float32)
    found = _logarithms(lookup(np.stack(slots, -1)), np.array(_ONCE))
    # In the order of older weights: the word, the blanks, the classes.
    return np.concatenate([found[..., : 2 * len(JOINTS) + 1], blanks, found[..., 2 * len(JOINTS) + 1 :]], -1)


def alone(places: Places, lookup: Lookup) -> tuple[Floats, Floats]:
    """Return the logarithms of counts of what stands left, and right, of each place; (places, ALONE) each."""
    sides = []
    once = np.array([rare for _, rare in _ALONE])
    for side, hashes in enumerate((places.left, places.right)):
        slots = np.stack([mixed(hashes[:, at], _SALTS[at], BITS) for at, _ in _ALONE], -1)
        blank = places.blank[:, side, None].astype(np.float32)
        sides.append(np.concatenate([_logarithms(lookup(slots), once), blank], 1))
    return sides[0], sides[1]


def counted(places: Places) -> list[Numbers]:
    """Return the slots of all strings of a clean text that are looked up later, each as often as it stands.

    One array for each way to cut a string in two, or not at all. A string that can be cut in several ways
    stands in the arrays of them all.
    """
    inner = np.ones(len(places.left), bool)
    inner[places.starts[:-1]] = inner[places.starts[1:] - 1] = False
    at = np.flatnonzero(inner & ~places.blank[:, 0])
    words = at[places.blank[at, 1] | _apart(places, at)]
    slots: list[Numbers] = []
    for left, right, _ in JOINTS:
        here = words if left >= ONE_WORD else at
        slots.append(_slots(places, here, here, (left, right), places.blank[here, 1]))
    slots.append(mixed(places.right[words, LETTERS], _SALTS[LETTERS], BITS))
    slots += [_slots(places, words, words, (left, right), False) for left, right, _ in WHOLE[1:]]
    for stretch in _COUNTED_ALONE:
        here = words if stretch >= ONE_WORD else at
        for side in (places.left, places.right):
            slots.append(mixed(side[here, stretch], _SALTS[stretch], BITS))
    return slots


def word_slots(words: Sequence[str]) -> Numbers:
    """Return where single words are counted."""
    return mixed(word_hashes(words), _SALTS[LETTERS], BITS)


def _apart(places: Places, at: Numbers) -> npt.NDArray[np.bool_]:
    """Tell where letters do not stand on both sides."""
    empty = np.uint64(0)
    return np.asarray((places.left[at, LETTERS] == empty) | (places.right[at, LETTERS] == empty))


def _slots(
    places: Places,
    before: Numbers,
    after: Numbers,
    stretches: tuple[int, int],
    blank: bool | npt.NDArray[np.bool_],
) -> Numbers:
    """Return the slots of what two stretches make, left of `before` and right of `after`."""
    left, right = stretches
    added = _appended(places.powers[before, left], places.right[after, right], blank)
    return mixed(places.left[before, left] + added, _SALTS[left], BITS)


def _appended(power: Hashes, right: Hashes, blank: bool | npt.NDArray[np.bool_]) -> Hashes:
    """Return what a stretch to the right adds to the hash of one to the left with that length's power."""
    spaced = power * np.uint64(SPACE) + power * np.uint64(MULTIPLIER) * right
    if isinstance(blank, bool):
        return spaced if blank else power * right
    return np.where(blank, spaced, power * right)


def _logarithms(counts: npt.NDArray[np.number], once: npt.NDArray[np.bool_]) -> Floats:
    return np.log1p(np.maximum(counts.astype(np.float32) - once, 0))

"""A few fixed sentences that any Hebrew→English model can translate, and none may babble at."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from mt.engines.base import Engine, Request
from mt.engines.folder import ModelFolder, cache_folder
from mt.errors import ModelError

CANARY = (
    "שלום.",
    "הנשיא ביקר בירושלים ביום שני.",
    "שר החוץ אמר כי השיחות יימשכו בשבוע הבא.",
    "בשנת 2020 חתמו שתי המדינות על הסכם.",
)
MIN_LATIN = 0.7  # share of Latin among the letters of each output
MAX_REPEATS = 4  # how often the same words may follow each other
_LONGEST_LOOP = 6  # in words
# The same letters four times in a row: no word of English does that, and digits may (1,000,000).
_STUTTER = re.compile(r"([^\W\d_]{1,8}?)\1{3,}")


def check_canary(engine: Engine, folder: ModelFolder) -> None:
    """Refuse, with ModelError, a model whose output is empty, endless, repeating or not Latin.

    What a model passed is remembered by its signature, so that only its first load pays for it.
    """
    mark = _mark(engine)
    if mark.is_file():
        return
    requests = [Request(engine.pieces.source(text)[0]) for text in CANARY]
    for source, hypothesis in zip(CANARY, engine.decode(requests), strict=True):
        reason = fault(engine.pieces.text(hypothesis.pieces), hypothesis.finished)
        if reason:
            raise ModelError(
                f"model '{folder.path}' fails the canary: '{source}' gives {reason}",
                "choose another model, or train this one further",
            )
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        return  # the canary is only sung again next time


def fault(text: str, finished: bool) -> str | None:
    """Say what is wrong with an output, or None."""
    if not text:
        return "nothing"
    if not finished:
        return "a text without end"
    if latin_share(text) < MIN_LATIN:
        return "a text that is not in Latin script"
    if is_loop(text):
        return "the same again and again"
    return None


@lru_cache(maxsize=4096)  # asked about a text at every step of its mending
def is_loop(text: str) -> bool:
    """Tell whether a text is caught in a loop, of words or within one."""
    return repeats(text) > MAX_REPEATS or _STUTTER.search(text) is not None


def latin_share(text: str) -> float:
    """Return the share of Latin letters among all letters; 0 where there are none."""
    letters = [c for c in text if c.isalpha()]
    return sum("LATIN" in unicodedata.name(c, "") for c in letters) / len(letters) if letters else 0.0


def repeats(text: str) -> int:
    """Return the most times that a run of up to six words stands in immediate succession."""
    words = text.split()
    best = 1 if words else 0
    for size in range(1, _LONGEST_LOOP + 1):
        run = 0
        for before, word in zip(words, words[size:], strict=False):
            run = run + 1 if word == before else 0
            best = max(best, 1 + run // size)
    return best


def _mark(engine: Engine) -> Path:
    name = hashlib.sha256("|".join((engine.signature, *CANARY)).encode()).hexdigest()
    return cache_folder() / "canary" / name[:32]

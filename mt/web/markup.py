"""Texts as HTML: every character once, in flat pieces that say which word and which marks they belong to."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from markupsafe import Markup, escape

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text, end exclusive, with its class and what its tooltip says."""

    span: Span
    name: str
    title: str = ""


def marked(text: str, words: Sequence[Span], marks: Iterable[Mark]) -> Markup:
    """Return a text with its words numbered and its marks shown; what `textContent` gives back is the text.

    The pieces are cut wherever a word or a mark begins or ends and are never nested, so marks may overlap.
    """
    fitting = [mark for mark in marks if 0 <= mark.span[0] < mark.span[1] <= len(text)]
    edges = {0, len(text)} | {edge for span in words for edge in span}
    edges |= {edge for mark in fitting for edge in mark.span}
    pieces = (_piece(text, span, words, fitting) for span in pairwise(sorted(edges)))
    return Markup("".join(pieces))  # noqa: S704 every piece is escaped where it is made


def _piece(text: str, span: Span, words: Sequence[Span], marks: Sequence[Mark]) -> str:
    # Plain strings: a page has thousands of pieces, and Markup looks at each part of each again.
    word = next((number for number, (a, b) in enumerate(words) if a <= span[0] and span[1] <= b), None)
    over = [mark for mark in marks if mark.span[0] <= span[0] and span[1] <= mark.span[1]]
    content = html.escape(text[slice(*span)])
    about = "" if word is None else f' data-w="{word}"'
    if not over:
        return f"<span{about}>{content}</span>" if about else content
    names = " ".join(dict.fromkeys(mark.name for mark in over))
    titles = html.escape("\n".join(mark.title for mark in over if mark.title))
    return f'<mark{about} class="{names}"' + (f' title="{titles}"' if titles else "") + f">{content}</mark>"


def difference(before: str, after: str) -> Markup:
    """Return what became of a text, word by word: `<del>` what went, `<ins>` what came."""
    old, new = _words(before), _words(after)
    shown = Markup("")
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            shown += escape("".join(old[a:b]))
            continue
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        shown += Markup("<del>{}</del>").format(gone) if gone else Markup("")
        shown += Markup("<ins>{}</ins>").format(come) if come else Markup("")
    return shown


def _words(text: str) -> list[str]:
    words: list[str] = []
    for char in text:
        if words and not char.isspace() and not words[-1][-1].isspace():
            words[-1] += char
        else:
            words.append(char)
    return words

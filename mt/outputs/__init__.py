"""Writers of a translated document, found by the ending of the file's name."""

from pathlib import Path

from aligned.errors import FormatError
from aligned.formats import WRITERS as PAIR_WRITERS
from aligned.formats import write_pairs
from aligned.formats.atomic import write_atomically
from mt.errors import SettingError
from mt.outputs.docx import render_docx
from mt.outputs.html import render_html
from mt.outputs.layout import TranslatedBlock, TranslatedDocument
from mt.outputs.text import render_markdown, render_text

__all__ = ["ENDINGS", "TranslatedBlock", "TranslatedDocument", "check_output", "render_text", "write_output"]

_ENGLISH_ONLY = {".txt": render_text, ".md": render_markdown}

ENDINGS = (*_ENGLISH_ONLY, *PAIR_WRITERS, ".docx", ".html")


def write_output(translated: TranslatedDocument, path: Path, bilingual: bool = False) -> None:
    """Write a translation in the format that the ending of `path` names, whole or not at all.

    `bilingual` asks for both languages where a format can do without (Word); the page and the files of
    pairs have both in any case.

    Raises:
        SettingError: the ending is unknown, or its format cannot hold both languages.
        FormatError: the file cannot be written.
    """
    check_output(path, bilingual)
    ending = path.suffix.lower()
    if ending in PAIR_WRITERS:
        write_pairs(translated.pairs, path)
    elif ending in _ENGLISH_ONLY:
        write_atomically(path, _ENGLISH_ONLY[ending](translated).encode())
    elif ending == ".html":
        write_atomically(path, render_html(translated).encode())
    else:
        write_atomically(path, render_docx(translated, bilingual))


def check_output(path: Path, bilingual: bool = False) -> None:
    """Refuse what `write_output` would refuse, before any work is done for it.

    Raises:
        SettingError: the ending is unknown, or its format cannot hold both languages.
        FormatError: there is no such folder.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise SettingError(f"no output format ends in {ending!r}", f"use one of {' '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise FormatError(f"{path} cannot be written, there is no such folder", "make it first")
    if bilingual and ending in _ENGLISH_ONLY:
        rest = " ".join(known for known in ENDINGS if known not in _ENGLISH_ONLY)
        raise SettingError(f"{ending} holds one language", f"for both use one of {rest}")

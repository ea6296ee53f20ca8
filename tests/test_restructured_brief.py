"""A brief whose pairs a person split and merged: translated again and written, it has all that was made."""

from collections.abc import Sequence
from pathlib import Path

from aligned.paging import Filter
from aligned.records import ChangeKind, StoredPair
from aligned.store import Store
from aligned.structure import Piece, merge, move, split
from glossary.terms import Glossary
from mt.brief import open_brief, translate_brief
from mt.outputs import render_text, write_output
from mt.translate import Translator
from tests.fake_engine import FakeEngine

TEXT = """\
כותרת

המשפט הראשון כאן. המשפט השני כאן.

המשפט השלישי לבדו.

המשפט הרביעי כאן. המשפט החמישי כאן.
"""
NUMBERS = ("title", "one here", "two here", "three alone", "four here", "five here")


def test_a_document_has_the_text_of_all_its_pieces_in_order(tmp_path: Path) -> None:
    path = tmp_path / "brief.txt"
    path.write_text(TEXT, encoding="utf-8")
    brief = open_brief(path)
    translator = Translator(FakeEngine({}), Glossary(()))
    with Store.open(str(tmp_path / "targem.db")) as store:
        translate_brief(brief, translator, store)
        for item, text in zip(store.page().items, NUMBERS, strict=True):
            store.edit(item.pair.id, text, "dana", 0)

        def put(at: Sequence[StoredPair], pieces: Sequence[Piece], kind: ChangeKind) -> None:
            store.restructure([(item.pair.id, item.version) for item in at], pieces, "dana", kind)

        def shown(first: int, last: int) -> tuple[StoredPair, ...]:
            return store.page(Filter(document=1)).items[first : last + 1]

        (whole,) = shown(1, 1)
        put([whole], split(whole, 5, 4), ChangeKind.SPLIT)
        # Over the end of a paragraph, which then has nothing of its own.
        one, other = shown(3, 4)
        put([one, other], merge(one, other), ChangeKind.MERGE)
        one, other = shown(4, 5)
        put([one, other], move(one, other, 23, 15), ChangeKind.MOVE)
        translated, summary = translate_brief(brief, translator, store)
        assert summary.sentences == len(translated.pairs) == store.count() == 6
        english = render_text(translated)
        assert english.split() == " ".join(NUMBERS).split()
        assert [block.target for block in translated.blocks] == [
            "title",
            "one here two here three alone",
            "",
            "four here five here",
        ]
        for ending in (".docx", ".html", ".md", ".tmx", ".xlf", ".xlsx"):
            write_output(translated, tmp_path / f"out{ending}")

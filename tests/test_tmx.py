"""TMX: memories of other tools, an independent reader, and XML that means harm."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from aligned.errors import FormatError
from aligned.formats import read_pairs, write_pairs
from aligned.formats.tmx import render_tmx
from aligned.records import Status
from tests.translated_sample import translated

DATA = Path(__file__).parent / "data"
SAMPLE = translated().pairs

HEAD = '<tmx version="1.4"><header srclang="he"/><body>'
TAIL = "</body></tmx>"
UNIT = '<tu><tuv xml:lang="he"><seg>מים</seg></tuv><tuv xml:lang="en"><seg>water{}</seg></tuv></tu>'  # a unit


def read(tmp_path: Path, content: str | bytes, name: str = "x.tmx") -> list[tuple[str, str]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(pair.source, pair.target) for pair in read_pairs(path)]


def test_a_memory_of_omegat() -> None:
    first, second = read_pairs(DATA / "exchange_omegat.tmx")
    assert first.source == "המכון פרסם דוח על מחירי המים."
    assert first.target == "The institute published a report on water prices."
    assert (second.source, second.target) == ("כן & לא", "Yes & no")
    assert (first.id, first.status, first.signature) == ("", Status.NEW, "import OmegaT 6.0.0_0")


def test_a_memory_of_trados() -> None:
    (pair,) = read_pairs(DATA / "exchange_trados.tmx")
    assert (pair.source, pair.target) == ("המחיר עלה ב-5%.", "The price rose by 5%.")
    assert (pair.status, pair.changed) == (Status.ACCEPTED, "2026-02-03T09:08:07+00:00")


def test_what_we_write_is_what_the_standard_asks_for() -> None:
    changed = replace(SAMPLE[0], changed="2026-01-02T03:04:05+00:00", status=Status.EDITED)
    root = etree.fromstring("".join(render_tmx([changed])).encode())
    header, body = root
    needed = ("creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang", "datatype")
    assert all(header.get(name) for name in needed)
    (unit,) = body
    assert (unit.get("tuid"), unit.get("changedate")) == (changed.id, "20260102T030405Z")
    # The content model: properties and notes before the variants.
    assert [part.tag for part in unit] == ["prop"] * (len(unit) - 2) + ["tuv", "tuv"]
    properties = {part.get("type"): part.text for part in unit.iter("prop")}
    assert properties["x-targem-status"] == "edited"
    assert properties["x-targem-signature"] == changed.signature
    assert [segment.text for segment in unit.iter("seg")] == [changed.source, changed.target]


def test_an_independent_reader_finds_the_same(tmp_path: Path) -> None:
    tmx = pytest.importorskip("translate.storage.tmx", reason="needs translate-toolkit")
    path = tmp_path / "pairs.tmx"
    write_pairs([*SAMPLE, replace(SAMPLE[0], source='<a> & "b"\u200f', target="x\u2028y")], path)
    with path.open("rb") as stream:
        found = tmx.tmxfile(stream, sourcelanguage="he", targetlanguage="en").units
    assert [(str(unit.source), str(unit.target)) for unit in found] == [
        *((pair.source, pair.target) for pair in SAMPLE),
        ('<a> & "b"\u200f', "x\u2028y"),
    ]


def test_the_order_and_the_spelling_of_languages_do_not_matter(tmp_path: Path) -> None:
    content = (
        '<tu><tuv xml:lang="EN_us"><seg>a</seg></tuv><tuv xml:lang="fr"><seg>c</seg></tuv>'
        '<tuv xml:lang="iw"><seg>ב<hi>ג</hi><ph>code<sub>note</sub></ph>ד</seg></tuv></tu>'
    )
    assert read(tmp_path, HEAD + content + TAIL) == [("בגד", "a")]
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{HEAD}{UNIT.format("")}{TAIL}'
    assert read(tmp_path, wide.encode("utf-16")) == [("מים", "water")]


def entity_bomb() -> str:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE tmx [<!ENTITY e0 "ha">{levels}]>{HEAD}{UNIT.format("&e9;")}{TAIL}'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (entity_bomb(), "declares entities|entity amplification"),
        (entity_bomb().replace('srclang="he"', 'srclang="&e9;"'), "declares entities|entity amplification"),
        (entity_bomb().replace('<tmx version="1.4"', '<tmx version="&e9;"'), "x.tmx"),
        (f'<!DOCTYPE tmx [<!ENTITY x SYSTEM "secret.txt">]>{HEAD}{UNIT.format("&x;")}{TAIL}', "entities"),
        (f'<!DOCTYPE tmx [<!ENTITY % x SYSTEM "secret.txt"> %x;]>{HEAD}{TAIL}', "declares entities"),
        (HEAD + UNIT.format("<hi>" * 300 + "</hi>" * 300) + TAIL, "Excessive depth"),
        (HEAD + UNIT.format("<hi/>" * 1_700_000) + TAIL, "has too much in one unit"),
        (HEAD + UNIT.format("&#0;") + TAIL, "not well-formed XML"),
        (HEAD + UNIT, "not well-formed XML"),
        ("", "not well-formed XML"),
        ("<html/>", "is no TMX"),
    ],
)
def test_what_is_not_safe_or_not_whole_is_refused_in_one_line(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    with pytest.raises(FormatError, match=message) as raised:
        read(tmp_path, content)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_document_type_that_is_not_there_is_not_asked_for(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE tmx SYSTEM "http://localhost:9/tmx14.dtd">'
    assert read(tmp_path, doctype + HEAD + UNIT.format("") + TAIL) == [("מים", "water")]

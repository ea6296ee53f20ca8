"""TBX glossaries: versions, styles and faults read; TBX-Basic written by its own rules."""

from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from glossary.errors import GlossaryError
from glossary.tbx import render_tbx
from glossary.terms import Glossary, Term, read_glossary, shipped, write_glossary
from tests.test_terms import GLOSSARIES

DATA = Path(__file__).parent / "data"
TBX = "{urn:iso:std:iso:30042:ed-2}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What may stand in each element of TBX-Basic in DCA style that we write, in order; "*" may repeat or lack.
CONTENT = {
    "tbx": ("tbxHeader", "text"),
    "tbxHeader": ("fileDesc",),
    "fileDesc": ("sourceDesc",),
    "sourceDesc": ("p",),
    "text": ("body",),
    "body": ("conceptEntry*",),
    "conceptEntry": ("descrip*", "note*", "langSec*"),
    "langSec": ("termSec*",),
    "termSec": ("term", "termNote"),
    **dict.fromkeys(("p", "descrip", "note", "term", "termNote"), ()),
}
ATTRIBUTES = {
    "tbx": {"type", "style", LANGUAGE},
    "conceptEntry": {"id"},
    "langSec": {LANGUAGE},
    "descrip": {"type"},
    "termNote": {"type"},
}
STATUSES = {"preferredTerm-admn-sts", "admittedTerm-admn-sts", "deprecatedTerm-admn-sts"}
PASSAGE = Term(
    "מעבר גבול",
    ("border crossing", "crossing point"),
    ("נקודת מעבר",),
    "never a bare crossing; until 2005",
    "border",
    ("border passage",),
)
HEAD = '<tbx type="TBX-Basic" style="dca" xml:lang="he" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>\n'
CONCEPT = (
    '<conceptEntry><langSec xml:lang="he"><termSec><term>באקו</term></termSec></langSec>'
    '<langSec xml:lang="en"><termSec><term>{}</term></termSec></langSec></conceptEntry>\n'
)
TAIL = "</body></text></tbx>\n"


def _faults(tmp_path: Path, text: str, name: str = "terms.tbx") -> tuple[str, ...]:
    path = tmp_path / name
    path.write_bytes(text.encode())
    with pytest.raises(GlossaryError) as caught:
        read_glossary(path)
    assert str(caught.value).startswith(f"{name}: {caught.value.faults[0]}")
    assert "\n" not in str(caught.value)
    return caught.value.faults


def test_version_3_in_dct_style_is_read() -> None:
    glossary = read_glossary(DATA / "glossary_dct.tbx")
    assert glossary.terms == (PASSAGE,)
    assert glossary.name == "glossary_dct"


def test_version_3_in_dca_style_is_read(tmp_path: Path) -> None:
    write_glossary(Glossary((PASSAGE,)), tmp_path / "dca.tbx")
    assert read_glossary(tmp_path / "dca.tbx").terms == (PASSAGE,)


def test_version_2_is_read() -> None:
    assert read_glossary(DATA / "glossary_v2.tbx").terms == (
        Term(
            "מתקן התפלה",
            ("desalination plant",),
            ("מתקן ההתפלה",),
            kind="water",
            forbidden=("desalting works",),
        ),
    )


def test_xml_is_read_where_it_is_tbx(tmp_path: Path) -> None:
    (tmp_path / "terms.xml").write_bytes((DATA / "glossary_v2.tbx").read_bytes())
    assert len(read_glossary(tmp_path / "terms.xml")) == 1
    faults = _faults(tmp_path, "<?xml version='1.0'?>\n<tmx version='1.4'/>", "memory.xml")
    assert faults == ("line 2: the root is tmx, not tbx or martif",)


def test_all_faults_of_a_file_at_once() -> None:
    with pytest.raises(GlossaryError) as caught:
        read_glossary(DATA / "glossary_faults.tbx")
    assert caught.value.faults == (
        "line 9: 'באקו' duplicates line 5",
        "line 13: no English term",
        "line 17: no Hebrew term",
        "line 20: Hebrew in the English",
        "line 24: no Hebrew in the source",
        "line 28: 'וב' is only a prefix",
        "line 35: empty term",
        "line 36: empty term",
        "line 38: langSec without xml:lang",
        "line 40: unknown value 'plural' of allow (known: inflection, case, article, exact)",
        "line 40: 'באקו' contradicts line 5 (Baku)",
        "line 48: unknown status 'favourite' (known: preferred, admitted, deprecated, superseded, "
        "standardized, legal, regulated)",
        "line 54: 'Shusha' is forbidden and a target",
    )
    assert caught.value.what == "glossary_faults.tbx: " + "; ".join(caught.value.faults)


NOT_XML = [
    ("", "line 1: not well-formed XML (Document is empty"),
    (HEAD + "<conceptEntry>", "line 2: not well-formed XML (Premature end"),
    (HEAD + CONCEPT.format("A & B") + TAIL, "line 2: not well-formed XML"),
    ("source\ttarget\n", "line 1: not well-formed XML"),
    (HEAD + TAIL, "no entries"),
]


@pytest.mark.parametrize(("text", "fault"), NOT_XML)
def test_what_is_no_tbx(tmp_path: Path, text: str, fault: str) -> None:
    assert _faults(tmp_path, text)[0].startswith(fault)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("Baku", encoding="utf-8")
    secret = (tmp_path / "secret").as_uri()
    head = f'<!DOCTYPE tbx [<!ENTITY in "Baku"><!ENTITY out SYSTEM "{secret}">]>\n'
    faults = _faults(tmp_path, head + HEAD + CONCEPT.format("&in; &out;") + TAIL)
    assert faults == ("line 3: entity &in;", "line 3: entity &out;")


def test_no_external_dtd_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "core.dtd").write_text('<!ENTITY in "Baku">', encoding="utf-8")
    head = f'<!DOCTYPE tbx SYSTEM "{(tmp_path / "core.dtd").as_uri()}">\n'
    faults = _faults(tmp_path, head + HEAD + CONCEPT.format("&in;") + TAIL)
    assert len(faults) == 1
    path = tmp_path / "plain.tbx"
    path.write_text(head + HEAD + CONCEPT.format("Baku") + TAIL, encoding="utf-8")
    assert read_glossary(path).terms == (Term("באקו", ("Baku",)),)


def test_entities_do_not_explode(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 20}">' for n in range(12))
    head = f'<!DOCTYPE tbx [<!ENTITY e0 "ha">{levels}]>\n'
    text = head + HEAD.replace('"dca"', '"&e12;"') + TAIL
    assert "not well-formed XML" in _faults(tmp_path, text)[0]


def test_lines_of_a_long_file_are_right_within_one(tmp_path: Path) -> None:
    golden = (DATA / "golden_glossary.tbx").read_text("utf-8")
    text = golden.replace("<body>", "<body>" + "\n" * 70_000).replace("contract", "")
    line = text[: text.index("<term></term>")].count("\n")
    assert _faults(tmp_path, text)[0] in {f"line {line}: empty term", f"line {line + 1}: empty term"}


def _check(element: etree._Element) -> None:
    """Assert that an element has the children and attributes that TBX-Basic gives it."""
    name = str(etree.QName(element).localname)
    assert element.tag == TBX + name
    assert set(element.attrib) == ATTRIBUTES.get(name, set())
    children = [str(etree.QName(child).localname) for child in element]
    for allowed in CONTENT[name]:
        if not allowed.endswith("*"):
            assert children.pop(0) == allowed
        while allowed.endswith("*") and children[:1] == [allowed[:-1]]:
            children.pop(0)
    assert children == []
    for child in element:
        _check(child)


@given(glossary=GLOSSARIES)
def test_what_is_written_is_tbx_basic(tmp_path_factory: pytest.TempPathFactory, glossary: Glossary) -> None:
    path = tmp_path_factory.mktemp("law") / "law.tbx"
    write_glossary(glossary, path)
    root = etree.fromstring(path.read_bytes())
    _check(root)
    assert dict(root.attrib) == {"type": "TBX-Basic", "style": "dca", LANGUAGE: "he"}
    concepts = root.findall(f".//{TBX}conceptEntry")
    assert len({concept.get("id") for concept in concepts}) == len(concepts) == len(glossary)
    for concept in concepts:
        assert [section.get(LANGUAGE) for section in concept.findall(f"{TBX}langSec")] == ["he", "en"]
        assert {field.get("type") for field in concept.findall(f"{TBX}descrip")} <= {"subjectField"}
    for note in root.iter(f"{TBX}termNote"):
        assert note.get("type") == "administrativeStatus"
        assert note.text in STATUSES
    assert read_glossary(path) == glossary


def test_golden_file() -> None:
    contract = Term("חוזה", ("contract",), note="never < a treaty", allow=("exact",))
    golden = (DATA / "golden_glossary.tbx").read_bytes()
    assert render_tbx(Glossary((contract, PASSAGE))) == golden


def test_the_shipped_lists_survive_tbx(tmp_path: Path) -> None:
    write_glossary(shipped(), tmp_path / "all.tbx")
    assert read_glossary(tmp_path / "all.tbx") == shipped()


UNWRITABLE = [
    Term("באקו", ("Ba\x01ku",)),
    Term("באקו", ("Baku ",)),
    Term("באקו", ("Baku",), note="Allowed besides the listed form: case"),
    Term("באקו", ("Baku", "Baku"), forbidden=("Baku",)),
]


@pytest.mark.parametrize("term", UNWRITABLE)
def test_a_term_that_would_not_read_back_is_not_written(tmp_path: Path, term: Term) -> None:
    with pytest.raises(GlossaryError):
        write_glossary(Glossary((term,)), tmp_path / "terms.tbx")
    assert list(tmp_path.iterdir()) == []

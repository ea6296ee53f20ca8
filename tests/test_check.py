"""What a translation lacks of its terms, the names it made up, and every other kind of finding."""

import pytest

from glossary.check import NameFinding, TermFinding, grows_from, invented, missing
from glossary.checker import Checker
from glossary.findings import Finding, Kind
from glossary.match import SourceMatcher, TargetMatcher
from glossary.respelled import is_respelled
from glossary.terms import Glossary, Term

BAKU = Term("באקו", ("Baku",))
KARABAKH = Term("קרבאך", ("Karabakh",))
NAGORNO = Term("נגורנו-קרבאך", ("Nagorno-Karabakh",))
UN = Term('או"ם', ("UN", "United Nations"))
NATIONS = Term("האומות המאוחדות", ("United Nations",))
STATES = Term('ארה"ב', ("the United States", "US"))
PACT = Term("הסכם הגנה", ("defense pact",))
GLOSSARY = Glossary((BAKU, KARABAKH, NAGORNO, UN, NATIONS, STATES, PACT))
SOURCE, TARGET = SourceMatcher(GLOSSARY), TargetMatcher(GLOSSARY)

MISSING = [
    ("נסעו לבאקו", "They went to Baku", []),
    ("נסעו לבאקו", "They went to the capital", [TermFinding(BAKU, 1, 0)]),
    ("מבאקו לבאקו", "From Baku to Baku", []),
    ("מבאקו לבאקו", "From Baku and back", [TermFinding(BAKU, 2, 1)]),
    ("נסעו", "They went to Baku", []),
    ("בנגורנו-קרבאך", "in Nagorno-Karabakh", []),
    ("בנגורנו-קרבאך", "in Karabakh", [TermFinding(NAGORNO, 1, 0)]),
    ("בקרבאך", "in Nagorno-Karabakh", [TermFinding(KARABAKH, 1, 0)]),
    ('באו"ם', "at the United Nations", []),
    ('באו"ם', "at the UN", []),
    ('האומות המאוחדות (או"ם)', "the United Nations (UN)", []),
    ('האומות המאוחדות ובאו"ם', "the United Nations", [TermFinding(UN, 1, 0)]),
    ('האומות המאוחדות ובאו"ם', "the UN", [TermFinding(NATIONS, 1, 0)]),
    ('ארה"ב ובאקו', "It did", [TermFinding(STATES, 1, 0), TermFinding(BAKU, 1, 0)]),
    ('ארה"ב', "United States's", []),
    ("על הסכם ההגנה", "on the Defense Pact", []),
    ("", "", []),
]

INVENTED = [
    ("נסעו לבאקו", "They went to Baku", []),
    ("נסעו לשם", "They went to Baku", [NameFinding("Baku", 0, 1)]),
    ("נסעו לבאקו", "Baku, they went to Baku", [NameFinding("Baku", 1, 2)]),
    ("בנגורנו-קרבאך", "in Karabakh", []),
    ("בקרבאך", "in Nagorno-Karabakh", [NameFinding("Nagorno-Karabakh", 0, 1)]),
    ("על ההסכם", "on the defense pact", []),
    ("לפי נוהל של UN, בUNESCO", "by a rule of the UN", []),
    ("בUNESCO", "at the UN", [NameFinding("UN", 0, 1)]),
    ('באו"ם', "at the United Nations", []),
    ("שם", "the US and the United States", [NameFinding("US", 0, 1), NameFinding("the United States", 0, 1)]),
    ("האומות המאוחדות", "the UN", [NameFinding("UN", 0, 1)]),
    ("הממשלה הבאקואית והקרבאכים", "The government of Baku and Karabakh", []),
    ("", "", []),
]
IRAN = Term("איראן", ("Iran",))
RUSSIA = Term("רוסיה", ("Russia",))
FLEET = Term("צי הים השחור", ("Black Sea Fleet",))
GROWN = [
    ("נשיא איראן", IRAN, False),
    ("הנשיא האיראני", IRAN, True),
    ("בין האיראנים לטורקים", IRAN, True),
    ("המדיניות הרוסית", RUSSIA, True),
    ("חיילים רוסיים", RUSSIA, True),
    ("בצי הים השחור", FLEET, False),
    ("פרסום בפריז", Term("פרס", ("Persia",)), False),
    ("", IRAN, False),
]


@pytest.mark.parametrize(("source", "target", "findings"), MISSING)
def test_missing(source: str, target: str, findings: list[TermFinding]) -> None:
    assert missing(source, target, SOURCE, TARGET) == findings


@pytest.mark.parametrize(("source", "target", "findings"), INVENTED)
def test_invented(source: str, target: str, findings: list[NameFinding]) -> None:
    assert invented(source, target, SOURCE, TARGET) == findings


@pytest.mark.parametrize(("source", "term", "grown"), GROWN)
def test_a_word_may_grow_from_a_name(source: str, term: Term, grown: bool) -> None:
    assert grows_from(source, [term]) is grown


NAKHCHIVAN = Term("נחיצ'ואן", ("Nakhchivan",))
ALIYEV = Term("אילהאם אלייב", ("Ilham Aliyev",))
CORRIDOR = Term("מסדרון", ("corridor",), forbidden=("passage", "hallway"))
PASSAGE = Term("מעבר", ("border passage",))
CONTRACT = Term("חוזה", ("contract", "agreement"), allow=("exact",))
ARMENIA = Term("ארמניה", ("Armenia",))
CHECKED = Glossary((BAKU, UN, STATES, NAKHCHIVAN, ALIYEV, CORRIDOR, PASSAGE, CONTRACT, ARMENIA, PACT))

Pairs = list[tuple[str, str]]
# Pairs of one document, the kind asked for, and (line, term, target, expected, found, text) of what is found.
Row = tuple[int, str, str, int, int, str]
FOUND: list[tuple[Kind, Pairs, list[Row]]] = [
    (Kind.MISSING, [("נסעו לבאקו", "They left"), ("באקו", "Baku")], [(1, "באקו", "Baku", 1, 0, "")]),
    (Kind.INEXACT, [("החוזה נחתם", "The CONTRACT was signed")], [(1, "חוזה", "contract", 1, 0, "CONTRACT")]),
    (Kind.INEXACT, [("נסעו לבאקו", "They left for BAKU")], [(1, "באקו", "Baku", 1, 0, "BAKU")]),
    (Kind.INEXACT, [("החוזה נחתם", "The contract was signed")], []),
    (Kind.INEXACT, [("חוזים", "contracts")], []),
    (Kind.INEXACT, [("חוזה", "some contracts")], [(1, "חוזה", "contract", 1, 0, "contracts")]),
    (Kind.INEXACT, [("מסדרון", "the corridors")], []),
    (Kind.INEXACT, [("החוזה נחתם", "It was signed")], []),
    (Kind.INEXACT, [('לפי או"ם', "According to un")], []),
    (Kind.FORBIDDEN, [("במסדרון", "in the passage")], [(1, "מסדרון", "corridor", 0, 1, "passage")]),
    (Kind.FORBIDDEN, [("במסדרון", "in the corridor")], []),
    (Kind.FORBIDDEN, [("ברחוב", "in the passage")], []),
    (Kind.FORBIDDEN, [("מסדרון ומעבר", "a corridor and a border passage")], []),
    (
        Kind.FORBIDDEN,
        [("מסדרון", "a passage, or hallway")],
        [(1, "מסדרון", "corridor", 0, 1, "passage"), (1, "מסדרון", "corridor", 0, 1, "hallway")],
    ),
    (
        Kind.INCONSISTENT,
        [("חוזה", "a contract"), ("חוזה", "an agreement"), ("חוזה", "one contract")],
        [(2, "חוזה", "contract", 2, 1, "agreement")],
    ),
    (Kind.INCONSISTENT, [("חוזה", "a contract"), ("חוזה", "the contract")], []),
    (Kind.INCONSISTENT, [("חוזה", "a contract"), ("", "an agreement")], []),
    (
        Kind.UNTRANSLATED,
        [("נסעו לבאקו", "They went ל באקו, then לשם home")],
        [(1, "", "", 0, 1, "ל באקו"), (1, "", "", 0, 1, "לשם")],
    ),
    (Kind.UNTRANSLATED, [("נסעו לבאקו", "They went to Baku")], []),
    (
        Kind.RENAMED,
        [("בנחיצ'ואן", "in Nakhichevan's north")],
        [(1, "נחיצ'ואן", "Nakhchivan", 1, 0, "Nakhichevan")],
    ),
    (Kind.RENAMED, [("בנחיצ'ואן", "in Nakhchivan, once Nakhichevan")], []),
    (Kind.RENAMED, [("נסעו", "They saw Nakhichevan")], []),
    (Kind.RENAMED, [("אילהאם אלייב", "President Ilham Aliev")], [
        (1, "אילהאם אלייב", "Ilham Aliyev", 1, 0, "Ilham Aliev")]),
    (Kind.RENAMED, [("אילהאם אלייב", "President Ilham, Aliev")], []),
    (Kind.RENAMED, [("נשיא ארמניה", "the Armenian president")], []),
    (Kind.RENAMED, [("בבאקו", "Back in the capital")], []),
    (
        Kind.RENAMED,
        [("כהן דיבר", "Then Cohen spoke"), ("וכהן שתק", "but Kohen did not"), ("כהן קם", "and Cohen rose")],
        [(2, "כהנ", "Cohen", 2, 1, "Kohen")],
    ),
    (Kind.RENAMED, [("כהן דיבר", "Then Cohen spoke"), ("וקון שתק", "but Kohen fell silent")], []),
    (Kind.RENAMED, [("כהן וקוהן", "Then Cohen and Kohen spoke")], []),
    (Kind.RENAMED, [("לוין דיבר", "Then Levin spoke"), ("לוי שתק", "but Levy fell silent")], []),
    (Kind.INVENTED, [("נסעו לשם", "They went to Baku")], [(1, "", "", 0, 1, "Baku")]),
    (Kind.INVENTED, [("נסעו לבאקו", "From Baku to Baku")], [(1, "", "", 1, 2, "Baku")]),
    (Kind.INVENTED, [("הנשיא הארמני", "the president of Armenia")], []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "pairs", "rows"), FOUND)
def test_every_kind_of_finding(kind: Kind, pairs: Pairs, rows: list[Row]) -> None:
    numbered = [(line, *pair) for line, pair in enumerate(pairs, 1)]
    findings = Checker(CHECKED).check(numbered, [kind])
    assert [(f.line, f.term, f.target, f.expected, f.found, f.text) for f in findings] == rows
    for finding in findings:
        assert finding.kind is kind
        if finding.text:
            assert numbered[finding.line - 1][2][finding.start : finding.end] == finding.text


def test_findings_stand_in_the_order_of_lines_and_kinds() -> None:
    pairs = [(4, "במסדרון לנחיצ'ואן", "Baku: a passage to Nakhichevan שם"), (2, "בבאקו", "there")]
    assert [(f.line, str(f.kind)) for f in Checker(CHECKED).check(pairs)] == [
        (2, "missing"),
        (4, "missing"),
        (4, "missing"),
        (4, "forbidden"),
        (4, "renamed"),
        (4, "untranslated"),
        (4, "invented"),
    ]
    assert Checker(CHECKED).check(pairs, [Kind.MISSING])[0] == Finding(2, Kind.MISSING, "באקו", "Baku", 1, 0)
    assert Checker(Glossary(())).check(pairs, [Kind.MISSING]) == []


RESPELLED = [
    ("Nakhichevan", "Nakhchivan", True),
    ("Karabagh", "Karabakh", True),
    ("Kyiv", "Kiev", True),
    ("Tiblisi", "Tbilisi", True),
    ("Erevan", "Yerevan", True),
    ("Heydar", "Haydar", True),
    ("Qatar", "Katar", True),
    ("Erdoğan", "Erdogan", False),
    ("Baku", "Baku", False),
    ("Iraq", "Iran", False),
    ("Austria", "Australia", False),
    ("Azerbaijani", "Azerbaijan", False),
    ("Armenian", "Armenia", False),
    ("Eritrean", "Eritrea", False),
    ("Kurds", "Kurd", False),
    ("Oman", "Omar", False),
]


@pytest.mark.parametrize(("word", "name", "respelled"), RESPELLED)
def test_another_spelling_is_not_another_name(word: str, name: str, respelled: bool) -> None:
    assert is_respelled(word, name) is respelled
    assert is_respelled(name, word) is respelled

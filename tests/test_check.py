"""What a translation lacks of its terms, and the names it made up."""

import pytest

from glossary.check import NameFinding, TermFinding, invented, missing
from glossary.match import SourceMatcher, TargetMatcher
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
    ('באו"ם', "at the United Nations", []),
    ("שם", "the US and the United States", [NameFinding("US", 0, 1), NameFinding("the United States", 0, 1)]),
    ("האומות המאוחדות", "the UN", [NameFinding("UN", 0, 1)]),
    ("", "", []),
]


@pytest.mark.parametrize(("source", "target", "findings"), MISSING)
def test_missing(source: str, target: str, findings: list[TermFinding]) -> None:
    assert missing(source, target, SOURCE, TARGET) == findings


@pytest.mark.parametrize(("source", "target", "findings"), INVENTED)
def test_invented(source: str, target: str, findings: list[NameFinding]) -> None:
    assert invented(source, target, SOURCE, TARGET) == findings

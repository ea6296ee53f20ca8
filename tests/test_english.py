"""English inflection: plurals, and what a term allows to differ from its listed form."""

import re

import pytest

from glossary.english import TargetMatcher, plural
from glossary.nouns import plurals
from glossary.terms import Glossary, Term

PLURALS = [
    ("corridor", "corridors"),
    ("city", "cities"),
    ("City", "Cities"),
    ("day", "days"),
    ("soliloquy", "soliloquies"),
    ("tax", "taxes"),
    ("church", "churches"),
    ("oligarch", "oligarchs"),
    ("virus", "viruses"),
    ("embargo", "embargoes"),
    ("ghetto", "ghettos"),
    ("man", "men"),
    ("spokeswoman", "spokeswomen"),
    ("German", "Germans"),
    ("human", "humans"),
    ("child", "children"),
    ("grandchild", "grandchildren"),
    ("Person", "People"),
    ("spokesperson", "spokespersons"),
    ("crisis", "crises"),
    ("analysis", "analyses"),
    ("axis", "axes"),
    ("datum", "data"),
    ("knife", "knives"),
    ("midwife", "midwives"),
    ("half", "halves"),
    ("chief", "chiefs"),
    ("belief", "beliefs"),
    ("kibbutz", "kibbutzim"),
    ("aircraft", "aircraft"),
    ("Lebanese", "Lebanese"),
    ("Israeli", "Israelis"),
    ("MP", "MPs"),
    ("F-35", "F-35s"),
    ("U.S.", "U.S."),
    ("", ""),
    # the head of a phrase
    ("the ceasefire", "the ceasefires"),
    ("right of way", "rights of way"),
    ("memorandum of understanding", "memoranda of understanding"),
    ("Minister for Foreign Affairs", "Ministers for Foreign Affairs"),
    ("man-of-war", "men-of-war"),
    ("commander-in-chief", "commanders-in-chief"),
    ("surface-to-air missile", "surface-to-air missiles"),
    ("no-fly zone", "no-fly zones"),
    ("ex-prime minister", "ex-prime ministers"),
    ("prime minister-elect", "prime ministers-elect"),
    ("attorney general", "attorneys general"),
    ("major general", "major generals"),
    ("Secretary-General of the UN", "Secretaries-General of the UN"),
    ("court martial", "courts martial"),
    ("passer-by", "passers-by"),
    ("check-in", "check-ins"),
]
WHOLE = ["sanctions", "Israelis", "spokesmen", "children", "memoranda", "peace talks", "kibbutzim", "series"]


@pytest.mark.parametrize(("form", "expected"), PLURALS)
def test_plural(form: str, expected: str) -> None:
    assert plural(form) == expected


@pytest.mark.parametrize("form", [*WHOLE, *(expected for _, expected in PLURALS)])
def test_plural_of_a_plural_is_itself(form: str) -> None:
    assert plural(form) == form


def test_some_nouns_have_two_plurals() -> None:
    assert plurals("person of interest") == ("people of interest", "persons of interest")


# target, allow, and a text in which [ ] marks what must be found.
ALLOWED: list[tuple[str, tuple[str, ...], str]] = [
    ("ceasefire", (), "[ceasefire] [ceasefires] [Ceasefires] the [ceasefire]'s CEASEFIRE ceasefired"),
    ("right of way", (), "[right of way] [rights of way] [Rights of Way] right of ways"),
    ("memorandum", (), "[memoranda] [memorandums] [memorandum]"),
    ("crisis", (), "[crises]: [crisis] crisises"),
    ("cease-fire", (), "[cease-fires] [cease fires]"),
    ("Treaty", (), "[Treaty] Treaties treaty"),
    ("the state visit", (), "[state visits] [the state visits] a [state visit]"),
    ("Treaty", ("inflection",), "a [Treaty], [Treaties] the [Treaty] treaties"),
    ("Treaty", ("inflection", "article"), "[Treaty], the [Treaties], treaties"),
    ("Gaza Strip", ("case",), "[GAZA STRIP] [gaza strip] Gaza Strips the [gaza strip]"),
    ("Türkiye", ("case",), "[TÜRKIYE] [turkiye] [Turkiye]"),
    ("ceasefire", ("article",), "[Ceasefire], the [ceasefire] but Ceasefire or ceasefires"),
    ("the UN", ("exact",), "[The UN], [the UN]; UN. “[The UN]” but The UN"),
    ("the UN", ("exact",), "Yes.\n\n[The UN] a UN"),
    (
        "state visit",
        ("exact",),
        "[State visit] of a [state visit]; State visit, state visits, the [state visit]",
    ),
    ("UN", ("exact",), "[UN] un the [UN] The [UN]"),
]


@pytest.mark.parametrize(("target", "allow", "marked"), ALLOWED)
def test_what_may_differ(target: str, allow: tuple[str, ...], marked: str) -> None:
    text = re.sub(r"[\[\]]", "", marked)
    matches = TargetMatcher(Glossary((Term("א", (target,), allow=allow),))).find(text)
    assert [text[match.start : match.end] for match in matches] == re.findall(r"\[([^]]*)\]", marked)
    assert {match.target for match in matches} == {target}


def test_a_listed_form_comes_before_an_inflected_one() -> None:
    one, many = Term("א", ("synagogue",)), Term("ב", ("synagogues",))
    found = TargetMatcher(Glossary((one, many))).find("synagogues")
    assert [(match.target, match.terms) for match in found] == [("synagogues", (many, one))]


def test_terms_of_one_form_differ_in_what_they_allow() -> None:
    loose, strict = Term("א", ("state",)), Term("ב", ("state",), allow=("exact",))
    found = TargetMatcher(Glossary((loose, strict))).find("a state, one State, states")
    assert [match.terms for match in found] == [(loose, strict), (loose,), (loose,)]


def test_the_longer_form_is_taken_only_where_it_stands() -> None:
    short, long = Term("א", ("peace",)), Term("ב", ("peace talks",), allow=("exact",))
    matcher = TargetMatcher(Glossary((short, long)))
    assert [match.target for match in matcher.find("peace talks, peace Talks")] == ["peace talks", "peace"]

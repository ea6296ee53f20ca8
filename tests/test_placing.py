"""Where a missing term goes, and how the text around it takes it."""

import numpy as np
import pytest

from glossary.match import Match
from glossary.terms import Term
from mt.placing import Edit, Span, Words, place, rewrite

BAKU = Term("באקו", ("Baku",))
ACCORDS = Term("הסכמי אברהם", ("the Abraham Accords",))
PACT = Term("הסכם הגנה", ("defense pact",))
EMIRATES = Term("איחוד האמירויות", ("UAE",))

# text, what attends to the term (word: share), what may not be written over, the term, the text with it there
TABLE = [
    ("The envoy visited Bako.", {"Bako.": 0.9}, (), BAKU, "The envoy visited Baku."),
    ("He went in to Bako again.", {"in": 0.9, "to": 0.8, "Bako": 0.9}, (), BAKU, "He went in to Baku again."),
    ("Ties with (Bakko's) port grew.", {"(Bakko's)": 0.8}, (), BAKU, "Ties with (Baku's) port grew."),
    ("The Jerusalem-Bako axis", {"Bako": 0.8}, ("Jerusalem",), BAKU, "The Jerusalem-Baku axis"),
    ("The city of Akko Bay fell.", {"Akko": 0.9, "Bay": 0.7}, (), BAKU, "The city of Baku fell."),
    # nothing attends enough: put in before the word that attends most, after one of grammar
    ("The envoy visited often.", {"often.": 0.3}, (), BAKU, "The envoy visited Baku often."),
    ("He met them in June.", {"in": 0.4, "June.": 0.1}, (), BAKU, "He met them in Baku June."),
    ("By the Gaza-Nile road.", {"Nile": 0.4}, ("Gaza",), BAKU, "By the Baku Gaza-Nile road."),
    ("Gaza.", {"Gaza.": 0.9}, ("Gaza",), BAKU, "Gaza Baku."),
    # capital and article
    ("Pact signed.", {"Pact": 0.9}, (), PACT, "Defense pact signed."),
    ("“Pact signed”", {"“Pact": 0.9}, (), PACT, "“Defense pact signed”"),
    ("They left the deals.", {"deals.": 0.9}, (), ACCORDS, "They left the Abraham Accords."),
    ("They left deals.", {"deals.": 0.9}, (), ACCORDS, "They left the Abraham Accords."),
    ("It was a accord.", {"accord.": 0.9}, (), Term("הסכם", ("agreement",)), "It was an agreement."),
    ("It was an treaty.", {"treaty.": 0.9}, (), PACT, "It was a defense pact."),
]  # fmt: skip


def _words(text: str, shares: dict[str, float]) -> Words:
    pieces = text.split()
    parts = [part for piece in pieces for part in (piece.replace("-", "-\0").split("\0"))]
    ends, at = [], 0
    for part in parts:
        at = text.index(part, at) + len(part)
        ends.append(at)
    attention = np.array([[shares.get(part, 0.0), 1 - shares.get(part, 0.0)] for part in parts], np.float32)
    return Words(text, ends, attention)


@pytest.mark.parametrize(("text", "shares", "taken", "term", "expected"), TABLE)
def test_a_term_is_written_where_its_source_is_rendered(
    text: str, shares: dict[str, float], taken: tuple[str, ...], term: Term, expected: str
) -> None:
    kept = [(text.index(name), text.index(name) + len(name)) for name in taken]
    matches = [Match(0, len(term.source), "", term)]
    edits = place(_words(text, shares), {0: [0]}, matches, kept, ())
    written, spans = rewrite(text, edits, {}, matches)
    assert written == expected
    assert written[slice(*spans[0])].lower() in {f.lower().removeprefix("the ") for f in term.targets} | {
        f.lower() for f in term.targets
    }


def test_a_name_that_nobody_asked_for_is_written_over_whole() -> None:
    text = "In Nagorno Karabakh there"
    matches = [Match(0, 5, "", Term("קרבאך", ("Karabakh",)))]
    surplus: list[Span] = [(3, 19)]
    edits = place(_words(text, {"Karabakh": 0.9}), {0: [0]}, matches, (), surplus)
    assert rewrite(text, edits, {}, matches)[0] == "In Karabakh there"


def test_a_plural_in_the_source_is_one_in_the_output() -> None:
    matches = [Match(0, 10, "", PACT, "plural"), Match(0, 4, "", BAKU, "plural")]
    text, _ = rewrite("two x in y", [Edit(0, 4, 5), Edit(1, 9, 10)], {}, matches)
    assert text == "two defense pacts in Baku"


def test_what_stood_there_keeps_its_span() -> None:
    matches = [Match(0, 4, "", BAKU), Match(5, 9, "", EMIRATES), Match(10, 14, "", BAKU)]
    text = "UAE and x and Baku"
    written, spans = rewrite(text, [Edit(0, 8, 9), Edit(2, 10, 10)], {1: (0, 3)}, matches)
    assert written == "UAE and Baku Baku and Baku"
    assert {at: written[slice(*span)] for at, span in spans.items()} == {0: "Baku", 1: "UAE", 2: "Baku"}


def test_terms_at_one_place_are_parted() -> None:
    matches = [Match(0, 4, "", BAKU), Match(5, 9, "", EMIRATES)]
    written, spans = rewrite("from x", [Edit(0, 5, 5), Edit(1, 5, 5)], {}, matches)
    assert written == "from Baku, UAE x"
    assert [written[slice(*spans[at])] for at in (0, 1)] == ["Baku", "UAE"]

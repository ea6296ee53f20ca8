"""Pairs split, merged and moved, without a store: texts, terms, and the segments that the pieces cover."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligned.errors import StoreError
from aligned.records import Origin, Pair, Segment, Status, StoredPair
from aligned.structure import Piece, joined, merge, move, solid, split
from glossary.receipt import Method, Receipt

SOURCE = "הכנסת דנה במים. השר דיבר על המחיר."
TARGET = "The Knesset discussed water. The minister spoke of the price."


def segment(position: int, text: str, **other: object) -> Segment:
    first, last = position + 1, position + 2
    made = Segment(position, text, 0, "paragraph", 10 * position, 10 * position + 9, 1, first, last)
    return replace(made, **other)  # type: ignore[arg-type]


def receipt(source: str, term: str, target: str, english: str, price: float = 0.0) -> Receipt:
    at, there = source.index(term), target.index(english)
    return Receipt(term, at, at + len(term), "", english, there, there + len(english), Method.FORCED, price)


def stored(source: str, target: str, *segments: Segment, receipts: tuple[Receipt, ...] = ()) -> StoredPair:
    kept = segments or (segment(0, source),)
    pair = Pair(
        "id", source, target, Origin.TRANSLATION, Status.NEW, "d", "n", joined(kept), "s", "g", -0.5, receipts
    )
    return StoredPair(pair, 0, 1, kept)


def texts(pieces: tuple[Piece, ...]) -> list[tuple[str, str, int, int]]:
    return [(piece.source, piece.target, piece.first, piece.last) for piece in pieces]


RECEIPTS = (
    receipt(SOURCE, "כנסת", TARGET, "Knesset", 2.0),
    receipt(SOURCE, "מים", TARGET, "water"),
    receipt(SOURCE, "מחיר", TARGET, "price", 0.5),
)


def test_a_split_cuts_both_texts_and_takes_the_terms_along() -> None:
    pair = stored(SOURCE, TARGET, receipts=RECEIPTS)
    one, other = split(pair, SOURCE.index("השר"), TARGET.index("The minister"))
    assert texts((one, other)) == [
        ("הכנסת דנה במים.", "The Knesset discussed water.", 0, 0),
        ("השר דיבר על המחיר.", "The minister spoke of the price.", 0, 0),
    ]
    for piece in (one, other):
        assert piece.translation
        assert (piece.translation.source, piece.translation.target) == (piece.source, piece.target)
        assert piece.translation.score == -0.5
        for item in piece.translation.receipts:
            assert item.method == Method.FORCED
            assert piece.source[item.source_start : item.source_end] == item.term
            assert piece.target[item.target_start : item.target_end] == item.target
    assert one.translation
    assert other.translation
    assert [item.term for item in one.translation.receipts] == ["כנסת", "מים"]
    assert [item.price for item in other.translation.receipts] == [0.5]
    assert one.translation.key != other.translation.key


def test_a_term_whose_english_goes_elsewhere_is_no_longer_served() -> None:
    pair = stored(SOURCE, TARGET, receipts=RECEIPTS)
    one, other = split(pair, SOURCE.index("השר"), TARGET.index("water"))
    assert one.translation
    assert other.translation
    first, second = one.translation.receipts
    assert (first.method, second.method) == (Method.FORCED, Method.FAILED)
    assert (second.target_start, second.target_end) == (None, None)
    assert "went to the other piece" in second.reason
    assert [item.term for item in other.translation.receipts] == ["מחיר"]
    # A term that is itself cut in two is in neither.
    halves = split(pair, SOURCE.index("נסת"), 0)
    kept = [
        item.term for piece in halves for item in (piece.translation.receipts if piece.translation else ())
    ]
    assert kept == ["מים", "מחיר"]


@pytest.mark.parametrize("at", [-1, 0, len(SOURCE), len(SOURCE) + 9])
def test_a_piece_without_source_is_refused(at: int) -> None:
    with pytest.raises(StoreError, match="no source"):
        split(stored(SOURCE, TARGET), at, 3)
    # Without English, a piece may be: somebody will write it.
    assert split(stored(SOURCE, TARGET), 5, 999)[1].target == ""


def test_a_merge_joins_texts_terms_and_segments() -> None:
    one = stored(
        "הכנסת דנה.",
        "The Knesset met.",
        receipts=(receipt("הכנסת דנה.", "כנסת", "The Knesset met.", "Knesset"),),
    )
    other = stored("המים יקרים.", "Water is dear.", segment(1, "המים יקרים."))
    other = replace(
        other,
        pair=replace(
            other.pair,
            score=-2.0,
            signature="t",
            receipts=(receipt("המים יקרים.", "מים", "Water is dear.", "Water"),),
        ),
    )
    (piece,) = merge(one, other)
    assert texts((piece,)) == [("הכנסת דנה. המים יקרים.", "The Knesset met. Water is dear.", 0, 1)]
    made = piece.translation
    assert made
    assert (made.score, made.signature) == (-2.0, "s + t")
    assert [piece.source[item.source_start : item.source_end] for item in made.receipts] == ["כנסת", "מים"]
    assert [piece.target[item.target_start or 0 : item.target_end] for item in made.receipts] == [
        "Knesset",
        "Water",
    ]
    # A side that is empty adds no blank.
    assert merge(stored("א", ""), stored("ב", "b", segment(1, "ב")))[0].target == "b"
    assert merge(stored("א", "a"), stored("ב", "", segment(1, "ב")))[0].target == "a"


def test_a_move_shifts_the_boundary_either_way() -> None:
    one, other = stored("א ב", "a b"), stored("ג ד", "c d", segment(1, "ג ד"))
    assert texts(move(one, other, 6, 6)) == [("א ב ג", "a b c", 0, 1), ("ד", "d", 1, 1)]
    assert texts(move(one, other, 1, 1)) == [("א", "a", 0, 0), ("ב ג ד", "b c d", 0, 1)]
    assert texts(move(one, other, 4, 4)) == [("א ב", "a b", 0, 0), ("ג ד", "c d", 1, 1)]


def test_a_source_that_is_not_the_segments_own_covers_them_all() -> None:
    pair = stored("אחר לגמרי", "quite another", segment(0, "א"), segment(1, "ב"))
    assert texts(split(pair, 4, 6)) == [("אחר", "quite", 0, 1), ("לגמרי", "another", 0, 1)]


def test_segments_joined_keep_their_place() -> None:
    first = segment(0, "א", damaged="ימיל\nםולש", repair="reversed", marker="1.", level=2)
    second = segment(1, "ב", damaged="םולש\nםימ", repair="reversed+split", first_line=2)
    third = segment(2, "ג", page=2, first_line=1, last_line=4)
    made = joined((first, second, third))
    assert (made.position, made.text, made.start, made.end) == (0, "א ב ג", 0, 29)
    assert (made.page, made.first_line, made.last_line) == (1, 1, 4)
    # The line that both have stands once.
    assert made.damaged == "ימיל\nםולש\nםימ"
    assert made.repair == "reversed+split"
    assert (made.marker, made.level) == ("1.", 2)
    assert joined((third,)) == third
    assert joined((third, replace(third, position=3))).damaged is None


words = st.text(alphabet="אבגד. ", min_size=1, max_size=8).filter(str.strip)


@given(
    sources=st.lists(words, min_size=2, max_size=4),
    english=st.text(max_size=12),
    at=st.integers(0, 40),
    there=st.integers(0, 40),
)
def test_no_letter_is_lost_and_no_segment(sources: list[str], english: str, at: int, there: int) -> None:
    pairs = [stored(text, english, segment(place, text)) for place, text in enumerate(sources)]
    (piece,) = merge(*pairs[:2])
    assert solid(piece.source) == solid("".join(sources[:2]))
    assert solid(piece.target) == solid(english * 2)
    whole = stored(" ".join(sources), english, *(segment(place, text) for place, text in enumerate(sources)))
    try:
        one, other = split(whole, at, there)
    except StoreError:
        head, tail = whole.pair.source[:at], whole.pair.source[at:]
        assert not head.strip() or not tail.strip()
        return
    assert solid(one.source + other.source) == solid(whole.pair.source)
    assert solid(one.target + other.target) == solid(english)
    assert (one.first, other.last) == (0, len(sources) - 1)
    # The cut is in one segment, which both have, or between two.
    assert other.first - one.last in (0, 1)
    before = solid("".join(sources[: other.first]))
    assert len(before) <= len(solid(one.source))
    assert len(solid(one.source)) <= len(solid("".join(sources[: one.last + 1])))

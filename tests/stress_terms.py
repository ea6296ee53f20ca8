"""Sentences that make forcing hard: many terms, nested ones, both ends, long ones, letters no model knows."""

from dataclasses import dataclass

from glossary.terms import Glossary, Term

_PLACES = (
    ("באקו", "Baku"),
    ("נחיצ'ואן", "Nakhchivan"),
    ("טביליסי", "Tbilisi"),
    ("אנקרה", "Ankara"),
    ("ירוואן", "Yerevan"),
    ("טהראן", "Tehran"),
    ("מוסקבה", "Moscow"),
    ("אסטנה", "Astana"),
)
_BARE = [source for source, _ in _PLACES]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with `count` terms of its glossary."""

    name: str
    source: str
    count: int
    glossary: Glossary


def _glossary(*terms: tuple[str, str]) -> Glossary:
    return Glossary(tuple(Term(source, (target,)) for source, target in terms))


def _counted(count: int) -> Case:
    listed = ", ".join(f"ב{name}" for name in _BARE[:count])
    return Case(f"{count} terms", f"השרים נפגשו השנה {listed} ובערים אחרות.", count, _glossary(*_PLACES))


_LONG = (
    "הוועדה הבין-משרדית לתיאום מדיניות המים והאנרגיה באזור הדרום",
    "the Interministerial Committee for the Coordination of Water and Energy Policy in the South",
)
CASES = (
    *map(_counted, range(1, 9)),
    Case(
        "nested terms",
        "מלחמת נגורנו-קרבאך השנייה הסתיימה, אך קרבאך נותר חלק מסכסוך נגורנו-קרבאך.",
        3,
        _glossary(
            ("מלחמת נגורנו-קרבאך השנייה", "Second Nagorno-Karabakh War"),
            ("נגורנו-קרבאך", "Nagorno-Karabakh"),
            ("קרבאך", "Karabakh"),
        ),
    ),
    Case("both ends", "באקו דחתה את הצעת השלום של ירוואן", 2, _glossary(*_PLACES)),
    Case("nothing but a term", "נחיצ'ואן", 1, _glossary(*_PLACES)),
    Case("the same term three times", "מבאקו לבאקו דרך באקו", 3, _glossary(*_PLACES)),
    Case("twelve words", f"{_LONG[0]} התכנסה אתמול לדיון דחוף.", 1, _glossary(_LONG)),
    Case(
        "letters unknown to the model",
        'ראש העיר נפגש עם ד"ר לי במרכז העיר ולאחר מכן נסע לצפון.',
        2,
        _glossary(('ד"ר לי', "Dr. Lǐ 李 ☃"), ("מרכז העיר", "Şəhər Mərkəzi")),
    ),
    Case(
        "two terms that make a third",
        "נגורנו היא הררית וקרבאך היא רחבה.",
        2,
        _glossary(("נגורנו", "Nagorno"), ("קרבאך", "Karabakh"), ("נגורנו-קרבאך", "Nagorno-Karabakh")),
    ),
    Case(
        "a term in a heading",
        "פרק ב: הסכם השלום והמעבר לנחיצ'ואן",
        2,
        _glossary(*_PLACES, ("הסכם השלום", "Peace Agreement")),
    ),
)

# Names that no model would say in such sentences.
WRONG = (
    "Ulaanbaatar", "Ljubljana", "Muğla", "Vanuatu Wharf", "Reykjavík", "Quebec Protocols", "Oaxaca", "Xi'an",
    "Kyzyl-Orda",
)  # fmt: skip


def with_wrong_targets(glossary: Glossary) -> Glossary:
    """Return the glossary with names for targets that nothing in the source suggests."""
    return Glossary(tuple(Term(term.source, (WRONG[at],)) for at, term in enumerate(glossary)))

"""TBX in and out (ISO 30042): both styles of version 3, and version 2 (martif), read; TBX-Basic written.

An entry is a concept: its Hebrew terms are the source and its variants, its English terms the targets, the
preferred ones first. Deprecated and superseded English is forbidden. `kind` is the concept's subject field,
which TBX-Basic has at that level alone; `allow`, for which it has no category, is a note with a fixed lead.
"""

from collections.abc import Iterator

from lxml import etree

from glossary.entries import Entry, glossary_of, refusal
from glossary.errors import GlossaryError
from glossary.hebrew import clean_text
from glossary.terms import Glossary, Term

# ISO 30042:2019; the drafts and version 2 have other namespaces or none, so reading goes by local names.
NAMESPACE = "urn:iso:std:iso:30042:ed-2"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ROOTS = ("tbx", "martif")
CONCEPTS = ("conceptEntry", "termEntry")
LANGUAGE_SECTIONS = ("langSec", "langSet")
TERM_SECTIONS = ("termSec", "tig", "ntig")
HEBREW, ENGLISH = ("he", "iw"), ("en",)
PREFERRED, ADMITTED, DEPRECATED = (
    f"{status}Term-admn-sts" for status in ("preferred", "admitted", "deprecated")
)
# The second is version 2's.
STATUS_CATEGORIES = ("administrativeStatus", "normativeAuthorization")
FORBIDDING = ("deprecated", "superseded")
STATUSES = ("preferred", "admitted", *FORBIDDING, "standardized", "legal", "regulated")
ALLOW_LEAD = "Allowed besides the listed form:"
MEND = "mend the file; each concept needs a Hebrew term and an English one"


def parse_tbx(data: bytes, name: str) -> Glossary:
    """Return the glossary in the bytes of a TBX file, whose name begins the message.

    Languages other than Hebrew and English are passed over; no DTD is loaded, no entity expanded.
    Raises GlossaryError with every fault and its line number (after line 65535, libxml2 may be one off).
    """
    root = _root(data, name)
    faults: list[str] = []
    entries = []
    for concept in _within(root, *CONCEPTS):
        entry = _Concept(concept).entry(faults)
        if entry is not None:
            entries.append(entry)
    return glossary_of(entries, faults, name, MEND)


def _root(data: bytes, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        reason = " ".join((error.msg or "").split())
        fault = f"line {error.lineno}: not well-formed XML ({reason})"
        raise refusal(name, [fault], "save it again from its program") from None
    if _name(root) not in ROOTS:
        fault = f"line {root.sourceline}: the root is {_name(root)}, not tbx or martif"
        raise refusal(name, [fault], "give a TBX file")
    entities = [f"line {node.sourceline}: entity {node.text}" for node in root.iter(etree.Entity)]
    if entities:
        raise refusal(name, entities, "write the characters themselves; entities are not read")
    return root


class _Concept:
    """The parts of a concept that a term is made of."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element
        self._hebrew: list[str] = []
        self._english: list[str] = []
        self._forbidden: list[str] = []
        self._notes = [_text(note) for note in element if _name(note) == "note"]

    def entry(self, faults: list[str]) -> Entry | None:
        """Return the concept's entry; None, with its faults noted, where it has none."""
        found = list(self._read())
        line = self._element.sourceline or 0
        if not found:
            found += [(line, "no Hebrew term")] if not self._hebrew else []
            found += [(line, "no English term")] if not self._english else []
        faults.extend(f"line {at}: {fault}" for at, fault in found)
        return None if found else Entry(line, self._term())

    def _read(self) -> Iterator[tuple[int, str]]:
        """Take in the terms of both languages; yield the faults."""
        for section in self._element:
            if _name(section) not in LANGUAGE_SECTIONS:
                continue
            language = section.get(LANGUAGE, "").lower().split("-")[0]
            if not language:
                yield section.sourceline or 0, f"{_name(section)} without xml:lang"
            if language in HEBREW + ENGLISH:
                self._notes += [_text(note) for note in section.iter("{*}note")]
                yield from self._read_language(section, language in HEBREW)

    def _read_language(self, section: etree._Element, is_hebrew: bool) -> Iterator[tuple[int, str]]:
        terms: list[tuple[str, str]] = []
        for holder in section:
            if _name(holder) not in TERM_SECTIONS:
                continue
            text = next((_text(term) for term in _within(holder, "term")), "")
            status = _status(holder)
            if not text:
                yield holder.sourceline or 0, "empty term"
            elif status not in STATUSES:
                yield holder.sourceline or 0, f"unknown status '{status}' (known: {', '.join(STATUSES)})"
            else:
                terms.append((status, text))
        terms.sort(key=lambda term: (term[0] in FORBIDDING, term[0] != "preferred"))
        if is_hebrew:
            self._hebrew += [text for _, text in terms]
        else:
            self._english += [text for status, text in terms if status not in FORBIDDING]
            self._forbidden += [text for status, text in terms if status in FORBIDDING]

    def _term(self) -> Term:
        allow = [note.removeprefix(ALLOW_LEAD) for note in self._notes if note.startswith(ALLOW_LEAD)]
        notes = [note for note in self._notes if note and not note.startswith(ALLOW_LEAD)]
        return Term(
            self._hebrew[0],
            tuple(self._english),
            tuple(self._hebrew[1:]),
            "; ".join(notes),
            next((_text(field) for field in _categories(self._element, "subjectField")), ""),
            tuple(self._forbidden),
            tuple(value.strip() for value in ",".join(allow).split(",") if value.strip()),
        )


def _status(holder: etree._Element) -> str:
    """Return the administrative status of a term without its suffix, `admitted` where it has none."""
    status = next((_text(note) for note in _categories(holder, *STATUS_CATEGORIES)), "admitted")
    return status.lower().replace("-", "").removesuffix("admnsts").removesuffix("term")


def _categories(element: etree._Element, *categories: str) -> Iterator[etree._Element]:
    """Yield the elements of data categories: named so (DCT), or of that `type` (DCA and version 2)."""
    for child in element.iter("{*}*"):
        if _name(child) in categories or child.get("type") in categories:
            yield child


def _within(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    yield from element.iter(*(f"{{*}}{name}" for name in names))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: etree._Element) -> str:
    return " ".join(clean_text("".join(element.itertext())).split())


def render_tbx(glossary: Glossary) -> bytes:
    """Return the glossary as TBX-Basic in DCA style.

    Raises GlossaryError for a term with a character that XML cannot hold.
    """
    root = etree.Element(f"{{{NAMESPACE}}}tbx", nsmap={None: NAMESPACE})
    root.attrib.update({"type": "TBX-Basic", "style": "dca", LANGUAGE: "he"})
    description = _add(_add(_add(root, "tbxHeader"), "fileDesc"), "sourceDesc")
    body = _add(_add(root, "text"), "body")
    try:
        _add(description, "p", "Hebrew-English glossary, written by targem")
        for number, term in enumerate(glossary, 1):
            _add_concept(body, f"c{number}", term)
    except ValueError:
        raise GlossaryError(
            "a term holds a control character, which XML cannot", "take it out of the term"
        ) from None
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


def _add_concept(body: etree._Element, key: str, term: Term) -> None:
    concept = _add(body, "conceptEntry", id=key)
    if term.kind:
        _add(concept, "descrip", term.kind, type="subjectField")
    if term.note:
        _add(concept, "note", term.note)
    if term.allow:
        _add(concept, "note", f"{ALLOW_LEAD} {', '.join(term.allow)}")
    hebrew = [(term.source, PREFERRED), *((variant, ADMITTED) for variant in term.variants)]
    english = [(target, ADMITTED if at else PREFERRED) for at, target in enumerate(term.targets)]
    english += [(form, DEPRECATED) for form in term.forbidden]
    for language, terms in (("he", hebrew), ("en", english)):
        section = _add(concept, "langSec", **{LANGUAGE: language})
        for text, status in terms:
            holder = _add(section, "termSec")
            _add(holder, "term", text)
            _add(holder, "termNote", status, type="administrativeStatus")


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    child.text = text or None
    return child

"""What the pages of one server share: the store, the model, the terms as they are now, who is here."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import cast

from starlette.requests import Request

from aligned.paging import Filter
from aligned.qa.checks import check
from aligned.qa.issues import NumberedPair
from aligned.records import KeptFinding, StoredPair
from aligned.store import Store
from glossary.terms import Glossary, Term, merge, read_glossary, write_glossary
from mt.registry.home import home_folder
from mt.scoring.against import rescore
from mt.web.batcher import Batcher
from mt.web.jobs import Jobs
from mt.web.presence import Presence
from mt.web.rows import Row, RowMaker

# Pairs that are checked while a page waits for them; more are checked when somebody asks.
CHECKED_AT_ONCE = 500
DEFAULT_NAME = "reviewer"
TERMS_FILE = Path("targem.terms.tsv")


@dataclass(slots=True)
class Words:
    """The terms in force; a new one replaces the whole, so that a request sees one state of it."""

    maker: RowMaker
    added: Glossary


class Desk:
    """The shared state of the pages; safe to use from several threads."""

    def __init__(self, store: Store, batcher: Batcher, glossary: Glossary, terms_file: Path) -> None:
        """Take the glossary in force and the file of the terms that were added to it, read if it is there."""
        self.store, self.batcher, self.terms_file = store, batcher, terms_file
        self.presence = Presence()
        self.jobs = Jobs()
        self._base = glossary
        self._lock = Lock()
        self._checked: set[int] = set()
        added = read_glossary(terms_file) if terms_file.is_file() else Glossary(())
        self._words = Words(RowMaker(merge(glossary, added)), added)

    @property
    def maker(self) -> RowMaker:
        return self._words.maker

    @property
    def glossary(self) -> Glossary:
        return self._words.maker.glossary

    def add_term(self, term: Term) -> None:
        """Keep a term in the file and force it from now on; raises GlossaryError for one that cannot be."""
        with self._lock:
            added = merge(self._words.added, Glossary((term,)))
            glossary = merge(self._base, added)
            write_glossary(added, self.terms_file)
            self._words = Words(RowMaker(glossary), added)

    def check_document(self, document: int) -> int:
        """Run every check over a document, keep what they find, and return how many pairs have something."""
        found: dict[str, list[KeptFinding]] = {}
        ids = []
        pairs = []
        for number, pair in enumerate(self.store.pairs(document), 1):
            found[pair.id] = []
            ids.append(pair.id)
            pairs.append(NumberedPair(number, pair.source, pair.target))
        for issue in check(pairs, self.maker.checker):
            found[ids[issue.line - 1]].append(KeptFinding.from_issue(issue))
        self.store.keep_findings(found)
        rescore(self.store, document)
        self._checked.add(document)
        return sum(map(bool, found.values()))

    def check_once(self, document: int) -> None:
        """Check a document that nobody has checked since the server began, unless that takes a while."""
        if document in self._checked:
            return
        if self.store.count(Filter(document=document), CHECKED_AT_ONCE) <= CHECKED_AT_ONCE:
            self.check_document(document)

    def checked_row(self, stored: StoredPair) -> Row:
        """Return a pair after a change of it, and bring what is kept of its findings and score up to date."""
        row = self.maker.row(stored)
        self.store.keep_findings({stored.pair.id: [KeptFinding.from_issue(issue) for issue in row.issues]})
        rescore(self.store, stored.document, stored.pair.id)
        return row

    def undo_last(self, document: int, who: str) -> list[str]:
        """Take back a person's last change in a document; return the ids of the pairs it was about."""
        return self._checked_again(self.store.undo_last(document, who))

    def redo_last(self, document: int, who: str) -> list[str]:
        """Take back what was taken back last; return as `undo_last`."""
        return self._checked_again(self.store.redo_last(document, who))

    def _checked_again(self, ids: list[str]) -> list[str]:
        for key in ids:
            self.checked_row(self.store.pair(key))
        return ids


def desk_of(request: Request) -> Desk:
    """Return the desk of the server that a request came to."""
    return cast(Desk, request.app.state.desk)


def reviewer_of(request: Request) -> str:
    """Return the name under which a request's changes are kept."""
    return str(request.session.get("name") or DEFAULT_NAME)


def visitor_of(request: Request) -> str:
    """Return what tells one browser from another."""
    return str(request.session.get("csrf", ""))


def terms_path(store: str) -> Path:
    """Return the file of the terms that are added on the pages of a store."""
    if "://" in store and not store.startswith("sqlite:///"):
        return home_folder() / "terms.tsv"
    return Path(store.removeprefix("sqlite:///")).with_suffix(".terms.tsv")

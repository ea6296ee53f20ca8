"""The store as reviewers use it: queues, verdicts, structure, undo, comments and findings."""

from collections.abc import Iterable, Mapping, Sequence

from aligned import findings, paging, restructuring, reviewing, undoing
from aligned.paging import PAGE_SIZE, Filter, Page, Place
from aligned.queries import head_of
from aligned.records import Change, ChangeKind, KeptFinding, Status, StoredPair
from aligned.search import SearchStore
from aligned.structure import Piece


class ReviewStore(SearchStore):
    """What a person sees of the pairs in a store and does to them."""

    def set_status(self, pair_id: str, status: Status, who: str, expected_version: int | None = None) -> int:
        """Give a verdict on a pair, keep the change, and return the pair's version.

        Raises:
            StaleError: the pair is not at the expected version, or others stand in its place.
        """
        with self._writing() as connection:
            state = reviewing.state_of(connection, pair_id)
            reviewing.require_version(pair_id, state, expected_version, state.target)
            reviewing.require_current(connection, pair_id, state, state.target)
            return reviewing.change(connection, pair_id, state, status, state.target, who)

    def edit(self, pair_id: str, target: str, who: str, expected_version: int) -> int:
        """Give a pair another target and the status `edited`, keep the change, and return its version.

        Raises:
            StaleError: somebody else changed it since it had the expected version, or put others in its
                place; it holds both texts.
        """
        with self._writing() as connection:
            state = reviewing.state_of(connection, pair_id)
            reviewing.require_version(pair_id, state, expected_version, target)
            reviewing.require_current(connection, pair_id, state, target)
            return reviewing.change(connection, pair_id, state, Status.EDITED, target, who)

    def undo(self, pair_id: str, who: str) -> int:
        """Take back the last change of a pair that stands, as a change of its own; return the version."""
        with self._writing() as connection:
            return reviewing.undo(connection, pair_id, who)

    def history(self, pair_id: str) -> list[Change]:
        """Return every change of a pair and of those it was made of, comments too, oldest first."""
        with self._reading() as connection:
            reviewing.state_of(connection, pair_id)
            return reviewing.history(connection, pair_id)

    def page(self, wanted: Filter | None = None, after: Place | None = None, size: int = PAGE_SIZE) -> Page:
        """Return the pairs that pass the filter, in its order, from after a place on."""
        wanted = wanted or Filter()
        if wanted.text:
            self._index_where_lacking()
        with self._reading() as connection:
            return paging.page(connection, wanted, after, size)

    def count(self, wanted: Filter | None = None, most: int | None = None) -> int:
        """Return how many pairs pass the filter; with `most`, one more stands for all above it."""
        with self._reading() as connection:
            return paging.count(connection, wanted or Filter(), most)

    def pair(self, pair_id: str) -> StoredPair:
        """Return a pair; raises MissingError where there is none of that id."""
        with self._reading() as connection:
            return paging.one(connection, pair_id)

    def around(self, pair_id: str, before: int = 3, after: int = 3) -> list[StoredPair]:
        """Return a pair with those that stand before and after it in its document, in order."""
        with self._reading() as connection:
            return paging.around(connection, pair_id, before, after)

    def progress(self, document_id: int | None = None) -> dict[Status, int]:
        """Return how many shown pairs have each status, in one document or in all."""
        with self._reading() as connection:
            return paging.progress(connection, document_id)

    def progress_by_document(self) -> dict[int, dict[Status, int]]:
        """Return the same for every document that shows pairs, by its number."""
        with self._reading() as connection:
            return paging.progress_by_document(connection)

    def document_name(self, document_id: int) -> str:
        """Return the name of a document.

        Raises:
            MissingError: there is no such document.
        """
        with self._reading() as connection:
            return str(head_of(connection, document_id)["name"])

    def comment(self, pair_id: str, text: str, who: str) -> None:
        """Keep what somebody says of a pair in its history."""
        with self._writing() as connection:
            reviewing.comment(connection, pair_id, text, who)

    def restructure(
        self,
        before: Sequence[tuple[str, int]],
        after: Sequence[Piece],
        who: str,
        kind: ChangeKind,
    ) -> list[StoredPair]:
        """Put new pairs in the place of neighbours, each known by id and version, and return them.

        They are over the same segments, and new to review. The others stay in the store, with their history.

        Raises:
            StaleError: a pair has another version, or others stand in its place.
            StoreError: they are no neighbours, the pieces do not cover the same segments in order, or they
                hold another source though the kind of the change is not `source`.
        """
        with self._writing() as connection:
            made = restructuring.restructure(connection, before, after, who, kind)
            return paging.stored_pairs(connection, made)

    def restructure_all(
        self,
        changes: Iterable[tuple[Sequence[tuple[str, int]], Sequence[Piece]]],
        who: str,
        kind: ChangeKind,
    ) -> None:
        """Do as `restructure` for each of several runs of neighbours and their pieces: all, or none."""
        with self._writing() as connection:
            for before, after in changes:
                restructuring.restructure(connection, before, after, who, kind)

    def undo_last(self, document_id: int, who: str) -> list[str]:
        """Take back the last change of a person's in a document that stands, of whatever kind but comments.

        Returns the ids of the pairs that it was about, as they stand now; none where nothing is left.

        Raises:
            StaleError: somebody else has changed a pair of it since.
        """
        with self._writing() as connection:
            return undoing.undo_last(connection, document_id, who)

    def redo_last(self, document_id: int, who: str) -> list[str]:
        """Do again what a person took back last in a document, unless they changed something after that.

        Returns and raises as `undo_last`.
        """
        with self._writing() as connection:
            return undoing.redo_last(connection, document_id, who)

    def keep_findings(self, found: Mapping[str, Sequence[KeptFinding]]) -> None:
        """Keep what checks found in pairs, by id, in the place of what they found there before."""
        with self._writing() as connection:
            findings.keep_findings(connection, found)

    def findings(self, pair_ids: Sequence[str]) -> dict[str, tuple[KeptFinding, ...]]:
        """Return the kept findings of each of the pairs, by id."""
        with self._reading() as connection:
            return findings.findings_of(connection, pair_ids)

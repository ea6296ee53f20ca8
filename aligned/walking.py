"""All pairs that pass a filter, page after page."""

from collections.abc import Iterator

from aligned.paging import LARGEST_PAGE, Filter
from aligned.records import StoredPair
from aligned.review import ReviewStore


def every_pair(store: ReviewStore, wanted: Filter) -> Iterator[StoredPair]:
    """Yield all pairs that pass a filter, in its order, with their versions."""
    after = None
    while True:
        page = store.page(wanted, after, LARGEST_PAGE)
        yield from page.items
        if page.after is None:
            return
        after = page.after

"""Errors of the store and of files of pairs; the tree is drawn in `glossary.errors`."""

from glossary.errors import TargemError

__all__ = ["FormatError", "MissingError", "StaleError", "StoreError", "TargemError"]


class StoreError(TargemError):
    """The database cannot be opened, read or written."""


class MissingError(StoreError):
    """The store has no pair or document of that name."""


class StaleError(StoreError):
    """A pair was changed by somebody else since it was read; both texts are kept for a person to choose.

    `stored` is the target in the store, `given` the one that was not written, `version` the store's.
    """

    def __init__(self, pair_id: str, stored: str, given: str, version: int) -> None:
        what = f"pair {pair_id} has changed meanwhile: it reads '{stored}', yours '{given}'"
        super().__init__(what, "look at both and save again")
        self.pair_id, self.stored, self.given, self.version = pair_id, stored, given, version


class FormatError(TargemError):
    """A file of pairs cannot be read or written."""

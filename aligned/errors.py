"""Errors of the store and of files of pairs; the tree is drawn in `glossary.errors`."""

from glossary.errors import TargemError

__all__ = ["FormatError", "StoreError", "TargemError"]


class StoreError(TargemError):
    """The database cannot be opened, read or written."""


class FormatError(TargemError):
    """A file of pairs cannot be read or written."""

"""Errors of documents, options and models; the tree is drawn in `glossary.errors`."""

from glossary.errors import TargemError

__all__ = ["DocumentError", "ModelError", "SettingError", "TargemError", "TrainingError"]


class DocumentError(TargemError):
    """A file cannot be read or written."""


class SettingError(TargemError):
    """An option has a value that cannot be used."""


class ModelError(TargemError):
    """A translation model cannot be found, loaded or trusted."""


class TrainingError(TargemError):
    """A recipe, a corpus or a checkpoint cannot be used, or training cannot go on."""

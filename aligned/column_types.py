"""Columns where databases differ, so that all of them keep the same values and find them soon."""

import re
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, ColumnElement, Dialect, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

# PostgreSQL keeps every character but U+0000. It is written as a character that no text should hold (Unicode
# 23.7, noncharacters) and a digit, and that character, where a text does hold it, in the same way.
_ESCAPE = "\uffff"
_ZERO, _ITSELF = _ESCAPE + "0", _ESCAPE + "1"


# The indexes of texts hold stretches of so many characters.
GRAM = 3


def without_zero(text: str) -> str:
    """Return a text as PostgreSQL can keep it; `with_zero` undoes that."""
    return text.replace(_ESCAPE, _ITSELF).replace("\0", _ZERO)


def with_zero(text: str) -> str:
    """Undo `without_zero`."""
    return text.replace(_ZERO, "\0").replace(_ITSELF, _ESCAPE) if _ESCAPE in text else text


def containing(text: str) -> str:
    """Return the pattern of LIKE, with a backslash to escape, of what has a text in it."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"


class _AnyText(TypeDecorator[str]):
    """Text of any characters in a column of PostgreSQL."""

    impl = sqlalchemy.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else without_zero(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else with_zero(value)


# SQLite's INTEGER has 64 bits.
Integer = BigInteger()
Text = sqlalchemy.Text().with_variant(_AnyText(), "postgresql")


class Unindexed(FunctionElement[Any]):
    """A column whose indexes SQLite leaves alone in a query; other databases know by themselves.

    SQLite takes an index for any equality. PostgreSQL goes by how many rows there are of each value, which
    it knows of plain columns only.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Unindexed)
def _plain(element: Unindexed, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(Unindexed, "sqlite")
def _with_sign(element: Unindexed, compiler: Any, **options: Any) -> str:
    # A unary plus does nothing but this (sqlite.org/optoverview.html, 5).
    return f"+{compiler.process(element.clauses, **options)}"

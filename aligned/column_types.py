"""The types of columns where databases differ, so that all of them keep the same values."""

import sqlalchemy
from sqlalchemy import BigInteger, Dialect, TypeDecorator

# PostgreSQL keeps every character but U+0000. It is written as a character that no text should hold (Unicode
# 23.7, noncharacters) and a digit, and that character, where a text does hold it, in the same way.
_ESCAPE = "\uffff"
_ZERO, _ITSELF = _ESCAPE + "0", _ESCAPE + "1"


def without_zero(text: str) -> str:
    """Return a text as PostgreSQL can keep it; `with_zero` undoes that."""
    return text.replace(_ESCAPE, _ITSELF).replace("\0", _ZERO)


def with_zero(text: str) -> str:
    """Undo `without_zero`."""
    return text.replace(_ZERO, "\0").replace(_ITSELF, _ESCAPE) if _ESCAPE in text else text


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

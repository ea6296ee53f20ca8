"""JSON Schema, as much of it as the API needs: made from our records, and used to check what comes in."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Schema = Mapping[str, Any]

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "object": dict,
}
_HALF = re.compile("[\ud800-\udfff]")


def text(longest: int, **more: object) -> Schema:
    return {"type": "string", "maxLength": longest, **more}


def whole(least: int, most: int, **more: object) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def choice(names: type[StrEnum], **more: object) -> Schema:
    return {"type": "string", "enum": [name.value for name in names], **more}


def body(required: tuple[str, ...], **properties: Schema) -> Schema:
    """Return the schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def schema_of(annotation: Any, known: dict[str, Schema]) -> Schema:
    """Return the schema of a type as `asdict` and JSON write it; `known` takes its records by name."""
    if annotation in _PLAIN:
        return {"type": _PLAIN[annotation]}
    kind, arguments = get_origin(annotation), get_args(annotation)
    if kind in (Union, UnionType):
        return {"anyOf": [schema_of(argument, known) for argument in arguments]}
    if kind in (tuple, list):
        if kind is tuple and arguments[-1] is not Ellipsis:
            items = [schema_of(argument, known) for argument in arguments]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        return {"type": "array", "items": schema_of(arguments[0], known)}
    if kind is dict:
        return {"type": "object", "additionalProperties": schema_of(arguments[1], known)}
    if is_dataclass(annotation):
        return _record(annotation, known)
    return choice(annotation)


def _record(record: Any, known: dict[str, Schema]) -> Schema:
    name = record.__name__
    if name not in known:
        known[name] = {}  # a record may hold others of its kind
        hints = get_type_hints(record)
        properties = {field.name: schema_of(hints[field.name], known) for field in fields(record)}
        about = (record.__doc__ or "").split("\n\n")[0]
        known[name] = {**body(tuple(properties), **properties), "description": about}
    return {"$ref": f"#/components/schemas/{name}"}


def fault(value: object, schema: Schema, name: str) -> str:
    """Return what is wrong with a value that came in, in a line, or nothing."""
    kind = schema["type"]
    if not isinstance(value, _KINDS[kind]) or isinstance(value, bool):
        return f"{name} must be {'an' if kind[0] in 'io' else 'a'} {kind}"
    if isinstance(value, str):
        return _text_fault(value, schema, name)
    if isinstance(value, dict):
        return _object_fault(value, schema, name)
    least, most = schema.get("minimum", value), schema.get("maximum", value)
    return "" if least <= value <= most else f"{name} must be {least} to {most}"


def _text_fault(value: str, schema: Schema, name: str) -> str:
    if value not in schema.get("enum", [value]):
        return f"{name} must be one of {', '.join(schema['enum'])}"
    if len(value) > schema.get("maxLength", len(value)):
        return f"{name} is longer than {schema['maxLength']} characters"
    if len(value) < schema.get("minLength", 0):
        return f"{name} must not be empty"
    if not re.search(schema.get("pattern", ""), value):
        return f"{name} is not what was given"
    return f"{name} holds half a character" if _HALF.search(value) else ""


def _object_fault(value: dict[str, object], schema: Schema, name: str) -> str:
    properties = schema["properties"]
    missing = [key for key in schema["required"] if key not in value]
    unknown = [key for key in value if key not in properties]
    if missing or unknown:
        what = f"lacks {missing[0]}" if missing else f"has no field {unknown[0][:40]!r}"
        return f"{name} {what}; it takes {', '.join(properties)}"
    return next(filter(None, (fault(value[key], properties[key], key) for key in value)), "")

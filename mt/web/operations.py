"""What an operation of the API is; from a table of them come the routes and the OpenAPI document."""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any, get_type_hints

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from aligned.errors import StaleError
from mt import __version__
from mt.web.desk import Desk, desk_of, reviewer_of
from mt.web.schema import Schema, fault, schema_of

ROOT = "/api/v1"
ERROR: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
    "description": "What is wrong, in a line.",
}
STALE: Schema = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "pair": {"type": "string"},
        "stored": {"type": "string"},
        "given": {"type": "string"},
        "version": {"type": "integer"},
    },
    "required": ["error"],
    "description": "This cannot be done to the pairs as they stand. Where somebody else changed one first: "
    "which, the text that stands, the one that was not written, and the version.",
}
_INTEGER = re.compile(r"-?[0-9]{1,16}")
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,32})?([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation is given: checked values by name, and the name that changes are kept under."""

    desk: Desk
    values: Mapping[str, Any]
    who: str

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does: where, the function that does it, what that takes by path, query and body.

    The function's name, docstring and type of answer are what the API's description says of it.
    """

    method: str
    path: str
    call: Callable[[Call], Any]
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None

    @property
    def name(self) -> str:
        return self.call.__name__

    @property
    def in_path(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


def route_of(operation: Operation) -> Route:
    """Return the route of an operation."""

    async def endpoint(request: Request) -> Response:
        values = _parameters(request, operation)
        if operation.body is not None:
            values |= await _body(request, operation.body)
        who = values.get("who") or reviewer_of(request)
        call = Call(desk_of(request), values, who)
        try:
            answer = await run_in_threadpool(operation.call, call)
        except StaleError as error:
            return stale_answer(error)
        return JSONResponse(_written(answer))

    return Route(ROOT + operation.path, endpoint, methods=[operation.method])


def stale_answer(error: StaleError, **more: str) -> Response:
    """Answer a change of a pair that somebody else changed first: with both texts and what else is given."""
    shown = {"pair": error.pair_id, "stored": error.stored, "given": error.given, "version": error.version}
    return JSONResponse({"error": str(error), **shown, **more}, 409)


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a table of operations."""
    schemas: dict[str, Schema] = {"Error": ERROR, "Stale": STALE}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = paths.setdefault(ROOT + operation.path, {})
        path[operation.method.lower()] = _described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Targem", "version": __version__, "summary": "Documents, pairs and their reviews."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"key": []}],
    }


def _described(operation: Operation, schemas: dict[str, Schema]) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": operation.name, "summary": operation.call.__doc__}
    found["parameters"] = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        if name in operation.in_path
        else {"name": name, "in": "query", "schema": schema}
        for name, schema in operation.parameters.items()
    ]
    if operation.body is not None:
        required = bool(operation.body["required"])
        found["requestBody"] = {"required": required, **_json(operation.body)}
    answer = schema_of(get_type_hints(operation.call)["return"], schemas)
    answers = {"200": ("The answer.", answer), "default": ("A refusal.", _REF)}
    if operation.body is not None:
        answers["409"] = ("Another change came first.", {"$ref": "#/components/schemas/Stale"})
    found["responses"] = {
        status: {"description": what, **_json(schema)} for status, (what, schema) in answers.items()
    }
    return found


_REF = {"$ref": "#/components/schemas/Error"}


def _json(schema: Schema) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _parameters(request: Request, operation: Operation) -> dict[str, Any]:
    """Return the values of path and query; raises HTTPException where one is not what it should be."""
    given = {**request.query_params, **request.path_params}
    for name in given:
        if name not in operation.parameters:
            known = ", ".join(key for key in operation.parameters if key not in operation.in_path) or "none"
            raise HTTPException(400, f"there is no parameter {name[:40]!r}; there are {known}")
    values = {name: _value(text, operation.parameters[name]["type"]) for name, text in given.items()}
    for name, value in values.items():
        _require(value, operation.parameters[name], name)
    return values


def _value(given: str, kind: str) -> str | int | float:
    """Return a parameter as the type that it should have, or as the text that it is."""
    if kind == "integer" and _INTEGER.fullmatch(given):
        return int(given)
    if kind == "number" and _NUMBER.fullmatch(given) and math.isfinite(float(given)):
        return float(given)
    return given


async def _body(request: Request, schema: Schema) -> dict[str, Any]:
    data = await request.body()
    if not data and not schema["required"]:
        return {}
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise HTTPException(415, "the body must be JSON, with its Content-Type")
    try:
        value = json.loads(data, parse_float=_number)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    _require(value, schema, "the body")
    found: dict[str, Any] = value
    return found


def _number(digits: str) -> int | float:
    """Return a number of JSON, where 1.0 is an integer."""
    value = float(digits)
    return int(value) if value.is_integer() else value


def _require(value: object, schema: Schema, name: str) -> None:
    if wrong := fault(value, schema, name):
        raise HTTPException(400, wrong)


def _written(answer: Any) -> Any:
    """Return an answer as JSON writes it."""
    if is_dataclass(answer) and not isinstance(answer, type):
        return asdict(answer)
    return [_written(item) for item in answer] if isinstance(answer, list | tuple) else answer

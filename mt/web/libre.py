"""LibreTranslate's HTTP API, so that its clients use this model and this glossary as they are.

Its fields, answers, errors and their status are those of LibreTranslate (docs.libretranslate.com), but for a
text that is too long, 413, and a full queue, 503. The field `glossary` is ours, and with it `receipts`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from glossary.entries import Entry, glossary_of
from glossary.errors import GlossaryError
from glossary.hebrew import has_hebrew
from glossary.tables import parse_table
from glossary.terms import Glossary, Term, merge
from mt.web.desk import desk_of
from mt.web.security import bearer
from mt.web.settings import Settings
from mt.web.texts import TextTranslator

NAMES = {"he": "Hebrew", "en": "English"}
# What each language can be translated to; English to English is the text as it is.
TARGETS = {"he": ["en"], "en": ["en"]}
FORMATS = ("text", "html")
MAX_ALTERNATIVES = 9
MAX_TERMS = 2000
# The code for Hebrew that ISO 639 withdrew in 1989, and Java kept.
_ALIASES = {"iw": "he"}


async def translate(request: Request) -> Response:
    """Translate a text or several, plain or HTML."""
    asked = await _asked(request)
    texts, is_list = _texts(asked, request.app.state.settings)
    source, target = _language(asked, "source"), _language(asked, "target")
    detected = [_detected(text) for text in texts]
    for code in [found["language"] for found in detected] if source == "auto" else [source]:
        _require_pair(code, target)
    form = asked.get("format") or FORMATS[0]
    if form not in FORMATS:
        raise HTTPException(400, f"{form} format is not supported")
    others = _alternatives(asked.get("alternatives") or 0)
    maker = desk_of(request).maker
    glossary = _glossary(asked.get("glossary"), maker.glossary)
    linker = maker.linker if glossary is maker.glossary else None
    translator = TextTranslator(request.app.state.batcher, glossary, linker)
    call = translator.translate_html if form == "html" else translator.translate
    answers = await call(texts, others)
    fields: dict[str, list[Any]] = {"translatedText": [answer.target for answer in answers]}
    if source == "auto":
        fields["detectedLanguage"] = detected
    if others:
        fields["alternatives"] = [answer.alternatives for answer in answers]
    if asked.get("glossary") is not None:
        fields["receipts"] = [[asdict(receipt) for receipt in answer.receipts] for answer in answers]
    return JSONResponse({name: found if is_list else found[0] for name, found in fields.items()})


async def detect(request: Request) -> Response:
    """Tell Hebrew from English."""
    asked = await _asked(request)
    texts, _ = _texts(asked, request.app.state.settings)
    return JSONResponse([_detected(" ".join(texts))])


def languages(request: Request) -> Response:  # noqa: ARG001 every route is given the request
    """List the languages and what each can be translated to."""
    rows = [{"code": code, "name": name, "targets": TARGETS[code]} for code, name in NAMES.items()]
    return JSONResponse(rows)


def frontend_settings(request: Request) -> Response:
    """Tell a page that speaks this API what the server takes."""
    settings: Settings = request.app.state.settings
    source, target = ({"code": code, "name": name} for code, name in NAMES.items())
    return JSONResponse(
        {
            "apiKeys": bool(settings.api_keys),
            "charLimit": settings.characters,
            "filesTranslation": False,
            "frontendTimeout": 500,
            "keyRequired": settings.needs_key,
            "language": {"source": source, "target": target},
            "suggestions": False,
            "supportedFilesFormat": [],
        }
    )


def health(request: Request) -> Response:  # noqa: ARG001 every route is given the request
    """Say that the server is up."""
    return JSONResponse({"status": "ok"})


async def _asked(request: Request) -> dict[str, Any]:
    """Return the fields of a request, JSON or form, from one who may ask."""
    fields: dict[str, Any]
    if request.headers.get("content-type", "").lower().startswith("application/json"):
        try:
            fields = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise HTTPException(400, "Invalid JSON format") from None
        if not isinstance(fields, dict):
            raise HTTPException(400, "Invalid JSON format")
    else:
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        fields = {**request.query_params, **given}
        if "q" in fields:  # forms break lines with two characters
            fields["q"] = "\n".join(fields["q"].splitlines())
    settings: Settings = request.app.state.settings
    if settings.needs_key:
        key = fields.get("api_key") or bearer(request)
        if not key:
            raise HTTPException(400, "Please contact the server operator to get an API key")
        if not isinstance(key, str) or not settings.is_key(key):
            raise HTTPException(403, "Invalid API key")
    return fields


def _texts(asked: Mapping[str, Any], settings: Settings) -> tuple[list[str], bool]:
    """Return the texts that are asked about, and whether they came as a list."""
    given = asked.get("q")
    if not given:
        raise HTTPException(400, "Invalid request: missing q parameter")
    texts = given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) and _is_whole(text) for text in texts):
        raise HTTPException(400, "Invalid request: q is neither a text nor a list of texts")
    length = sum(map(len, texts))
    for size, limit in ((len(texts), settings.texts), (length, settings.characters)):
        if size > limit:
            raise HTTPException(413, f"Invalid request: request ({size}) exceeds text limit ({limit})")
    return texts, isinstance(given, list)


def _is_whole(text: str) -> bool:
    """Tell whether a text has no half of a character in it, as JSON may."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _language(asked: Mapping[str, Any], name: str) -> str:
    given = asked.get(name)
    if not given:
        raise HTTPException(400, f"Invalid request: missing {name} parameter")
    code = str(given).replace("_", "-").partition("-")[0].lower()
    code = _ALIASES.get(code, code)
    if code not in NAMES and (code, name) != ("auto", "source"):
        raise HTTPException(400, f"{given} is not supported")
    return code


def _require_pair(source: str, target: str) -> None:
    if target not in TARGETS[source]:
        what = f"{NAMES[target]} ({target}) is not available as a target language"
        raise HTTPException(400, f"{what} from {NAMES[source]} ({source})")


def _alternatives(given: object) -> int:
    try:
        count = int(str(given))
    except ValueError:
        raise HTTPException(400, "Invalid request: alternatives parameter is not a number") from None
    if not 0 <= count <= MAX_ALTERNATIVES:
        raise HTTPException(400, f"Invalid request: alternatives must be 0 to {MAX_ALTERNATIVES}")
    return count


def _detected(text: str) -> dict[str, Any]:
    """Return the language of a text, and the share of its letters that are of that language, in percent."""
    letters = [character for character in text if character.isalpha()]
    hebrew = sum(map(has_hebrew, letters))
    code, count = ("he", hebrew) if 2 * hebrew >= len(letters) > 0 else ("en", len(letters) - hebrew)
    return {"confidence": round(100 * count / max(len(letters), 1), 1), "language": code}


def _glossary(given: object, default: Glossary) -> Glossary:
    """Return the server's glossary with the terms of a request: objects, the same in JSON, or a table."""
    try:
        terms = _terms(given)
    except GlossaryError as error:
        raise HTTPException(400, f"Invalid request: {error}") from None
    except (ValueError, TypeError, KeyError, RecursionError):
        what = "glossary must be a list of objects with source and target, or a table"
        raise HTTPException(400, f"Invalid request: {what}") from None
    if len(terms) > MAX_TERMS:
        raise HTTPException(413, f"Invalid request: glossary ({len(terms)}) exceeds term limit ({MAX_TERMS})")
    return merge(default, terms) if terms else default


def _terms(given: object) -> Glossary:
    if isinstance(given, str) and given.lstrip().startswith("["):
        given = json.loads(given)
    if isinstance(given, str) and given.strip():
        return parse_table(given.encode("utf-8", "replace"), "glossary.tsv")
    if not given:
        return Glossary(())
    if not isinstance(given, list):
        raise TypeError
    entries = [Entry(number, _term(row)) for number, row in enumerate(given, 1)]
    return glossary_of(entries, [], "glossary", "mend the terms")


def _term(row: Mapping[str, Any]) -> Term:
    targets = row["target"] if isinstance(row["target"], list) else [row["target"]]
    if not all(isinstance(text, str) and _is_whole(text) for text in (row["source"], *targets)):
        raise TypeError
    return Term(row["source"].strip(), tuple(target.strip() for target in targets if target.strip()))


routes = [
    Route("/translate", translate, methods=["POST"]),
    Route("/detect", detect, methods=["POST"]),
    Route("/languages", languages),
    Route("/frontend/settings", frontend_settings),
    Route("/health", health),
]

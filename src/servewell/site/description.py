"""What does the description of the API say beside its endpoints? Who may call, refusals, repeats, limits, in one form.

`described` completes what django-ninja derives from the handlers; the result is `docs/openapi.json`.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from servewell.apps import channels

Document = dict[str, Any]

ABOUT = """\
The interface of Servewell, for its own screens and for other programs alike. Guide: `docs/guide/en/api.md`,
`docs/guide/zh/api.md`; who may do what: `docs/permissions.md`; every refusal: `docs/errors.md`.

Times are ISO 8601 in UTC, ids are UUIDs, languages are `zh-Hans` and `en`. A list that is longer than a page carries
`next`: send it as `cursor` to get the following page. Fields are only ever added: ignore those you do not know.
"""
TAGS = {
    "session": "Who is signed in, and what they may do.",
    "settings": "What the house has decided.",
    "people": "Users, teams, presence, skills, working hours, API keys.",
    "customers": "Customers, what they are known by, what they agreed to.",
    "conversations": "Conversations: lists, messages, notes, changes, search, canned replies.",
    "flows": "The reception: the rules by which new conversations find their team.",
    "channels": "Ways of contact: their accounts, how they are, what arrived and was set aside.",
    "webhooks": "Calls to other systems when something happens.",
    "insight": "Logs and their process maps.",
}
_PROBLEM = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). What fills the sentence comes along as further members.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "/errors/<room>-<slug>, listed in docs/errors.md"},
        "title": {"type": "string", "description": "a sentence in the person's language that says what to do"},
        "status": {"type": "integer"},
    },
    "examples": [
        {
            "type": "/errors/site-invalid",
            "title": "Some fields need a correction.",
            "status": 422,
            "fields": [{"name": "text", "code": "missing", "sentence": "This field is required."}],
        }
    ],
}
_AS_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_RETRY_AFTER = {
    "description": "seconds until the next request is welcome",
    "schema": {"type": "integer", "minimum": 1},
}
_REPLAYED = {
    "description": "`true` when this is the answer of an earlier request with the same Idempotency-Key",
    "schema": {"type": "string", "enum": ["true"]},
}
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your own, of 1 to 200 characters. The same request with the same key is done once,"
    " however often and however many at a time it is sent; for two days it is answered with the first answer. Refusals"
    " are not kept. The same key with another request is refused (`base-key-reused`).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "order-1042-received",
}
_CURSOR = "`next` of the page before; without it, the first page"
_WHO = {
    "KeyAuth": "A program's key, `Bearer sw_...`. It may do what its scopes and the role of its maker both allow.",
    "SessionAuth": "A signed-in person. Writes also need the CSRF token (`CsrfToken`).",
    "VisitorAuth": "A visitor of the chat, `Visitor <token>`; `POST .../visitors` gives the token.",
}
_CSRF = {
    "type": "apiKey",
    "in": "header",
    "name": "X-CSRFToken",
    "description": "The value of the cookie `csrftoken`, which `GET /api/v1/session` sets.",
}
_FILES = {".csv": "text/csv", "/export": "application/zip"}  # ends of addresses whose answer is a file
_WRITES = ("post", "put", "patch", "delete")


def described(schema: OpenAPISchema, *, never_twice: set[str]) -> OpenAPISchema:
    """Complete a description in place and return it; writes to `never_twice` take no Idempotency-Key."""
    components = schema["components"]
    components["schemas"]["Problem"] = _PROBLEM
    components["responses"] = {
        "Refused": {"description": "Refused", "content": _AS_PROBLEM},
        "TooMany": {
            "description": "More requests than the limit",
            "headers": {"Retry-After": _RETRY_AFTER},
            "content": _AS_PROBLEM,
        },
    }
    components["parameters"] = {"IdempotencyKey": _KEY_PARAMETER}
    _tell_who(components["securitySchemes"])
    schema["info"]["description"] = ABOUT
    schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    schema["tags"] = [{"name": name, "description": words} for name, words in _tags().items()]
    for path, method, operation in _operations(schema):
        for ending, kind in _FILES.items():
            if path.endswith(ending):
                operation["responses"][200]["content"] = {kind: {"schema": {"type": "string"}}}
        writes = method in _WRITES and not _is_public(operation)
        _complete(operation, repeats=writes and path not in never_twice, writes=writes)
    return schema


def _tags() -> dict[str, str]:
    """Each room, and each channel as its folder says what it is."""
    said = {folder: import_module(f"{channels.__name__}.{folder}").__doc__ for folder in channels.folders()}
    return TAGS | {f"channels_{folder}": str(words) for folder, words in said.items()}


def _is_public(operation: Document) -> bool:
    """Does it look at no sign-in (a visitor's token, a signed link)? Nothing is forged there, and nobody has a key."""
    security = operation.setdefault("security", [])
    return not any("SessionAuth" in one for one in security)


def _operations(schema: OpenAPISchema) -> Iterator[tuple[str, str, Document]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _tell_who(schemes: Document) -> None:
    for name, words in _WHO.items():
        schemes[name]["description"] = words
    schemes["CsrfToken"] = _CSRF


def _complete(operation: Document, *, repeats: bool, writes: bool) -> None:
    _summarise(operation)
    operation["responses"]["429"] = {"$ref": "#/components/responses/TooMany"}
    operation["responses"]["default"] = {"$ref": "#/components/responses/Refused"}
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "cursor":
            parameter["description"] = _CURSOR
    if writes:
        operation["security"] = [{"KeyAuth": []}, {"SessionAuth": [], "CsrfToken": []}]
    if repeats:
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
        for status, answer in operation["responses"].items():
            if str(status).startswith("2"):
                answer.setdefault("headers", {})["Idempotency-Replayed"] = _REPLAYED


def _summarise(operation: Document) -> None:
    """Let the first sentence of the handler's docstring be the summary."""
    words = " ".join(operation.get("description", "").split("\n\n")[0].split())
    first = re.split(r"(?<=\w[.;:)])\s", words, maxsplit=1)[0].rstrip(".;:")
    if first:
        operation["summary"] = first

"""What may a request hold before a room sees it? Texts that can be stored, numbers that fit, no nest without end.

NUL and lone surrogates, which PostgreSQL keeps in no text, are taken out here once for all endpoints: a program that
forwards a customer's words must not fail on them. What has no sensible meaning without them is refused (422).
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from servewell.apps.base import cleaning
from servewell.apps.base.errors import JsonUnfit
from servewell.site import http

View = Callable[..., HttpResponseBase]


class StorableParser(Parser):
    """Ninja's parser, with what comes in made storable."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the JSON of a body; JsonUnfit (which the API's handler of HttpError finds as its cause)."""
        return cleaning.jsonable(json.loads(request.body))

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return the values of a query or a form; files are left as they are."""
        found = super().parse_querydict(data, list_fields, request)
        return {name: _storable(value) for name, value in found.items()}


def storable_only(view: View) -> View:
    """Let a view that reads JSON by itself (sign-in) see only what can be stored; the rest is refused, not changed."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if _is_unfit(request.body):
            return http.problem(request, JsonUnfit(reason="text"))
        return view(request, *args, **values)

    return respond


def _is_unfit(body: bytes) -> bool:
    try:
        sent = json.loads(body)
        return bool(sent != cleaning.jsonable(sent))
    except JsonUnfit:
        return True
    except (ValueError, RecursionError):
        return False  # no JSON: the view says so itself


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return cleaning.jsonable(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value

"""Where are files fetched? Under `/files/`, apart from pages and the API; a refusal is a problem as everywhere."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from servewell.apps.base.errors import ServewellError
from servewell.apps.conversations.attachments import serving
from servewell.site import http


def serve(request: HttpRequest, **where: Any) -> HttpResponseBase:
    """Answer with a file, or say why not."""
    try:
        return serving.serve(request, **where)
    except ServewellError as error:
        return http.problem(request, error)

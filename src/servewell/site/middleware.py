"""What does every answer carry? A strict content policy: our own scripts only, no frames, no sniffing.

Answers of the API are never kept by a cache, and what Django itself refuses there is a problem like any other.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from servewell.site import http

Responder = Callable[[HttpRequest], HttpResponseBase]

# Styles may stand in attributes: the chart and component libraries set them in the HTML they make. Scripts may not.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_PROGRAMS = ("/api/", "/_allauth/")
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def headers(get_response: Responder) -> Responder:
    """Add the headers to whatever answer comes from within, errors and files too."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith(_PROGRAMS):
            response = _as_problem(request, response)
            response.headers.setdefault("Cache-Control", "no-store")
            if response.status_code == 429:
                response.headers.setdefault("Retry-After", "60")  # sign-in does not say; its limits are by the minute
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return respond


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != 405:
        return response
    problem = http.problem(request, http.MethodNotAllowed())
    problem["Allow"] = response.get("Allow", "")
    return problem

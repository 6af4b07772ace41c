"""Does the log keep to itself what opens something?"""

import logging
import sys

import pytest

from servewell.site import logs

TOKEN = "AQAAAZrHxKsfRSU7thPCSKV7wAk105d2sEvSL8paIgunOEE"


def said(message: str, *values: object) -> str:
    record = logging.LogRecord("servewell.http", logging.ERROR, __file__, 1, message, values, None)
    return logs.Masked("%(message)s").format(record)


def test_it_works() -> None:
    """The token of a customer's page is taken out, the rest of the address stays."""
    assert said("%s %s: broke", "GET", f"/api/v1/channels/case/{TOKEN}/messages") == (
        "GET /api/v1/channels/case/…/messages: broke"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /case/{TOKEN}?lang=en", "GET /case/…?lang=en"),
        (f"GET /case/{TOKEN[:20]}", "GET /case/…"),  # half a token, too
        (f"'/case/{TOKEN}'", "'/case/…'"),
        ("GET /api/v1/channels/case/files/1/a.png", "GET /api/v1/channels/case/files/1/a.png"),
        ("GET /x/files/1?until=5&key=abc123 401", "GET /x/files/1?until=5&key=… 401"),
        ("GET /api/v1/conversations", "GET /api/v1/conversations"),
        ("100% /sure", "100% /sure"),
    ],
)
def test_only_tokens_go(text: str, kept: str) -> None:
    assert logs.masked(text) == kept


def test_every_handler_masks() -> None:
    """Whatever is logged is written by the formatter that masks."""
    handlers = logs.LOGGING["handlers"].values()
    formatters = [logs.LOGGING["formatters"][handler["formatter"]] for handler in handlers]
    assert formatters
    assert all(formatter["()"] is logs.Masked for formatter in formatters)


def test_tracebacks_are_masked() -> None:
    """They are added by the formatter, after every filter."""
    try:
        int(f"/case/{TOKEN}")
    except ValueError:
        record = logging.LogRecord("servewell.http", logging.ERROR, __file__, 1, "broke", (), sys.exc_info())
    assert TOKEN in logging.Formatter("%(message)s").format(record)
    assert TOKEN not in logs.Masked("%(message)s").format(record)

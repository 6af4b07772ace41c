"""Does the log keep to itself what opens something?"""

import logging

import pytest

from servewell.site import logs

TOKEN = "AQAAAZrHxKsfRSU7thPCSKV7wAk105d2sEvSL8paIgunOEE"


def said(message: str, *values: object) -> str:
    record = logging.LogRecord("servewell.http", logging.ERROR, __file__, 1, message, values, None)
    assert logs.Masked().filter(record)
    return record.getMessage()


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
        ("GET /api/v1/conversations", "GET /api/v1/conversations"),
        ("100% /sure", "100% /sure"),
    ],
)
def test_only_tokens_go(text: str, kept: str) -> None:
    assert logs.masked(text) == kept


def test_every_handler_masks() -> None:
    """Whatever is logged passes the filter."""
    handlers = logs.LOGGING["handlers"].values()
    assert all("masked" in handler["filters"] for handler in handlers)

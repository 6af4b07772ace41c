"""What goes into the log, and in what form? One line a happening on stderr, plain tracebacks.

Never the values of variables: structlog's own tracebacks show them, and among them would be passwords and what
customers wrote. Nor what opens something by itself: the token in the address of a customer's page.
"""

import logging
import re
import sys
from typing import Any

import structlog

_TOKEN = re.compile(r"/case/(?!files/)[^/\s?#'\"]+")
_KEY = re.compile(r"([?&]key=)[^&\s#'\"]+")  # of links that open one file


class Masked(logging.Formatter):
    """Takes tokens out of the whole of what is written, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as it is written, without its tokens."""
        return masked(super().format(record))


def masked(text: str) -> str:
    """Return a text with `…` instead of each token that opens a customer's page, and each key that opens a file."""
    return _KEY.sub(r"\1…", _TOKEN.sub("/case/…", text))


LOGGING: dict[str, Any] = {  # Django's; by default it shows nothing at all outside of DEBUG
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": Masked, "format": "%(asctime)s [%(levelname)s] %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # not each page that is not found
        "django.security.DisallowedHost": {"level": "ERROR"},
        "psycopg.pool": {"level": "ERROR"},  # a line for each try while the database is away
        "procrastinate.utils": {"level": "CRITICAL"},  # the worker says the same in one line
    },
}


def configure() -> None:
    """Set structlog up; colours only for a terminal."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("INFO"),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )

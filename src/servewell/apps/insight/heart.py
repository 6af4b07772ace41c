"""How does everybody see that an import lives? It beats: writes down how far it is, and stops when it is not wanted."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import duckdb
import structlog
from django.db import Error, connection

from servewell.apps.insight.course import Course
from servewell.apps.insight.models import Log
from servewell.engines.mining import Connection

BEAT_S = 0.5  # between two reports of an import
Report = Callable[[Log, dict[str, Any]], bool]  # `actions.report`

_log = structlog.get_logger(__name__)


class Heart:
    """Beats while an import lives; stops it when its log has been deleted or another import has taken it over."""

    def __init__(self, log: Log, course: Course, report: Report) -> None:
        self._imported, self._course, self._report = log, course, report
        self._over = threading.Event()
        self._engine: Connection | None = None
        self._thread = threading.Thread(target=self._live, daemon=True, name=f"import {log.id}")

    def watch(self, engine: Connection) -> None:
        """This is what works for the import."""
        self._engine = engine

    def __enter__(self) -> "Heart":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _live(self) -> None:
        try:
            while not self._over.wait(BEAT_S):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        """A database that is away for a moment costs one beat; the next is tried on a new connection."""
        try:
            wanted = self._report(self._imported, self._course.report())
        except Error as away:
            _log.warning("import could not report", log=str(self._imported.id), reason=str(away))
            connection.close()
            return
        if not wanted:
            self._stop()

    def _stop(self) -> None:
        with suppress(duckdb.ConnectionException):  # it has just ended by itself
            if self._engine is not None:
                self._engine.con.interrupt()

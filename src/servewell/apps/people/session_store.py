"""Where do sessions stand? In Django's table, as Django keeps them; only the look at every request is prepared."""

from typing import Any

from django.contrib.sessions.backends import db

from servewell.apps.base import clock, statements

_OPEN = "select * from django_session where session_key = %(key)s and expire_date > %(now)s"


class SessionStore(db.SessionStore):
    """Its name is part of what signs a session: it is Django's."""

    def _get_session_from_db(self) -> Any:
        found = statements.instances(self.model, _OPEN, {"key": self.session_key, "now": clock.now()})
        if not found:
            self._session_key = None
            return None
        return found[0][0]

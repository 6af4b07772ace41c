"""What does the journal remember of what happens below it?"""

from servewell.apps.base import settings
from servewell.apps.base.principal import Principal
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event


@settings.on_change
def remember_setting(principal: Principal, name: str, old: settings.Value, new: settings.Value) -> None:
    """Record who changed which setting; not the values, which may be personal."""
    record(Event("base.setting_changed", actor=Actor.of(principal), attributes={"setting": name}))

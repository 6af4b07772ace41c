"""By which chat is the demonstration's shop reached? An account whose id stays, so that its page can name it."""

from uuid import UUID

from servewell.apps.base import texts
from servewell.apps.channels.frame.models import Account
from servewell.apps.people.models import Team
from servewell.site.demo.vocabulary import FRONT_DESK

SITE = UUID("01980000-0000-7000-8000-0000000c4a70")
_WORDS = ("title_zh", "title_en", "greeting_zh", "greeting_en")


def open_() -> bool:
    """Make the chat of the front desk, unless it is there; return whether it was missing."""
    team = Team.objects.filter(name=texts.say(f"demo.team.{FRONT_DESK.code}")).first()
    words = {key: texts.say(f"demo.chat.{key[:-3]}", "en" if key.endswith("en") else "zh-Hans") for key in _WORDS}
    values = {"channel": "webchat", "name": texts.say("demo.chat.name"), "team": team, "options": words}
    return Account.objects.get_or_create(pk=SITE, defaults=values)[1]

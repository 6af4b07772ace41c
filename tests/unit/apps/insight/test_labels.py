"""Activities of the journal have names in both languages."""

from typing import Any

from servewell.apps.insight import labels
from servewell.site.demo.vocabulary import ELEMENTS, GAVE_UP, OPENED, REOPENED


def test_it_works() -> None:
    assert labels.of_journal("verify_identity", "zh-Hans") == "核对身份"
    assert labels.of_journal("verify_identity", "en") == "Verify identity"
    assert labels.of_journal("conversation.opened", "en") == "Conversation opened"


def test_everything_in_the_shop_has_a_name() -> None:
    for activity in (*ELEMENTS, OPENED, REOPENED, GAVE_UP):
        for language in ("zh-Hans", "en"):
            assert labels.of_journal(activity, language) != activity


def test_what_nobody_named_is_called_by_its_id() -> None:
    for activity in ("Activity_0x1", "no.such.event", "conversation.exploded", "."):
        assert labels.of_journal(activity, "en") == activity


def test_an_id_is_shown_by_its_end() -> None:
    assert labels.short("018bd04c-ce69-763e-9874-32e1a6b661d2") == "…b661d2"


def test_where_names_stand_is_for_the_site_to_say(settings: Any) -> None:
    """The room knows of no flow, not even the demo's."""
    settings.ELEMENT_NAMES = ()
    assert labels.of_journal("verify_identity", "en") == "verify_identity"

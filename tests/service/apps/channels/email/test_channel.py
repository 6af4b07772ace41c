"""What an administrator says of a mailbox is checked before it is stored."""

from typing import Any

import pytest
from tests import build

from servewell.apps.channels.email import options
from servewell.apps.channels.email.channel import CHANNEL
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.frame.models import Account

SAID = {"imap_host": "imap.shop.example", "smtp_host": "smtp.shop.example", "password": "secret"}
OAUTH = {
    "auth": "oauth2",
    "oauth_token_url": "https://id.example/token",
    "oauth_client_id": "app",
    "oauth_refresh_token": "long",
}


def created(address: str = "help@shop.example", **said: Any) -> Account:
    who = build.person("boss", "administrator").principal()
    given = {key: value for key, value in {**SAID, **said}.items() if value is not None}
    made: Account = frame.create(who, "email", {"name": "Help", "address": address, "options": given})
    return made


def test_it_works(db: None) -> None:
    """What is left empty follows from the rest."""
    box = options.of(created())
    assert (box.imap.host, box.imap.port, box.imap.security) == ("imap.shop.example", 993, "tls")
    assert (box.smtp.host, box.smtp.port, box.smtp.security) == ("smtp.shop.example", 587, "starttls")
    assert box.imap.user == box.smtp.user == "help@shop.example"
    assert box.imap.password == box.smtp.password == "secret"
    assert (box.folders, box.move_to, box.takes_old, box.oauth) == (("INBOX",), "", False, None)


def test_no_secret_is_shown_by_accident(db: None) -> None:
    """Neither by printing what was read, nor in the row."""
    account = created(**OAUTH, oauth_client_secret="hidden")
    shown = repr(options.of(account)) + str(account.options) + account.sealed
    assert not any(secret in shown for secret in ("'secret'", "hidden", "'long'"))


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"address": "help"}, "address", "not_email"),
        ({"address": "a@b@c"}, "address", "not_email"),
        ({"aliases": ["shop@shop.example", "shop"]}, "aliases", "not_email"),
        ({"imap_host": ""}, "imap_host", "required"),
        ({"smtp_host": None}, "smtp_host", "required"),
        ({"password": None}, "password", "required"),
        ({**OAUTH, "oauth_refresh_token": None}, "oauth_refresh_token", "required"),
        ({**OAUTH, "oauth_token_url": "id.example"}, "oauth_token_url", "not_url"),
        ({"after_read": "move", "move_to": ""}, "move_to", "required"),
        ({"forwards_from_staff": True}, "trusted_authserv", "required"),
        ({"imap_port": 70000}, "imap_port", "too_large"),
        ({"imap_security": "maybe"}, "imap_security", "not_choice"),
        ({"poll_s": 1}, "poll_s", "too_small"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_named(db: None, said: dict[str, Any], field: str, reason: str) -> None:
    """With the field and why."""
    with pytest.raises(BadOption) as refused:
        created(**said)
    assert (refused.value.values["field"], refused.value.values["reason"]) == (field, reason)
    assert refused.value.sentence("en")
    assert refused.value.sentence("zh-Hans")


def test_a_password_is_not_needed_with_oauth2(db: None) -> None:
    """Nor the other way round."""
    assert options.of(created(**OAUTH, password=None)).oauth is not None


def test_addresses_compare_as_mail_does(db: None) -> None:
    """Whatever their case and writing."""
    created("Help@Bücher.example", aliases=["SHOP@shop.example"])
    assert options.own_addresses() == {"help@xn--bcher-kva.example", "shop@shop.example"}


def test_its_fields_stand_under_headings() -> None:
    """Those of one heading together."""
    groups = [field.group for field in CHANNEL.fields]
    runs = [group for at, group in enumerate(groups) if at == 0 or groups[at - 1] != group]
    assert runs == list(dict.fromkeys(groups))

"""Outside systems that hand in what customers write, and get our answers."""

from tests import build

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.api import links
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.flows import reception

VERB = "conversations.receive"
SYSTEM_OF = "/channels/api/{outside_system}"
INCOMING = {"channel": "api", "identities": [{"kind": "email", "value": "li@example.com"}], "text": "Hello"}
ENDPOINTS = [
    ("POST", "/conversations/incoming", VERB, INCOMING),
    ("POST", "/conversations/incoming/attachments", VERB, "a file"),
    ("PUT", "/conversations/messages/{said}/delivery", VERB, {"state": "sent"}),
    ("GET", f"{SYSTEM_OF}/outgoing", VERB, None),
    ("GET", f"{SYSTEM_OF}/files/{{answered_file}}", VERB, None),
    ("GET", "/channels/api/files/{answered_link}", "", None),
]
REFUSALS = {"channels-no-such-account", "channels_api-no-such-file", "channels_api-link-expired"}
PARTS = ["answered_file"]


def outside_system(whose, made):
    """Return an account; it belongs to nobody."""
    Account.objects.filter(channel="api").delete()
    return Account.objects.create(channel="api", name="Shop", address="shop").id


def answered_file(whose, made):
    """Return a file of an answer that waits for the system."""
    account = Account.objects.get(pk=made["outside_system"])
    message = build.inbound(source="shop", account=account.id, team=build.team().id)
    file = build.attachment()
    conversation = reception.receive(SYSTEM, message).conversation_id
    conversations.reply(SYSTEM, conversation, text="Here", attachments=[file.id])
    return file.id


def answered_link(whose, made):
    """Return what opens a file of an answer for an hour; nobody's here."""
    return links.token(ids.new(), ids.new())


MAKERS = {"outside_system": outside_system, "answered_file": answered_file, "answered_link": answered_link}
NOWHERE = {"answered_link": "nothing"}

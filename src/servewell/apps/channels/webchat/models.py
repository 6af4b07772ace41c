"""Who sits before the widget? A browser with a token, and what its owner's site says about them."""

from typing import ClassVar

from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.channels.frame.models import Account

TOKEN = 64  # hex digits of a SHA-256


class Visitor(models.Model):
    """One browser that said hello to one chat site. It becomes a customer with its first message."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    token = models.CharField(max_length=TOKEN, unique=True)  # its SHA-256: the token itself is kept nowhere
    thread = models.CharField(max_length=60)  # name of its conversation within the site
    person = models.CharField(max_length=200, blank=True)  # id in the site's own system, signed by it; "" while unknown
    identity_until = models.DateTimeField(null=True)  # until when that is proven; null: while its secret is set
    identity_mark = models.CharField(max_length=TOKEN, blank=True)  # keyed mark of the secret that signed it
    signed = models.JSONField(default=dict)  # what else the signature covers: name, email, phone
    typed = models.JSONField(default=dict)  # what the visitor said of themselves in a form: name, email, phone
    language = models.CharField(max_length=16, blank=True)
    network = models.CharField(
        max_length=64, blank=True
    )  # keyed mark of the network it came from: to count, not to read
    browser = models.CharField(max_length=40, blank=True)  # family and system, "Firefox · Linux"
    page_url = models.CharField(max_length=500, blank=True)  # where it is; without what follows ? and #
    page_title = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    customer_id = models.UUIDField(null=True)  # from its first message on
    conversation_id = models.UUIDField(null=True)  # its current conversation
    read_position = models.IntegerField(default=0)  # in that one, by the visitor
    created_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now)  # renewed at most once an hour
    expires_at = models.DateTimeField()

    class Meta:
        """Found by token, by person, by customer, and by how long it is silent."""

        indexes: ClassVar = [
            models.Index(
                fields=["account", "person", "-seen_at"], name="webchat_visitor_person", condition=~models.Q(person="")
            ),
            models.Index(
                fields=["customer_id"], name="webchat_visitor_customer", condition=models.Q(customer_id__isnull=False)
            ),
            models.Index(
                fields=["conversation_id"],
                name="webchat_visitor_conversation",
                condition=models.Q(conversation_id__isnull=False),
            ),
            models.Index(fields=["seen_at"], name="webchat_visitor_seen"),
            models.Index(fields=["account", "thread"], name="webchat_visitor_thread"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def source(self) -> str:
        """Within which its thread, its messages and its id are unique."""
        return source_of(self.account_id)

    @property
    def is_identified(self) -> bool:
        """Did the site sign who this is, and is that still good?"""
        return bool(self.person) and (self.identity_until is None or self.identity_until > clock.now())


def source_of(account_id: object) -> str:
    """Return the source of a chat site's conversations."""
    return f"chat:{account_id}"

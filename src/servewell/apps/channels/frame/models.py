"""By which mailbox, site, number or system do customers reach us, and what came there?"""

from typing import ClassVar

from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.base.models import Attachment
from servewell.apps.channels.frame.case.models import CaseLink, Transcript
from servewell.apps.people.models import Team

__all__ = ["Account", "AnswerCount", "Arrival", "CaseLink", "Pace", "Transcript"]


class Account(models.Model):
    """One mailbox, chat site, outside system or number."""

    class State(models.TextChoices):
        """Does it work?"""

        ACTIVE = "active"
        PAUSED = "paused"  # by hand: nothing is fetched and nothing sent; what waits keeps waiting

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    channel = models.CharField(max_length=40)  # its folder
    name = models.CharField(max_length=80)  # what we call it
    address = models.CharField(max_length=320, blank=True)  # what customers know it by: a mail address, a number
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")  # whose contacts they are,
    # unless a rule of the reception says otherwise
    language = models.CharField(max_length=16, default="zh-Hans")  # of what it says by itself
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    options = models.JSONField(default=dict)  # key of a Field to its value
    sealed = models.TextField(blank=True)  # the secrets among them, as one sealed JSON object
    per_minute = models.IntegerField(null=True)  # most messages it sends in a minute; null: no limit
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)  # when it was last seen to work, or not
    failing_since = models.DateTimeField(null=True)  # null while it works
    fault = models.CharField(max_length=60, blank=True)  # code of the sentence `channels_<channel>.fault.<code>`
    fault_words = models.CharField(max_length=500, blank=True)  # what the other side said
    cursor = models.JSONField(default=dict)  # how far it was read; the channel's own
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)  # its conversations keep naming it

    class Meta:
        """In the order they were made; an address belongs to one account of its channel."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "address"],
                name="channels_account_address",
                condition=models.Q(removed_at=None) & ~models.Q(address=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Is it to be used?"""
        return self.state == self.State.ACTIVE and self.removed_at is None


class Arrival(models.Model):
    """Something that came in raw, kept as it came: so that a fault of ours is mended by reading it again."""

    class State(models.TextChoices):
        """What became of it?"""

        WAITING = "waiting"  # stored; a worker reads it soon
        TAKEN = "taken"  # it is a message now
        PASSED = "passed"  # read, and no message: `outcome` says why
        ASIDE = "aside"  # could not be read: `outcome` and `words` say why; a person tries again or discards it
        DISCARDED = "discarded"  # by a person

    class Outcome(models.TextChoices):
        """Why it is no message, or was set aside."""

        NONE = ""
        REPEAT = "repeat"  # the same as one we have
        BOUNCE = "bounce"  # a report on one of our own messages
        REPORT = "report"  # another report on one of ours: read, delayed
        OWN = "own"  # our own message came back
        LOOP = "loop"  # of another machine that answers us in turn
        UNREADABLE = "unreadable"  # not of the form it should have
        TOO_LARGE = "too_large"
        FAULT = "fault"  # a fault of ours while reading it; the log has more
        REFUSED = "refused"  # our rules do not let it in: `words`

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=200, blank=True)  # its place over there, naming nobody; once per account
    raw = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")  # null: no more kept
    size = models.BigIntegerField(default=0)  # bytes
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    words = models.CharField(max_length=500, blank=True)
    attempt = models.IntegerField(default=0)
    try_at = models.DateTimeField(default=clock.now)  # while it waits
    claim = models.UUIDField(null=True)  # who reads it just now; settling asks for the same
    lease_until = models.DateTimeField(null=True)
    about = models.CharField(max_length=300, blank=True)  # a line to know it by: from whom, about what
    conversation_id = models.UUIDField(null=True)
    message_id = models.UUIDField(null=True)  # that it is, or that it tells of
    customer_id = models.UUIDField(null=True)  # whose conversation it is in
    author_id = models.UUIDField(null=True)  # the customer who wrote it
    arrived_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """What waits is found first, what was set aside by account."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "external_id"], name="channels_arrival_once", condition=~models.Q(external_id="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["try_at", "id"], name="channels_arrival_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["account", "id"], name="channels_arrival_turn", condition=models.Q(state="waiting")),
            models.Index(fields=["account", "-id"], name="channels_arrival_aside", condition=models.Q(state="aside")),
            models.Index(fields=["settled_at"], name="channels_arrival_settled"),
            models.Index(fields=["message_id"], name="channels_arrival_message"),
            models.Index(
                fields=["customer_id"], name="channels_arrival_customer", condition=models.Q(customer_id__isnull=False)
            ),
            models.Index(
                fields=["author_id"], name="channels_arrival_author", condition=models.Q(author_id__isnull=False)
            ),
        ]


class Pace(models.Model):
    """When an account's next message may go, where its other side allows only so many in a minute."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="+")
    scheduled_at = models.DateTimeField()


class AnswerCount(models.Model):
    """How many automatic answers an address got within the hour after the first."""

    mark = models.CharField(primary_key=True, max_length=64)  # of the address: without our key nobody can read it
    began_at = models.DateTimeField(db_index=True)
    answers = models.IntegerField()
    stopped_by = models.UUIDField(null=True)  # the account whose answer was the first too many; null: none was
    stopped_at = models.DateTimeField(null=True)

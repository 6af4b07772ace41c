"""What stood on the envelope of a mail that came in? Its conversation shows the words; an answer needs the rest."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from servewell.apps.channels.email import loops
from servewell.apps.conversations.models import Message

_MARK = 32  # hex digits of a mark


class Envelope(models.Model):
    """Who wrote a mail to whom, and what it belongs to. Goes with its message."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="+")
    account = models.UUIDField()  # the mailbox it came to
    recipient = models.CharField(max_length=400, blank=True)  # the address of ours it was sent to
    name = models.CharField(max_length=998, blank=True)  # its Message-ID as its sender gave it; empty: none
    references = ArrayField(models.TextField(), default=list)  # Message-IDs it names, the oldest first
    sender = models.CharField(max_length=400)  # address, as it compares
    sender_name = models.CharField(max_length=200, blank=True)
    to = models.JSONField(default=list)  # [{"address", "name"}]
    cc = models.JSONField(default=list)
    reply_to = models.JSONField(default=list)  # where answers go, when not to the sender
    subject = models.CharField(max_length=300, blank=True)
    auto = models.CharField(max_length=10, blank=True, choices=[(kind, kind) for kind in loops.KINDS])  # of `loops`
    verified = models.BooleanField(default=False)  # our server found that it came from whom it names
    date_mark = models.CharField(max_length=_MARK, blank=True)  # of its date, to tell it from one of the same name
    text_mark = models.CharField(max_length=_MARK, blank=True)  # of its words, likewise; without a date of its body

    class Meta:
        """Found by its message only."""

        indexes: ClassVar = []

    def __str__(self) -> str:
        return self.name

"""Which links to a customer's page are taken back, and which transcripts were asked for?"""

from typing import ClassVar

from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.conversations.models import Conversation


class CaseLink(models.Model):
    """What was said about the links of one conversation. Without a row its first links are good."""

    conversation = models.OneToOneField(Conversation, primary_key=True, on_delete=models.CASCADE, related_name="+")
    counter = models.PositiveIntegerField(default=0)  # stands in each link: those with another one are dead
    revoked_at = models.DateTimeField(null=True)  # since when there is none; null: there may be


class Transcript(models.Model):
    """A transcript that was asked for: what is to go out, and afterwards that it did, without the address."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=320, blank=True)  # "" once it went out, or was given up
    mark = models.CharField(max_length=64)  # of the address, to count by
    language = models.CharField(max_length=16, blank=True)
    only = models.JSONField(
        null=True
    )  # ids of the messages that go, as whoever asked saw them; null: as the page shows
    asked_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Counted by conversation and by address."""

        indexes: ClassVar = [models.Index(fields=["mark", "asked_at"], name="channels_transcript_mark")]

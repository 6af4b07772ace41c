"""Who has to do with a conversation beside its assignee, and which others has it to do with?"""

from typing import ClassVar

from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.conversations.models.conversation import Conversation
from servewell.apps.people.models import User


class Follower(models.Model):
    """Somebody who wants to hear of it."""

    pk = models.CompositePrimaryKey("user_id", "conversation_id")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)


class LinkKind(models.TextChoices):
    """How one conversation stands to another, read from the first."""

    RELATED = "related"
    DUPLICATE = "duplicate"
    FOLLOW_UP = "follow_up"  # the first goes on where the second was closed
    CAUSED_BY = "caused_by"


class Link(models.Model):
    """One conversation has to do with another."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    one = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=LinkKind.choices, default=LinkKind.RELATED)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Once each, and never to itself."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other", "kind"], name="link_once"),
            models.CheckConstraint(condition=~models.Q(one=models.F("other")), name="link_to_another"),
        ]


class ReadMark(models.Model):
    """How far somebody has read."""

    pk = models.CompositePrimaryKey("user_id", "conversation_id")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    position = models.IntegerField()  # of the last message that was seen


class LookingState(models.TextChoices):
    """What somebody does with it just now."""

    LOOKING = "looking"
    TYPING = "typing"


class Looking(models.Model):
    """Somebody has it open just now; a row that was not renewed for half a minute counts no more. Not logged."""

    pk = models.CompositePrimaryKey("conversation_id", "user_id")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=LookingState.choices, default=LookingState.LOOKING)
    seen_at = models.DateTimeField()

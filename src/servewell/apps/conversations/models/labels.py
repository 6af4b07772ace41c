"""What can be said of a conversation beside its words? Tags and custom fields, as an administrator or lead defines."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from servewell.apps.base import clock, ids


class Tag(models.Model):
    """A label; conversations hold its id."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=60)
    colour = models.CharField(max_length=16, default="grey")  # a name of the workspace's palette
    archived_at = models.DateTimeField(null=True)  # keeps its name on what has it, is offered no more
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """Names differ in more than case."""

        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="tag_name_any_case")]

    def __str__(self) -> str:
        return self.name


class Field(models.Model):
    """A custom field of conversations: what it is called, and what fits (`base.typed`)."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    key = models.SlugField(max_length=40, unique=True)  # in the API and in `Conversation.fields`; never changes
    names = models.JSONField()  # language code -> name
    kind = models.CharField(max_length=16)  # of base.typed
    options = models.JSONField(default=list)  # of a choice
    position = models.SmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """As an administrator arranged them."""

        ordering: ClassVar = ["position", "key"]

    def __str__(self) -> str:
        return self.key

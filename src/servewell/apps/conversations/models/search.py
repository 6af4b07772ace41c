"""What does search remember of conversations? Numbers that stand for their words; decision 0006 says why so.

Nothing here is text, but it is no secret either: who has a dictionary can try its words. All of it can be made again.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from servewell.apps.base import clock


class SearchDocument(models.Model):
    """The words of one conversation and of those merged into it; made by `search.jobs`, by nobody else.

    Its row goes with the conversation's, by a trigger.
    """

    conversation_id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(unique=True)  # the conversation's: the newer, the higher
    terms = ArrayField(models.BigIntegerField())  # keys of its words, each as often as it occurs, and of its block
    length = models.IntegerField()  # words, repetitions counted
    indexed_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Words are found by the index; how often they occur stands in the row."""

        indexes: ClassVar = [GinIndex(fields=["terms"], name="search_terms", gin_pending_list_limit=1024)]


class SearchDue(models.Model):
    """A conversation, or a customer, whose words may have changed. Rows are only added, and taken away once done."""

    id = models.BigAutoField(primary_key=True)
    conversation_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)  # instead: all conversations of this customer
    later = models.BooleanField(default=False)  # nobody waits for it: part of making the whole index again
    attempts = models.SmallIntegerField(db_default=0)  # how often it could not be indexed
    not_before = models.DateTimeField(null=True)  # when it is tried again; null: at once
    reason = models.CharField(max_length=100, db_default="")  # kind of the last failure, never what was written

    class Meta:
        """What somebody waits for comes first."""

        indexes: ClassVar = [
            models.Index(fields=["later", "id"], name="search_due_order"),
            models.Index(fields=["conversation_id"], name="search_due_failed", condition=models.Q(attempts__gt=0)),
        ]


class SearchTerm(models.Model):
    """About how many conversations have a word; only of words that are not rare. Counted in a sample now and then."""

    key = models.BigIntegerField(primary_key=True)
    documents = models.IntegerField()


class SearchFigures(models.Model):
    """What the sample said about all conversations; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    documents = models.IntegerField(default=0)
    rare = models.FloatField(default=1)  # documents that a word has which is not in SearchTerm, about
    mean_length = models.FloatField(default=1)  # words
    indexed_since = models.IntegerField(default=0)  # documents written since
    counted_at = models.DateTimeField(null=True)

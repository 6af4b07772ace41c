"""Who are the customers? One row for each, the identities they are known by, and what they agreed to.

A merge moves nothing: `merged_into` points at the customer that goes on, `root_id` at the last one of that chain, and a
family (all rows with one `root_id`) is read together. So an undone merge leaves everything as it was before.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from servewell.apps.base import clock, ids

NAME = 200  # characters of a name; more is refused from people and shortened with … from channels
CODE = 40  # characters of the code of a tier, purpose or attribute
BOUNCES = ("unknown", "domain", "disabled")  # no such mailbox, no such domain, shut down
REASON, SOURCE, PROOF = 500, 80, 2000  # characters


class Customer(models.Model):
    """A person or company that contacts us."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=NAME, blank=True, default="")
    name_key = models.CharField(max_length=NAME * 4, blank=True, default="", editable=False)  # folded, to search by
    tier = models.CharField(max_length=CODE, default="standard")  # code of a Tier
    language = models.CharField(max_length=16, blank=True, default="")  # BCP 47; "" while not known
    attributes = models.JSONField(default=dict, blank=True)  # key of an Attribute to value, as `typed` writes them
    team_ids = ArrayField(models.UUIDField(), default=list, blank=True)  # of the family: who may reach this customer
    met_team_ids = ArrayField(models.UUIDField(), default=list, blank=True)  # teams that met this row itself
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)  # None: until somebody unblocks
    blocked_reason = models.CharField(max_length=REASON, blank=True, default="")
    blocked_from = models.UUIDField(null=True, editable=False)  # the block came with this merged customer
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    merged_at = models.DateTimeField(null=True, blank=True)
    root_id = models.UUIDField(db_index=True, editable=False)  # who goes on for this row: itself while not merged
    completeness = models.PositiveSmallIntegerField(default=0)  # percent, of the family; by `completeness.py`
    missing = ArrayField(models.CharField(max_length=60), default=list, blank=True)  # codes of what is not there
    version = models.IntegerField(default=1)  # grows with each change, so that two who save at once notice
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Newest first; only customers that go on are listed and searched."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            GinIndex(fields=["team_ids"], name="customers_customer_teams"),
            models.Index(OpClass("name_key", "text_pattern_ops"), name="customers_customer_name"),
            models.Index(fields=["tier", "-id"], name="customers_customer_tier"),
            models.Index(
                fields=["completeness"], name="customers_customer_known", condition=models.Q(merged_into=None)
            ),
            models.Index(
                fields=["-blocked_at"], name="customers_customer_blocked", condition=~models.Q(blocked_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)

    @property
    def is_blocked(self) -> bool:
        """Is this customer blocked at this moment?"""
        return self.blocked_at is not None and (self.blocked_until is None or self.blocked_until > clock.now())

    def save(self, *args: Any, **how: Any) -> None:
        """Store it; who goes on for a new customer is the customer."""
        self.root_id = self.root_id or self.id
        super().save(*args, **how)


class Identity(models.Model):
    """What a customer is known by: a visitor's id, an address, a telephone number, an id in another system."""

    class Kind(models.TextChoices):
        """The kinds, surest first: of two identities that disagree the earlier kind decides."""

        EXTERNAL = "external"
        EMAIL = "email"
        PHONE = "phone"
        VISITOR = "visitor"

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    source = models.CharField(max_length=80, blank=True, default="")  # which system's id; "" for email and phone
    value = models.CharField(max_length=512)  # normalised: what is compared
    shown = models.CharField(max_length=512)  # as it was given
    is_raw = models.BooleanField(default=False)  # could not be read as its kind; a channel gave it, so it was kept
    verified_at = models.DateTimeField(null=True, blank=True)  # proven to be theirs
    bounced_at = models.DateTimeField(null=True, blank=True)  # when we were last told that nothing gets there
    bounce_code = models.CharField(max_length=16, blank=True, default="", db_default="")  # why: of BOUNCES
    added_by_kind = models.CharField(max_length=16)
    added_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        """An identity is one customer's."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "source", "value"], name="customers_identity_once"),
        ]
        indexes: ClassVar = [
            models.Index(OpClass("value", "text_pattern_ops"), name="customers_identity_value"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.shown}"

    @property
    def bounces(self) -> bool:
        """Does nothing get there, as far as we know? Something that came from there since says otherwise."""
        return self.bounced_at is not None and self.bounced_at >= self.last_seen_at


class Claim(models.Model):
    """What somebody only typed of themselves. It finds nobody, and keeps nobody from having it.

    It stands beside the identities, so that whoever looks for a customer, writes to them or counts what is known never
    takes it for one. Others may claim the same.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="claims")
    kind = models.CharField(max_length=16, choices=Identity.Kind.choices)
    source = models.CharField(max_length=80, blank=True, default="")
    value = models.CharField(max_length=512)  # normalised
    shown = models.CharField(max_length=512)  # as it was typed
    is_raw = models.BooleanField(default=False)  # could not be read as its kind
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """One has a claim once."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "source", "value", "customer"], name="customers_claim_once"),
        ]
        indexes: ClassVar = [models.Index(OpClass("value", "text_pattern_ops"), name="customers_claim_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.shown}"


class Term(models.Model):
    """What tiers and purposes have in common: a code and names. Built-in ones stand in `terms.py`."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=CODE, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)  # kept by those who have it, given to nobody

    class Meta:
        """In the order they are shown."""

        abstract = True
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.code


class Tier(Term):
    """How much a customer matters to the house."""


class Purpose(Term):
    """What a customer may be asked to agree to."""


class Attribute(Term):
    """A field that the house defined for its customers; kinds and checks are those of `base.typed`."""

    kind = models.CharField(max_length=16)
    options = models.JSONField(default=list, blank=True)  # of choice and choices: [{"code", "name_zh", "name_en"}]
    required = models.BooleanField(default=False)  # counts for completeness; never stops a contact
    maximum = models.FloatField(null=True, blank=True)  # characters of a text, size of a number, entries of choices


class Consent(models.Model):
    """One decision of a customer about a purpose; the last one counts, all are kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=CODE)  # code of a Purpose
    given = models.BooleanField()  # False: withdrawn
    at = models.DateTimeField()  # when the customer decided
    source = models.CharField(max_length=SOURCE)  # where: a form, a call, a mail
    proof = models.CharField(max_length=PROOF, blank=True, default="")  # what shows it: words, a reference
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by_kind = models.CharField(max_length=16)
    recorded_by = models.UUIDField(null=True)

    class Meta:
        """Newest decision first."""

        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["customer", "purpose", "-at"], name="customers_consent_latest")]


class Suggestion(models.Model):
    """Two customers that may be one: a contact carried identities of both."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open"
        MERGED = "merged"
        DISMISSED = "dismissed"

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    one = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")  # the lower id
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")  # the higher id
    kind = models.CharField(max_length=16)  # of the identity that pointed at the one not chosen
    is_claim = models.BooleanField(default=False, db_default=False)  # one of the two only typed it
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        """A pair is suggested once."""

        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="customers_suggestion_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="customers_suggestion_order"),
        ]


class Erasure(models.Model):
    """The proof that somebody was erased: keyed marks instead of what identified them, and a signature."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    subject = models.CharField(max_length=64, unique=True)  # mark of the customer's id: a second try finds this proof
    members = ArrayField(models.CharField(max_length=64), default=list)  # marks of the ids merged into it
    marks = ArrayField(models.CharField(max_length=64), default=list)  # marks of the identities
    counts = models.JSONField(default=dict)  # room to how many things went
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor = models.UUIDField(null=True)
    signature = models.CharField(max_length=64)  # mark of all of the above

    class Meta:
        """Found again by a mark."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            GinIndex(fields=["marks"], name="customers_erasure_marks"),
            GinIndex(fields=["members"], name="customers_erasure_members"),
        ]

"""How did somebody come in, and what should they know of it? Addresses stand here only, never in the journal."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from servewell.apps.base import ids
from servewell.apps.people.models.staff import User


class SignIn(models.Model):
    """One sign-in and the session that came of it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, db_index=True, editable=False)
    at = models.DateTimeField()
    seen_at = models.DateTimeField()  # the last sign of life of its screen
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=12, blank=True)  # code: sign_out, here, other, password, expired, shut_out
    address = models.GenericIPAddressField(null=True, blank=True)  # personal: shown only cut to its network
    network = models.CharField(max_length=48, blank=True)  # /24 of IPv4, /48 of IPv6
    browser = models.CharField(max_length=24, blank=True)  # code, e.g. chrome
    system = models.CharField(max_length=24, blank=True)  # code, e.g. windows
    second_factor = models.BooleanField(default=False)  # was a code asked for?

    class Meta:
        """Newest first."""

        db_table = "people_sign_in"
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["user", "-at"], name="people_sign_in_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d %H:%M}"


class Alert(models.Model):
    """Something about a person's account that they should look at."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="alerts")
    at = models.DateTimeField()
    reasons = ArrayField(models.CharField(max_length=16))  # codes, as of `events.ALERT_RAISED`
    failures = models.PositiveIntegerField(default=0)  # wrong tries before
    sign_in = models.ForeignKey(SignIn, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts")
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-at"], name="people_alert_open", condition=models.Q(dismissed_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {', '.join(self.reasons)}"


class Try(models.Model):
    """How often a sign-in was tried of late under one name; the name itself is not kept. Written by `lockout.py`."""

    key = models.CharField(max_length=64, primary_key=True)  # keyed digest of what was typed, or of a person's id
    tries = models.PositiveIntegerField()  # within the window that began at `began_at`
    failures = models.PositiveIntegerField(default=0)  # since the last success, however long ago
    began_at = models.DateTimeField()
    tried_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}…: {self.tries}"

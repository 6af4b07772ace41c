"""Who works here? Users with one role each, the teams they belong to, and the keys of programs."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from servewell.apps.base import clock, ids, statements, texts
from servewell.apps.base.principal import Principal

_TEAMS = "select team_id from people_user_teams where user_id = %(user)s"


class Role(models.TextChoices):
    """What a person is here; `permissions.py` says what follows from it."""

    AGENT = "agent"
    LEAD = "lead"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Theme(models.TextChoices):
    """How the screen looks; auto follows the device."""

    LIGHT = "light"
    DARK = "dark"
    AUTO = "auto"


class Team(models.Model):
    """People who share work."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=1000, blank=True, default="")
    archived_at = models.DateTimeField(null=True, blank=True)  # from then on nobody is put into it
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """By name."""

        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def team_id(self) -> UUID:
        """A team is its own: so `permissions.can` understands `team` of a team."""
        return self.id


class UserManager(BaseUserManager["User"]):
    """Finds people by user name in any case, and makes them with a hashed password."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new person; without a password nobody can sign in as them."""
        email = (fields.pop("email", "") or "").strip().lower()  # allauth looks addresses up in lower case
        user = self.model(username=self.model.normalize_username(username), email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new administrator (Django's name for it)."""
        return self.create_user(username, password, **{**fields, "role": Role.ADMINISTRATOR})

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by user name in any case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who works here."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    username = models.CharField(max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.AGENT)
    language = models.CharField(
        max_length=16, choices=[(code, code) for code in texts.LANGUAGES], default=texts.DEFAULT
    )
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(default=True)
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """User names and addresses differ in more than case."""

        ordering: ClassVar = ["username"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="people_user_username_any_case"),
            # Many people have no address here; two people never share one.
            models.UniqueConstraint(Lower("email"), name="people_user_email_any_case", condition=~models.Q(email="")),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def owner_id(self) -> UUID:
        """A person is their own: so `permissions.can` understands `own` of a person."""
        return self.id

    @property
    def team_ids(self) -> list[UUID]:
        """The teams a person belongs to: so it understands `team`."""
        return [team.id for team in self.teams.all()]

    @property
    def is_staff(self) -> bool:
        """May this person open /admin/?"""
        return self.is_active and self.role == Role.ADMINISTRATOR

    @property
    def is_superuser(self) -> bool:
        """Is everything in /admin/ open to this person?"""
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own permissions guard /admin/ only; the rooms ask `permissions.can`."""
        return self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        """As has_perm."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """As has_perm."""
        return self.is_staff

    def principal(self) -> Principal:
        """Return this person as the one who acts."""
        teams = frozenset(team for (team,) in statements.prepared(_TEAMS, {"user": self.id}))
        return Principal(kind="agent", id=self.id, role=self.role, teams=teams, language=self.language)


class ApiKey(models.Model):
    """What a program shows instead of a password: `sw_<prefix>_<secret>`; only a digest is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)  # SHA-256 of the whole key: its 256 bits need no slow hash
    scopes = ArrayField(models.CharField(max_length=40), default=list)  # verbs; the creator's role bounds them
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} (sw_{self.prefix}…)"

    def is_valid(self, at: datetime) -> bool:
        """Does the key open anything at this moment?"""
        return (
            self.revoked_at is None and (self.expires_at is None or at < self.expires_at) and self.created_by.is_active
        )


class RateBucket(models.Model):
    """How much of a limit is left; shared by all web processes, written by `limits.py` in one statement."""

    key = models.CharField(max_length=200, primary_key=True)
    tokens = models.FloatField()
    refilled_at = models.DateTimeField(db_index=True)

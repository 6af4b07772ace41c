"""What do others ask about people?"""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from servewell.apps.base.principal import Principal
from servewell.apps.people.errors import NoSuchKey, NoSuchPerson
from servewell.apps.people.models import ApiKey, User


def person(user_id: UUID | None) -> User:
    """Return a user; NoSuchPerson when there is none."""
    found = User.objects.filter(pk=user_id).first() if user_id else None
    if found is None:
        raise NoSuchPerson
    return found


def page_of_people(after: str, count: int) -> list[User]:
    """Return up to `count` users whose user names come after one, with teams and `totp`."""
    return list(_listed().filter(username__gt=after).order_by("username")[:count])


def listed_person(user_id: UUID) -> User:
    """Return one user with teams and `totp`."""
    found = _listed().filter(pk=user_id).first()
    if found is None:
        raise NoSuchPerson
    return found


def called(login: str) -> User | None:
    """Return the user with this user name or address, in any case, or None."""
    return User.objects.filter(Q(username__iexact=login) | (Q(email__iexact=login) & ~Q(email=""))).first()


def key(key_id: UUID) -> ApiKey:
    """Return an API key; NoSuchKey when there is none."""
    found = ApiKey.objects.filter(pk=key_id).first()
    if found is None:
        raise NoSuchKey
    return found


def has_second_factor(user_id: UUID) -> bool:
    """Is a code asked for at this person's sign-in?"""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def principal_of(user_id: UUID) -> Principal | None:
    """Return an active person as the one who acts, or None."""
    found = User.objects.filter(pk=user_id, is_active=True).first()
    return found.principal() if found else None


def _listed() -> QuerySet[User]:
    codes = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.prefetch_related("teams").annotate(totp=Exists(codes))

"""What does allauth need to know of this house? No sign-up, no mail, sealed second factors."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from servewell.apps.base import clock, secrets
from servewell.apps.people import actions, lockout
from servewell.apps.people.auth import language_of
from servewell.apps.people.errors import Locked
from servewell.apps.people.listeners import remember_failure
from servewell.apps.people.models import User
from servewell.apps.people.sessions import FAILURES


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is mailed: an installation need not have a mail server."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at; refuse it while the name is locked."""
        super().pre_authenticate(request, **credentials)
        self._taken = lockout.take(lockout.of_name(_login(credentials)))
        if not self._taken.allowed:
            raise refusal(self._taken.wait_s, request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the person whose password this is; a right one also has to wait while the codes are locked."""
        user = super().authenticate(request, **credentials)
        if isinstance(user, User):
            request.session[FAILURES] = lockout.forgive_names(user)
            refuse_while_locked(lockout.of_codes(user.id), request)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Remember the failure; the one that locks the name is told to whoever is called so."""
        user = remember_failure(_login(credentials))
        if user is not None and self._taken.is_last:
            actions.remember_lock(user, self._taken.failures + 1)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors lie sealed in the database."""

    def get_totp_label(self, user: User) -> str:
        """Name the account in the authenticator app by its user name, which every person has."""
        return user.username

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return secrets.open_(encrypted_text)


def refusal(wait_s: int, request: HttpRequest) -> ValidationError:
    """Return the refusal of somebody who tried too often, as allauth shows one."""
    return ValidationError(Locked.told(wait_s).sentence(language_of(request)), code="locked")


def refuse_while_locked(key: str, request: HttpRequest) -> None:
    """Raise the refusal while a key is locked."""
    until = lockout.key_locked_until(key)
    if until is not None:
        raise refusal(lockout.wait_s(until, clock.now()), request)


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")


def display(user: User) -> str:
    """Return how a person is called on screen."""
    return str(user)

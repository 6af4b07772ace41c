"""What does allauth need to know of this house? No sign-up, no mail, sealed second factors."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from servewell.apps.base import secrets
from servewell.apps.people.listeners import remember_failure
from servewell.apps.people.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is mailed: an installation need not have a mail server."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Remember the failure."""
        remember_failure(str(credentials.get("username") or credentials.get("email") or ""))


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


def display(user: User) -> str:
    """Return how a person is called on screen."""
    return str(user)

"""How does a person set up an authenticator app, and give its codes?

allauth's endpoints, with the picture to scan, and with a count of the codes that were tried (`lockout.py`).
"""

import json
from typing import Any

from allauth.core import context
from allauth.headless.mfa.inputs import AuthenticateInput, ReauthenticateInput
from allauth.headless.mfa.views import AuthenticateView, ManageTOTPView, ReauthenticateView
from allauth.mfa.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse

from servewell.apps.people import actions, lockout
from servewell.apps.people.models import User
from servewell.apps.people.sessions import FAILURES
from servewell.apps.people.sign_in import refusal


class Counted:
    """A form that asks for a code; `super().clean_code()` is allauth's, which looks at it."""

    user: User

    def clean_code(self) -> str:
        """Count the try before the code is looked at, refuse it while codes are locked, forget it when it was right."""
        key = lockout.of_codes(self.user.id)
        taken = lockout.take(key)
        if not taken.allowed:
            raise refusal(taken.wait_s, context.request)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            if taken.is_last:
                actions.remember_lock(self.user, taken.failures + 1)
            raise
        before = context.request.session.get(FAILURES, 0)
        context.request.session[FAILURES] = before + lockout.forgive([key])
        return code


class CountedAuthenticateInput(Counted, AuthenticateInput):  # type: ignore[misc]
    """The code at sign-in."""


class CountedReauthenticateInput(Counted, ReauthenticateInput):  # type: ignore[misc]
    """The code before a sensitive change."""


class Authenticate(AuthenticateView):  # type: ignore[misc]
    """As allauth's."""

    input_class = CountedAuthenticateInput


class Reauthenticate(ReauthenticateView):  # type: ignore[misc]
    """As allauth's."""

    input_class = CountedReauthenticateInput


class ManageTotp(ManageTOTPView):  # type: ignore[misc]  # allauth has no types
    """As allauth's; its offer of a new secret (status 404) also carries `meta.totp_svg`."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the authenticator in use, or 404 with the secret to set one up with."""
        response: HttpResponse = super().get(request, *args, **kwargs)
        if response.status_code != 404:
            return response
        return _with_picture(response)


def _with_picture(offer: HttpResponse) -> HttpResponse:
    body = json.loads(offer.content)
    body["meta"]["totp_svg"] = get_adapter().build_totp_svg(body["meta"]["totp_url"])
    drawn = JsonResponse(body, status=offer.status_code)
    drawn["Cache-Control"] = offer["Cache-Control"]
    return drawn

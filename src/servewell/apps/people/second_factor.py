"""How does a person set up an authenticator app? allauth's endpoint, with the picture to scan."""

import json
from typing import Any

from allauth.headless.mfa.views import ManageTOTPView
from allauth.mfa.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, JsonResponse


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

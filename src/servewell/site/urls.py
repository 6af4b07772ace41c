"""Which address is whose? The API, sign-in, administration, health; every other one is the workspace's."""

from allauth.headless.account import views as account
from allauth.headless.base import views as base
from allauth.headless.constants import Client
from allauth.headless.mfa import views as mfa
from django.contrib import admin
from django.urls import URLPattern, include, path, re_path

from servewell.apps.people.second_factor import Authenticate, ManageTotp, Reauthenticate
from servewell.site import files, pages
from servewell.site.api import api
from servewell.site.parsing import storable_only


def _headless(route: str, view: type) -> URLPattern:
    return path(route, storable_only(view.as_api_view(client=Client.BROWSER)), name=route)  # type: ignore[attr-defined]


# Of allauth's headless API only what this house uses: no sign-up, no mails, no password reset.
sign_in = [
    _headless("config", base.ConfigView),
    _headless("auth/session", account.SessionView),
    _headless("auth/login", account.LoginView),
    _headless("auth/reauthenticate", account.ReauthenticateView),
    _headless("auth/2fa/authenticate", Authenticate),
    _headless("auth/2fa/reauthenticate", Reauthenticate),
    _headless("account/authenticators", mfa.AuthenticatorsView),
    _headless("account/authenticators/totp", ManageTotp),
    _headless("account/authenticators/recovery-codes", mfa.ManageRecoveryCodesView),
]

admin.site.login = pages.sign_in  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Servewell"

urlpatterns = [
    path("healthz", pages.healthz),
    path("api/v1/", api.urls),
    path("files/<uuid:attachment_id>/<str:name>", files.serve),
    path("_allauth/browser/v1/", include((sign_in, "headless"))),
    path("admin/", admin.site.urls),
    path("case/<str:token>", pages.case),
    path("demo/shop", pages.shop),
    path("preview/<uuid:site>", pages.preview),
    re_path(
        r"^(?:api|_allauth|stream|files|case|preview)(?:/|$)", lambda request: pages.not_found(request, Exception())
    ),
    re_path(r"^(?P<path>.*)$", pages.workspace),
]

handler400 = "servewell.site.pages.bad_request"
handler403 = "servewell.site.pages.forbidden"
handler404 = "servewell.site.pages.not_found"
handler500 = "servewell.site.pages.server_error"

"""How do we sign in without a password? By a short token that a long one (the refresh token) buys (RFC 6749, 6).

A token is kept in memory until shortly before its end. One that is refused is thrown away and a fresh one is tried
once; then the account fails with the code `oauth`, and a person gives us a new refresh token.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from servewell.apps.base import clock, outside
from servewell.apps.base.errors import AddressRefused, OutsideFailure
from servewell.apps.channels.email import actions, options
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.options import Box, OAuth
from servewell.apps.channels.frame.models import Account

T = TypeVar("T")
_EARLY = timedelta(seconds=90)  # before its end a token is not used any more
_USUAL = timedelta(minutes=5)  # how long one lives that does not say
_LONGEST = timedelta(days=1)
_REFUSED_WAIT = timedelta(minutes=5)
_LIMITS = outside.Limits(seconds=10.0, largest=2**18, redirects=0)


class Refused(Exception):
    """The mail server did not take a token."""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    ends_at: datetime


_tokens: dict[str, _Token] = {}
_one = threading.Lock()


def used(box: Box, sign_in: Callable[[str], T]) -> T:
    """Sign in with a token: one we have, else a fresh one; Fault `oauth` when a fresh one is refused too."""
    known = _known(box)
    if known is not None:
        try:
            return sign_in(known)
        except Refused:
            forget(box)
    try:
        return sign_in(_fresh(box))
    except Refused as fault:
        forget(box)
        raise Fault("oauth", str(fault), wait=_REFUSED_WAIT) from fault


def said(user: str, token: str) -> str:
    """Return what XOAUTH2 wants to hear, before it is put into base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def forget(box: Box) -> None:
    """Throw the token of a mailbox away."""
    with _one:
        _tokens.pop(_name(box), None)


def _known(box: Box) -> str | None:
    with _one:
        known = _tokens.get(_name(box))
    return known.value if known is not None and known.ends_at - _EARLY > clock.now() else None


def _fresh(box: Box) -> str:
    """Buy a token with the refresh token that stands in the database: another process may have been given a new one."""
    oauth = _current(box)
    try:
        answer = _asked(oauth)
    except Fault as fault:
        again = _current(box)
        if fault.code != "oauth" or again.refresh_token == oauth.refresh_token:
            raise
        oauth, answer = again, _asked(again)
    renewed = answer.get("refresh_token")
    if isinstance(renewed, str) and renewed and renewed != oauth.refresh_token:
        actions.keep_refresh_token(box.account, oauth.refresh_token, renewed)
    token = _Token(answer["access_token"], clock.now() + _life(answer.get("expires_in")))
    with _one:
        _tokens[_name(box)] = token
    return token.value


def _current(box: Box) -> OAuth:
    account = Account.objects.filter(pk=box.account).first()
    oauth = options.of(account).oauth if account is not None else box.oauth
    if oauth is None:
        raise Fault("oauth")
    return oauth


def _life(seconds: Any) -> timedelta:
    known = isinstance(seconds, int | str) and not isinstance(seconds, bool) and str(seconds).isdigit()
    return min(_LONGEST, timedelta(seconds=int(str(seconds)[:9]))) if known else _USUAL


def _asked(oauth: OAuth) -> dict[str, Any]:
    """Ask for a token; Fault `oauth` where we are refused, `unreachable` where it may pass."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": oauth.refresh_token,
        "client_id": oauth.client_id,
        **({"client_secret": oauth.client_secret} if oauth.client_secret else {}),
        **({"scope": oauth.scope} if oauth.scope else {}),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        reply = outside.fetch("POST", oauth.token_url, headers=headers, body=urlencode(form).encode(), limits=_LIMITS)
    except AddressRefused as refusal:
        raise Fault("token_address") from refusal
    except OutsideFailure as failure:
        raise Fault("token_server", str(failure)) from failure
    return _read(reply)


def _read(reply: outside.Reply) -> dict[str, Any]:
    try:
        answer = json.loads(reply.body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    if reply.status == 200 and isinstance(answer.get("access_token"), str) and answer["access_token"].isascii():
        return answer
    if reply.status >= 500 or reply.status == 429:
        raise Fault("token_server", f"HTTP {reply.status}")
    words = " ".join(str(answer[key]) for key in ("error", "error_description") if answer.get(key))
    raise Fault("oauth", words or f"HTTP {reply.status}", wait=_REFUSED_WAIT)


def _name(box: Box) -> str:
    """Return by what a token is kept; one that a new refresh token makes wrong is refused and thrown away."""
    oauth = box.oauth
    parts = [oauth.token_url, oauth.client_id, oauth.scope] if oauth else []
    return json.dumps([str(box.account), box.imap.user, *parts])

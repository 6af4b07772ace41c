"""How do passwords of other systems lie in the database? Sealed with a key that is made from the installation's key.

A sealed text names its key (`<8 hex>:<token>`), so that the key can be changed: new texts are sealed with the first
key, old ones still open with the others (`SECRET_KEY_FALLBACKS`) until they are sealed anew.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

_SEALING, _MARKING = b"servewell.secrets.1", b"servewell.marks.1"


class Unopenable(Exception):
    """The text was sealed with a key that this installation does not have, or was altered."""


def seal(plain: str) -> str:
    """Return `plain` encrypted and authenticated (Fernet: AES-128-CBC, HMAC-SHA256), with its key's name before it."""
    key = _keys()[0]
    return f"{_name(key)}:{Fernet(key).encrypt(plain.encode()).decode()}"


def open_(sealed: str) -> str:
    """Return what was sealed; Unopenable when no key of ours fits."""
    name, _, token = sealed.partition(":")
    for key in _keys():
        if _name(key) == name:
            return _decrypted(key, token)
    raise Unopenable(f"no key named {name[:8]!r}")


def is_stale(sealed: str) -> bool:
    """Is it sealed with an older key?"""
    return not sealed.startswith(_name(_keys()[0]) + ":")


def mark(text: str) -> str:
    """Return the HMAC-SHA256 (64 hex digits) of `text`: tells texts apart; without our key nobody guesses them."""
    return _mark(settings.SECRET_KEY, text)


def marks(text: str) -> list[str]:
    """Return the marks of `text` with our key and the older ones, newest first: to find what was marked before."""
    return [_mark(secret, text) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def is_mark_of(text: str, marked: str) -> bool:
    """Was `text` marked so, with our key or an older one?"""
    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(_mark(secret, text), marked) for secret in known)


def _mark(secret: str | bytes, text: str) -> str:
    return hmac.new(_derived(secret, _MARKING), text.encode(), hashlib.sha256).hexdigest()


def _decrypted(key: bytes, token: str) -> str:
    try:
        return Fernet(key).decrypt(token.encode()).decode()
    except (InvalidToken, UnicodeEncodeError) as fault:
        raise Unopenable("the sealed text was altered") from fault


def _keys() -> list[bytes]:
    return [_derived(secret, _SEALING) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _derived(secret: str | bytes, purpose: bytes) -> bytes:
    """HKDF (RFC 5869): the installation's key itself signs sessions and must not also encrypt."""
    raw = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(force_bytes(secret))
    return base64.urlsafe_b64encode(raw)


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]

"""How does a receiver know that a call is ours, whole and fresh? By its signature (Standard Webhooks 1.0).

`webhook-signature` holds, for each valid secret, `v1,` and the Base64 of the HMAC-SHA256 over
`<webhook-id>.<webhook-timestamp>.<body>`. A secret is `whsec_` and the Base64 of the key.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

_PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)


def fresh_secret() -> str:
    """Return a new secret with 256 random bits."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(message: str, moment: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """Return the three headers of a call, signed with each secret of `keys`."""
    stamp = str(int(moment.timestamp()))
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signature(message, stamp, body, key) for key in keys),
    }


def signature(message: str, stamp: str, body: bytes, key: str) -> str:
    """Return one signature, `v1,` and Base64."""
    signed = b".".join([message.encode(), stamp.encode(), body])
    return "v1," + base64.b64encode(hmac.digest(_key(key), signed, hashlib.sha256)).decode()


def is_ours(given: Mapping[str, str], body: bytes, key: str, moment: datetime) -> bool:
    """Is a call with these headers (names in lower case) signed with `key`, and not older than five minutes?"""
    try:
        sent = datetime.fromtimestamp(int(given["webhook-timestamp"]), moment.tzinfo)
        wanted = signature(given["webhook-id"], given["webhook-timestamp"], body, key).encode()
        offered = given["webhook-signature"].encode().split(b" ")  # bytes: letters of any script compare
    except (KeyError, ValueError, OverflowError, OSError, binascii.Error):
        return False  # ValueError: also half a character
    return any(hmac.compare_digest(wanted, one) for one in offered) and abs(moment - sent) <= TOLERANCE


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)

"""By what do we know a customer again? What a channel or a person gives, brought into the form that is compared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from servewell.apps.base import addresses, cleaning
from servewell.apps.customers import phones
from servewell.apps.customers.errors import BadIdentity
from servewell.apps.customers.models import Identity as Known

KINDS = tuple(Known.Kind.values)  # surest first
MOST = 50  # identities of one customer
MOST_CLAIMS = 20  # claims of one customer; who types more in turn says nothing more
_LONGEST, _LONGEST_SOURCE = 400, 80  # characters
_RAW = "raw:"  # before a value that could not be read: it equals only itself


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody is known by, as it was given."""

    kind: str  # of KINDS
    value: str  # as written
    source: str = ""  # which system's id, which site's visitor; not for email and phone
    verified: bool = False  # the channel proved it: a mail that came from there, a code that was sent there
    claimed: bool = False  # only typed by whoever writes, and asserted by nobody else; a proof makes it none


@dataclass(frozen=True, slots=True)
class Read:
    """An identity in the form that is stored and compared."""

    kind: str
    source: str
    value: str  # normalised
    shown: str
    verified: bool
    is_raw: bool = False  # could not be read as its kind
    claimed: bool = False  # kept beside the record; never finds anybody, and keeps nobody from having it

    @property
    def key(self) -> tuple[str, str, str]:
        """What is unique among all customers."""
        return self.kind, self.source, self.value

    @property
    def is_proof(self) -> bool:
        """Does giving it prove who one is? An address or number that was only typed does not."""
        return not self.claimed and (self.verified or self.kind in (Known.Kind.EXTERNAL, Known.Kind.VISITOR))


def read(given: Identity, region: Callable[[], str]) -> Read:
    """Return what one of us entered as it is stored, which is no claim; BadIdentity says what is wrong with it."""
    found = _read(given, region)
    if found is None:
        raise BadIdentity(kind=given.kind if given.kind in KINDS else "other")
    return replace(found, claimed=False)


def read_all(given: Iterable[Identity], region: Callable[[], str]) -> list[Read]:
    """Return what a channel gave, each once, in the order of their keys; what cannot be read is kept raw.

    Nothing a customer sent is lost for being badly written; what is empty or of an unknown kind says nothing. What is
    claimed and given otherwise as well is no claim.
    """
    found: dict[tuple[str, str, str], Read] = {}
    for one in given:
        entry = _read(one, region) or _raw(one)
        if entry is not None:
            found[entry.key] = _surer(entry, found.get(entry.key))
    return [found[key] for key in sorted(found)][:MOST]


def searched(text: str, region: Callable[[], str]) -> list[str]:
    """Return what a search for `text` compares with values: as written and as an address or number would be stored."""
    written = cleaning.short_line(text, most=_LONGEST).text.strip()
    email, phone = addresses.email(written), phones.read(written, region()) if _has_digits(written) else None
    forms = [written, written.casefold(), email.value if email else "", phone.value if phone else ""]
    return [form for form in dict.fromkeys(forms) if form]


def _surer(entry: Read, before: Read | None) -> Read:
    verified = entry.verified or (before is not None and before.verified)
    claimed = entry.claimed and (before is None or before.claimed)
    return replace(entry, verified=verified, claimed=claimed and not verified)


def _read(given: Identity, region: Callable[[], str]) -> Read | None:
    found = _read_kind(given, region)
    return replace(found, claimed=given.claimed and not given.verified) if found else None


def _read_kind(given: Identity, region: Callable[[], str]) -> Read | None:
    if given.kind == Known.Kind.EMAIL:
        address = addresses.email(given.value)
        return Read("email", "", address.value, _cut(address.shown), given.verified) if address else None
    if given.kind == Known.Kind.PHONE:
        phone = phones.read(given.value, region())
        return Read("phone", "", phone.value, phone.shown, given.verified) if phone else None
    if given.kind not in KINDS:
        return None
    value, source = cleaning.short_line(given.value, most=_LONGEST + 1).text, _cut(given.source, _LONGEST_SOURCE)
    whole = 0 < len(value) <= _LONGEST and (bool(source) or given.kind == Known.Kind.VISITOR)
    return Read(given.kind, source, value, value, given.verified) if whole else None


def _raw(given: Identity) -> Read | None:
    """Unverified in any case: nobody can prove what cannot be read."""
    value = _cut(given.value)
    if given.kind not in KINDS or not value:
        return None
    source = "" if given.kind in (Known.Kind.EMAIL, Known.Kind.PHONE) else _cut(given.source, _LONGEST_SOURCE)
    return Read(given.kind, source, _RAW + value, value, verified=False, is_raw=True, claimed=given.claimed)


def _cut(text: str, most: int = _LONGEST) -> str:
    return cleaning.short_line(text, most=most).text


def _has_digits(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= 3

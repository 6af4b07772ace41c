"""May Servewell call this address? Only what lies outside: not this machine, not its network, not its cloud's metadata.

The name is resolved once, every address it has is checked, and the call goes to a checked address: a name that
answers differently the second time gains nothing. `outside.fetch` makes calls this way and checks each redirect again.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from servewell.apps.base import settings
from servewell.apps.base.errors import AddressRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Iterable[str]]

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call may go."""

    scheme: str  # http or https
    host: str  # for the Host header and the certificate
    port: int
    address: str  # what to connect to: checked, not to be resolved again
    path: str  # with the query


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        return False
    return True


settings.define("base.outbound_allowed", list, [], lambda value: all(map(_is_network, value)))


def check(url: str, *, resolve: Resolve | None = None, allowed: Iterable[str] | None = None) -> Target:
    """Return where a call to `url` may go; AddressRefused, with the reason, where it may not.

    `allowed` are networks inside that may be called all the same (default: the setting base.outbound_allowed).
    """
    parts = _parts(url)
    host = parts.hostname or ""
    port = _port(parts)
    networks = [ipaddress.ip_network(text) for text in (_allowed() if allowed is None else allowed)]
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in _resolved(resolve or lookup, host, port)]
    if not addresses:
        raise _refused(host, "unknown")
    for address in addresses:
        if not is_outside(address) and not any(_lies_in(address, network) for network in networks):
            raise _refused(host, "inside")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, str(addresses[0]), path)


def is_outside(address: Address) -> bool:
    """Is it an address of the public internet? What carries an IPv4 address inside is judged by that one."""
    inner = _inner(address)
    if inner is not None:
        return is_outside(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved and not _is_special(address)


def lookup(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system's resolver gives them; octal and decimal forms become plain ones."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as fault:
        raise _refused(url[:100], "host") from fault
    if parts.scheme not in PORTS:
        raise _refused(url[:100], "scheme")
    if parts.username is not None or parts.password is not None:
        raise _refused(parts.hostname or "", "user")
    if not parts.hostname or any(ord(c) <= 32 or ord(c) == 127 for c in url) or "\\" in url:
        raise _refused(url[:100], "host")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        return PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError as fault:
        raise _refused(parts.hostname or "", "host") from fault


def _resolved(resolve: Resolve, host: str, port: int) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return list(resolve(host, port))


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address within an IPv6 one: mapped, 6to4, Teredo, NAT64 or the old compatible form."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


_CARRIERS = [ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")]
# What is routable and yet leads to the machinery of a cloud.
_SPECIAL = [ipaddress.ip_network(text) for text in ("168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::254/128")]


def _is_special(address: Address) -> bool:
    return any(_lies_in(address, network) for network in _SPECIAL)


def _lies_in(address: Address, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    inner = _inner(address)
    return address in network or (inner is not None and inner in network)


def _allowed() -> list[str]:
    value: list[str] = settings.get("base.outbound_allowed")
    return value


def _refused(host: str, reason: str) -> AddressRefused:
    return AddressRefused(host=host, reason=reason)

"""From where does somebody come, without saying who? An address is cut to its network before anybody sees it."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_KEPT = {4: 24, 6: 48}  # bits: what a provider gives to a site, not to a person


def of(address: str | None) -> str:
    """Return the network of an IP address, `203.0.113.0/24` or `2001:db8:1::/48`; "" for none or none that is one."""
    found = parsed(address)
    return str(ip_network((found, _KEPT[found.version]), strict=False)) if found else ""


def shown(network: str) -> str:
    """Return a network as people read it: `203.0.113.*`, `2001:db8:1:*`; "" for none."""
    if not network:
        return ""
    found = ip_network(network)
    if found.version == 4:
        return f"{str(found.network_address).rpartition('.')[0]}.*"
    groups = found.network_address.exploded.split(":")[:3]
    return ":".join(f"{int(group, 16):x}" for group in groups) + ":*"


def parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    """Return the address, an IPv4 one that came in the clothes of IPv6 as what it is; None when it is not one."""
    try:
        found = ip_address((address or "").strip())
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found

"""Which addresses may Servewell call?"""

import ipaddress
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import ssrf
from servewell.apps.base.errors import AddressRefused


def names(**hosts: str) -> ssrf.Resolve:
    """Return a resolver that knows these hosts (`_` for `.`)."""
    return lambda host, port: [a for a in hosts.get(host.replace(".", "_").replace("-", "_"), "").split() if a]


def test_it_works() -> None:
    target = ssrf.check("https://shop.example/a?b=c", resolve=names(shop_example="93.184.216.34"), allowed=[])
    assert target == ssrf.Target("https", "shop.example", 443, "93.184.216.34", "/a?b=c")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",  # the metadata of most clouds
        "100.100.100.200",  # of Alibaba's, which is routable
        "168.63.129.16",  # of Azure's
        "100.64.0.1",  # carriers' shared space
        "0.0.0.0",  # noqa: S104 - an address to refuse, not to bind
        "255.255.255.255",
        "224.0.0.1",  # multicast
        "192.0.2.1",  # documentation
        "198.18.0.1",  # benchmarking
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",  # metadata over IPv6
        "[ff02::1]",
        "[::ffff:127.0.0.1]",  # IPv4 within IPv6, in each form
        "[::ffff:7f00:1]",
        "[2002:7f00:1::]",  # 6to4
        "[64:ff9b::127.0.0.1]",  # NAT64
        "[64:ff9b::a9fe:a9fe]",
        "[::127.0.0.1]",
        "[2001:0:53aa:64c:0:0:80ff:fffe]",  # Teredo, 127.0.0.1 inverted
    ],
)
def test_an_address_inside_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        ssrf.check(f"http://{host}/", allowed=[])
    assert refusal.value.values["reason"] == "inside"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",  # decimal
        "0177.0.0.1",  # octal
        "0x7f.0.0.1",  # hexadecimal
        "0x7f000001",
        "127.1",  # short
        "localhost",
        "LOCALHOST",
        "localhost.",
    ],
)
def test_odd_ways_to_write_this_machine_are_refused(host: str) -> None:
    """The system's own resolver turns them into plain addresses, as the call itself would."""
    with pytest.raises(AddressRefused):
        ssrf.check(f"http://{host}/", allowed=[])


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://shop.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://shop.example/", "scheme"),
        ("//shop.example/", "scheme"),
        ("shop.example", "scheme"),
        ("", "scheme"),
        ("http://user:word@shop.example/", "user"),
        ("http://shop.example@127.0.0.1/", "user"),  # what looks like a host is a user
        ("http://", "host"),
        ("http:///path", "host"),
        ("http://[::1", "host"),  # unclosed
        ("http://shop.example:99999/", "host"),
        ("http://shop.example:x/", "host"),
        ("http://shop.example\\@127.0.0.1/", "user"),  # a backslash is a slash to some
        ("http://shop.example/\\evil", "host"),
        ("http://shop.example/a b", "host"),
        ("http://shop.example/a\r\nX-Injected: 1", "host"),
        ("http://unknown.example/", "unknown"),
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        ssrf.check(url, resolve=names(shop_example="93.184.216.34"), allowed=[])
    assert refusal.value.values["reason"] == reason


def test_one_address_inside_among_many_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefused):
        ssrf.check("http://two.example/", resolve=names(two_example="93.184.216.34 10.0.0.1"), allowed=[])


def test_a_name_that_answers_differently_the_second_time_gains_nothing() -> None:
    """The call goes to the address that was checked; the name is not asked again."""
    answers: Iterator[list[str]] = iter([["93.184.216.34"], ["127.0.0.1"]])
    target = ssrf.check("http://rebind.example/", resolve=lambda host, port: next(answers), allowed=[])
    assert target.address == "93.184.216.34"
    with pytest.raises(AddressRefused):
        ssrf.check("http://rebind.example/", resolve=lambda host, port: next(answers), allowed=[])


def test_an_administrator_may_allow_a_network_inside() -> None:
    allowed = ["10.1.0.0/16", "fd00::/64"]
    assert ssrf.check("http://10.1.2.3:8080/x", allowed=allowed).port == 8080
    assert ssrf.check("http://[fd00::5]/", allowed=allowed).address == "fd00::5"
    assert ssrf.check("http://[::ffff:10.1.2.3]/", allowed=allowed).host == "::ffff:10.1.2.3"
    with pytest.raises(AddressRefused):
        ssrf.check("http://10.2.0.1/", allowed=allowed)


def test_a_link_local_address_with_a_zone_is_refused() -> None:
    with pytest.raises(AddressRefused):
        ssrf.check("http://x.example/", resolve=names(x_example="fe80::1%eth0"), allowed=[])


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_all_its_ipv6_disguises(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    disguises = [
        ipaddress.IPv6Address(0xFFFF << 32 | number),  # mapped
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),  # 6to4
        ipaddress.IPv6Address(0x64FF9B << 96 | number),  # NAT64
    ]
    assert {ssrf.is_outside(disguise) for disguise in disguises} == {ssrf.is_outside(address)}


@given(
    st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="127.0.0.0/8") | st.ip_addresses(network="fc00::/7")
)
def test_no_private_address_is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not ssrf.is_outside(address)

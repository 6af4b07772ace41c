"""Where may the web process listen, and what is it called there?"""

import socket

import pytest

from servewell.site import web
from servewell.site.errors import HostUnusable, PortBusy


def test_it_works() -> None:
    """A free port on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    web.refuse_busy("127.0.0.1", port)


def test_a_busy_port_is_refused_with_another_to_try() -> None:
    """In both languages the option is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortBusy) as refusal:
            web.refuse_busy("127.0.0.1", port)
    assert f"--port {port + 1}" in refusal.value.sentence("zh-Hans")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    """With the option to use."""
    with pytest.raises(HostUnusable, match="--host"):
        web.refuse_busy(host, 8000)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),  # noqa: S104 - everywhere is no address to type
        ("::1", "http://[::1]:8000/"),
        ("help.example.com", "http://help.example.com:8000/"),
    ],
)
def test_what_a_person_types_into_the_browser(host: str, url: str) -> None:
    """Also when we listen everywhere."""
    assert web.url(host, 8000) == url


def test_only_names_of_where_we_listen_are_answered() -> None:
    """Else a page elsewhere could speak to us under a name of its own."""
    assert set(web.names_of("127.0.0.1")) == {"localhost", "127.0.0.1", "[::1]"}
    assert "10.0.0.7" in web.names_of("10.0.0.7")
    assert socket.gethostname() in web.names_of("0.0.0.0")  # noqa: S104


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("127.0.0.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)],  # noqa: S104
)
def test_what_others_can_reach(host: str, only_here: bool) -> None:
    """The demo warns where its published password would open the door to others."""
    assert web.is_loopback(host) is only_here

"""The web process: granian serving our ASGI entry. May it listen where it was told to?"""

import contextlib
import errno
import ipaddress
import os
import socket

from servewell.site import offspring
from servewell.site.errors import HostUnusable, PortBusy

_EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not listened on
TARGET = "servewell.site.web_entry:application"


def serve(host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way get five seconds."""
    os.environ["SERVEWELL_PROCESS"] = "web"  # for the settings of the processes that granian starts
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servewell.site.settings")
    os.environ.setdefault("SERVEWELL_ALLOWED_HOSTS", ",".join(names_of(host)))
    os.environ.update(offspring.announce_parent())
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


def refuse_busy(host: str, port: int) -> None:
    """Raise PortBusy or HostUnusable before anything is started."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise HostUnusable(host=host) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortBusy(host=host, port=port, other=port + 1 if port < 65535 else 8000) from error
        raise HostUnusable(host=host) from error


def is_loopback(host: str) -> bool:
    """Can only this machine reach what listens there?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def names_of(host: str) -> list[str]:
    """Return the names a browser may ask for: loopback, what we listen on; for all addresses, the machine's own."""
    names = {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host}
    if host in _EVERYWHERE:
        machine = socket.gethostname()
        names |= {machine, socket.getfqdn()}
        with contextlib.suppress(OSError):
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(machine, None)}
            names |= {f"[{name}]" if ":" in name else name for name in found}
    return sorted(names)


def url(host: str, port: int) -> str:
    """Return what a person types into the browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"

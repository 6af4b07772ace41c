"""A real web process for tests: granian with our entry, on a free port and the test's database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

COMMAND = "import sys; from servewell.site.web import serve; serve('127.0.0.1', int(sys.argv[1]), 1)"


@dataclass(frozen=True, slots=True)
class Web:
    """A running web process."""

    process: "subprocess.Popen[bytes]"
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> float:
        """Send SIGTERM and wait; return the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began


@contextmanager
def web(database: str, **environment: str) -> Iterator[Web]:
    """Run a web process for the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {**os.environ, "SERVEWELL_DATABASE_URL": database, **environment}
    process = subprocess.Popen([sys.executable, "-c", COMMAND, str(port)], env=given)
    served = Web(process, port)
    try:
        _wait(served)
        yield served
    finally:
        if process.poll() is None:
            served.stop()


def _wait(served: Web) -> None:
    for _ in range(300):
        with suppress(OSError), urllib.request.urlopen(f"{served.url}/healthz", timeout=2) as answer:  # noqa: S310 - ours
            if answer.status == 200:
                return
        if served.process.poll() is not None:
            raise RuntimeError(f"the web process ended with {served.process.returncode}")
        time.sleep(0.1)
    raise TimeoutError("the web process does not answer")

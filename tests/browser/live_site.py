"""How does a test get the whole thing? `servewell up` on a free port, over a database and a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_S = 60.0  # a loaded machine; an idle one takes three


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    data: Path, log: Path, *options: str, environment: dict[str, str] | None = None, patience: float = START_S
) -> Iterator[str]:
    """Run `servewell up` for the block; yield its URL without a slash at the end."""
    port = free_port()
    command = [sys.executable, "-m", "servewell.site.cli", "up", "--data", str(data), "--port", str(port), *options]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env=os.environ | (environment or {}), stdout=said, stderr=subprocess.STDOUT, process_group=0
        )
        try:
            yield _when_ready(process, f"http://127.0.0.1:{port}", log, patience)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _when_ready(process: "subprocess.Popen[bytes]", url: str, log: Path, patience: float) -> str:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"servewell up ended with {process.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return url
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"servewell up does not answer after {patience:.0f} s:\n{log.read_text()}")

"""A whole Servewell in a folder of its own, run by its command line as a person runs it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servewell.site.embedded_postgres import processes

PATIENCE = 60.0  # seconds for whatever has to happen


@dataclass
class Installation:
    """One data folder and what is run on it."""

    data: Path
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)  # beside ours
    _ups: "list[subprocess.Popen[str]]" = field(default_factory=list)  # the last one is the present one

    def command(self, *words: str, text: str | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run `servewell words...` to its end."""
        return subprocess.run(
            [*SERVEWELL, *words],
            check=False,
            capture_output=True,
            text=True,
            input=text,
            timeout=PATIENCE * 2,
            env=self.surroundings() | environment,
        )

    def surroundings(self) -> dict[str, str]:
        """Return an environment that nothing of the test run's own leaks into."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SERVEWELL_", "DJANGO_"))}
        return kept | {"SERVEWELL_DATA": str(self.data), "LC_ALL": "C.UTF-8"} | self.environment

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Run `servewell up` without waiting for it."""
        self.port = self.port or free_port()
        command = [*SERVEWELL, "up", "--json", "--port", str(self.port), *words]
        pipe = subprocess.PIPE
        started = subprocess.Popen(
            command, env=self.surroundings(), stdout=pipe, stderr=pipe, text=True, process_group=0
        )
        self._ups.append(started)
        return started

    def up(self, *words: str) -> dict[str, Any]:
        """Run `servewell up` until it says that it is ready; return what it says."""
        process = self.start(*words)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        found: dict[str, Any] = json.loads(line)
        return found

    @property
    def pid(self) -> int:
        """The supervisor's."""
        return self._ups[-1].pid

    def health(self) -> int:
        """Return the status of /healthz; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=15) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0

    def postmaster(self) -> int | None:
        """Return the database's pid."""
        return processes.postmaster(self.data / "postgres")

    def family(self) -> dict[int, str]:
        """Return pid and command line of every process of ours: those that know our data folder, and PostgreSQL's."""
        found = dict.fromkeys(processes.members(self.data / "postgres"), "postgres")
        mark = f"SERVEWELL_DATA={self.data}".encode()
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    if line.strip():  # a zombie has none
                        found[int(entry.name)] = line
        return found

    def children(self, words: str, *, of: int) -> list[int]:
        """Return the pids of a process's children whose command line holds `words`."""
        return [pid for pid, line in self.family().items() if words in line and processes.parent(pid) == of]

    def kill(self, *pids: int) -> None:
        """Kill -9; some may be gone already, by the death of the others."""
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def terminate(self) -> float:
        """Send SIGTERM to `servewell up`; return the seconds until it ended."""
        began = time.monotonic()
        self._ups[-1].send_signal(signal.SIGTERM)
        self._ups[-1].wait(PATIENCE * busy())
        return time.monotonic() - began

    def clean(self) -> None:
        """End everything, however a test went."""
        self.kill(*self.family())
        for process in self._ups:
            process.kill()
            process.communicate()


SERVEWELL = [sys.executable, "-m", "servewell.site.cli"]


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def busy() -> float:
    """Return how many times longer than on an idle machine things may take now."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def until(condition: Any, seconds: float = PATIENCE) -> bool:
    """Wait for a condition (longer on a busy machine); return whether it came true."""
    end = time.monotonic() + seconds * busy()
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False

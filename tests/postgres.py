"""A PostgreSQL server of its own for a test: of any version that came with us, or of programs edited for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servewell.site.embedded_postgres import binaries, cluster, folder, processes


@contextmanager
def server(data: Path, programs: binaries.Binaries) -> Iterator[str]:
    """Run a cluster of these programs; yield the superuser's URL."""
    runner = binaries.Runner.chosen()
    folder.prepare(data, runner)
    home = folder.cluster(data)
    cluster.create(programs, runner, home, folder.fresh_password(data))
    try:
        port = cluster.start(programs, runner, home, folder.free_port(data), fast=True)
        url = folder.url(data, port)
        cluster.see_to_database(url)
        yield url
    finally:
        processes.clear(home)


@contextmanager
def shipped(major: int, data: Path) -> Iterator[str]:
    """Run one of the wheel's versions; yield the superuser's URL."""
    with server(data, binaries.shipped(major, binaries.Runner.chosen())) as url:
        yield url

"""A PostgreSQL of the administrator's own: what does Servewell say when it does not fit?

The server is the wheel's PostgreSQL 16 with scram over TCP; where pgvector has to be missing or old, a copy of its
programs without, or with another, control file.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.postgres import server, shipped

from servewell.site import database
from servewell.site.embedded_postgres import binaries, folder, processes
from servewell.site.errors import (
    DatabaseMissing,
    DatabaseOld,
    DatabaseRefused,
    DatabaseUnreachable,
    DatabaseUrlWrong,
    SiteError,
    VectorMissing,
    VectorNotAllowed,
    VectorOld,
)

Edit = Callable[[Path], None]


@pytest.fixture(autouse=True)
def no_database() -> None:
    """Tell the harness that these tests bring servers of their own."""


@pytest.fixture(scope="module")
def sixteen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The wheel's PostgreSQL 16."""
    with shipped(16, tmp_path_factory.mktemp("sixteen") / "data") as url:
        yield url


@pytest.fixture
def without(tmp_path: Path) -> Iterator[Callable[[Edit], str]]:
    """Make servers whose pgvector was edited."""
    running = []

    def make(edit: Edit) -> str:
        runner = binaries.Runner.chosen()
        source = binaries.shipped(16, runner).home
        copy = binaries._copied(source, Path(f"/tmp/servewell-test-{tmp_path.name}"))  # noqa: S108 - readable by all
        edit(copy / "share/postgresql/extension/vector.control")
        running.append(server(tmp_path / "data", binaries.Binaries(16, copy)))
        return running[-1].__enter__()

    yield make
    for one in running:
        one.__exit__(None, None, None)
    shutil.rmtree(f"/tmp/servewell-test-{tmp_path.name}")  # noqa: S108


def refused(url: str, kind: type[SiteError]) -> str:
    """Return the sentence with which a database is refused, the same in substance in both languages."""
    with pytest.raises(kind) as refusal:
        database.check(url)
    assert refusal.value.exit_code == 2
    assert refusal.value.sentence("zh-Hans")
    return refusal.value.sentence("en")


def test_it_works(sixteen: str) -> None:
    """PostgreSQL 16 with pgvector fits; pgvector is switched on."""
    database.check(sixteen)
    with psycopg.connect(sixteen) as connection:
        assert connection.execute("select '[1,2]'::vector <-> '[1,2]'::vector").fetchone() == (0.0,)


def test_a_wrong_password(sixteen: str) -> None:
    """The sentence names server, user and variable, and no password."""
    sentence = refused(make_conninfo(sixteen, password="wrong-one"), DatabaseRefused)
    assert "servewell" in sentence
    assert "SERVEWELL_DATABASE_URL" in sentence
    assert "wrong-one" not in sentence


def test_a_user_that_is_not_there(sixteen: str) -> None:
    """Scram does not tell it from a wrong password."""
    assert "nobody-here" in refused(make_conninfo(sixteen, user="nobody-here"), DatabaseRefused)


def test_a_database_that_is_not_there(sixteen: str) -> None:
    """The sentence says how to create it."""
    assert "createdb nowhere" in refused(make_conninfo(sixteen, dbname="nowhere"), DatabaseMissing)


def test_nobody_listens() -> None:
    """The reason is the system's own, in a few words."""
    sentence = refused("postgresql://a:b@127.0.0.1:1/c", DatabaseUnreachable)
    assert "127.0.0.1:1" in sentence
    assert "refused" in sentence


def test_a_host_that_does_not_exist() -> None:
    """A slip in the name."""
    assert "db.invalid" in refused("postgresql://a:b@db.invalid/c", DatabaseUnreachable)


@pytest.mark.parametrize("url", ["postgresql://a:b@host:not-a-port/c", "mysql://a:b@host/c", "nonsense"])
def test_a_url_that_cannot_be_read(url: str) -> None:
    """The sentence shows the form."""
    assert "postgresql://user:password@host:5432/database" in refused(url, DatabaseUrlWrong)


def test_an_old_server() -> None:
    """15.8 as it reports itself; the real one is tried among the slow tests."""
    with pytest.raises(DatabaseOld, match=r"15\.8.*16"):
        database.refuse_old_server(150008)
    database.refuse_old_server(160000)


def test_pgvector_missing(without: Callable[[Edit], str]) -> None:
    """The sentence says what to install where."""
    url = without(Path.unlink)
    assert "pgvector 0.7" in refused(url, VectorMissing)


def test_pgvector_too_old(without: Callable[[Edit], str]) -> None:
    """Also when the old one is switched on already."""

    def edit(control: Path) -> None:
        control.write_text("comment = 'old'\ndefault_version = '0.6.2'\nrelocatable = true\n")

    assert "0.6.2" in refused(without(edit), VectorOld)


def test_a_user_who_may_not_switch_pgvector_on(sixteen: str) -> None:
    """The sentence holds the statement for the superuser; after it, the database fits."""
    with psycopg.connect(sixteen, autocommit=True) as connection:
        connection.execute("create role plain login password 'plain'")
        connection.execute("create database plain owner plain")
    url = make_conninfo(sixteen, user="plain", password="plain", dbname="plain")
    assert "create extension vector" in refused(url, VectorNotAllowed)
    with psycopg.connect(make_conninfo(sixteen, dbname="plain"), autocommit=True) as connection:
        connection.execute("create extension vector")
    database.check(url)


@pytest.mark.slow
def test_debians_postgresql_15(tmp_path: Path) -> None:
    """A real old server."""
    programs = Path("/usr/lib/postgresql/15/bin")
    if not (programs / "postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed (apt-get install postgresql-15)")
    runner, port = binaries.Runner.chosen(), folder.free_port(tmp_path)
    home = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        shutil.chown(home, runner.uid, runner.gid)
        runner.run([programs / "initdb", "-D", home / "db", "-U", "servewell", "--auth=trust"]).check_returncode()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        runner.run([programs / "pg_ctl", "-D", home / "db", "-l", home / "log", "-w", "-o", options, "start"])
        sentence = refused(f"postgresql://servewell@127.0.0.1:{port}/postgres", DatabaseOld)
    finally:
        processes.clear(home / "db")
        shutil.rmtree(home)
    assert "PostgreSQL 15." in sentence

"""What does a contact cost by API and by mail, beside django-helpdesk? `benchmarks/intake_channels.py [--size 10k]`.

1. Both sites stand on desks of the same size, in databases of one PostgreSQL, as in `intake.py`.
2. API: a new conversation over HTTP, in turn; ours with an API key, as programs come, the peer's ticket with a session.
3. Mail: the same MIME files are put into two mailboxes of one Dovecot while nobody looks. Then our worker fetches its
   backlog (a connection that is kept), the peer its own by its `get_email`, in one process that stays (its cron would
   start anew each time), in turn. Counted is all that each site's processes and PostgreSQL use until everything is
   received and indexed; Dovecot's part is not.
4. What becomes of a mail that comes twice, of an answer by its References, of a stranger who names somebody's ticket in
   the subject?

Keys go to benchmarks/out/intake.json; ratios are peer / ours, above 1 is better.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import intake
import intake_load
import intake_mails
import intake_peer
import publish
from intake_cost import Task, cpu_s, in_turn
from intake_mails import Mail
from intake_sites import SIZES, Server, Site, at, database, our_site, working
from intake_statements import counted_received, sign_in

HERE = Path(__file__).resolve().parent
ROUNDS = 3
PATIENCE = 600.0  # seconds for a backlog
OURS, THEIRS = "ours@bench.example", "theirs@bench.example"
Spent = tuple[float, float, float]  # seconds of the web, the worker (of the peer: its command), PostgreSQL


def main() -> None:
    options = _options()
    name = options.size
    with database(options.server) as server:
        intake_peer.install(server)
        intake_load.fill(server, name, True)
        intake.told("channels", lambda: measured(server, name, options.requests, options.mails))
    publish.main()


def measured(server: Server, name: str, requests: int, mails: int) -> dict[str, Any]:
    """Return what contacts cost at a size."""
    from tests.mailservers import dovecot

    with at(f"desk_{name}"):
        key, found = _key(), counted_received()
    found |= {"channels_desk": SIZES[name], "channels_mails": mails}
    session = {"Authorization": f"Bearer {key}"}
    with dovecot() as mailhouse, intake_peer.site(server, name) as other, our_site(server, name, session) as own:
        with at(f"desk_{name}"):
            _mailbox(mailhouse.imap_port)
        with working(own), _fetching(server, name, mailhouse.imap_port) as peer:
            found |= _api(own, other, requests)
            found |= _mail(own, peer, mailhouse, mails)
            found |= _behaviour(own, peer, mailhouse)
    return found


def _api(own: Site, other: Site, requests: int) -> dict[str, Any]:
    tasks = [
        Task("channels_api", own, intake.messages(own, own.headers), requests, writes=True),
        Task("channels_api_django_helpdesk", other, intake_peer.create(other), requests),
    ]
    in_turn(tasks)
    return {key.removesuffix("_"): value for task in tasks for key, value in task.figures("").items()}


def _mail(own: Site, peer: "Peer", mailhouse: Any, mails: int) -> dict[str, Any]:
    """Let both fetch the same backlogs in turn; return what one mail cost."""
    run, spent = os.urandom(4).hex(), {"ours": [0.0] * 3, "theirs": [0.0] * 3}
    for turn in range(ROUNDS + 1):  # the first warms
        backlog = intake_mails.mails(f"{run}-{turn}", mails // ROUNDS if turn else 10)
        _deliver(mailhouse, backlog)
        costs = {"ours": _ours(own, len(backlog)), "theirs": peer.fetch(own)}
        for whose, cost in costs.items() if turn else ():
            spent[whose] = [sum(pair) for pair in zip(spent[whose], cost, strict=True)]
    each = mails // ROUNDS * ROUNDS
    found = _figures("mail", spent["ours"], each) | _figures("mail_django_helpdesk", spent["theirs"], each)
    return found | {"mail_ratio_django_helpdesk": round(sum(spent["theirs"]) / sum(spent["ours"]), 2)}


def _figures(key: str, spent: list[float], each: int) -> dict[str, Any]:
    names = zip(("web_ms", "worker_ms", "postgres_ms"), spent, strict=True)
    found = {f"{key}_{what}": round(seconds / each * 1000, 2) for what, seconds in names}
    return found | {f"{key}_cpu_ms": round(sum(spent) / each * 1000, 2)}


def _deliver(mailhouse: Any, backlog: list[Mail]) -> None:
    for mail in backlog:
        for address in (OURS, THEIRS):
            mailhouse.deliver(address, mail.to(address), sender=mail.sender)


def _ours(own: Site, many: int) -> Spent:
    """Let our worker go on until it has received and indexed everything; stop it again."""
    assert own.worker is not None
    before, wanted = _spent(own), _received(own) + many
    os.killpg(own.worker, signal.SIGCONT)
    _until(lambda: _received(own) >= wanted)
    own.drain()
    after = _spent(own)
    os.killpg(own.worker, signal.SIGSTOP)
    return tuple(now - was for was, now in zip(before, after, strict=True))  # type: ignore[return-value]


def _spent(own: Site) -> Spent:
    return cpu_s(own.pid), cpu_s(own.worker or 0), cpu_s(own.server.pid)


def _received(own: Site) -> int:
    return int(_asked(own, "select count(*) from channels_arrival where state <> 'waiting'"))


def _asked(own: Site, question: str, database: str = "") -> Any:
    with _connected(own.server.of(database or own.database)).cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row[0] if row else None


@cache
def _connected(url: str) -> Any:
    """One connection for all questions: a new one each time would count as the site's."""
    import psycopg

    return psycopg.connect(url, autocommit=True)


def _until(there: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not there():
        if time.monotonic() > ends:
            raise SystemExit("the mails did not come in")
        time.sleep(0.1)


class Peer:
    """django-helpdesk's command that fetches mails, in a process that stays."""

    def __init__(self, process: "subprocess.Popen[str]", database: str) -> None:
        self.process, self.database = process, database

    def fetch(self, own: Site) -> Spent:
        """Let it fetch all that there is; return what that cost."""
        before = (cpu_s(self.process.pid), cpu_s(own.server.pid))
        self.say("get")
        after = (cpu_s(self.process.pid), cpu_s(own.server.pid))
        return 0.0, after[0] - before[0], after[1] - before[1]

    def say(self, words: str) -> str:
        """Have it do something, and wait for the answer."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("done"):
                return line.removeprefix("done").strip()
        raise SystemExit("the peer's command ended")


@contextmanager
def _fetching(server: Server, name: str, port: int) -> Iterator[Peer]:
    command = [str(intake_peer.PEER / "bin" / "python"), str(HERE / "intake_helpdesk.py"), "mail", str(port), THEIRS]
    environment = {**os.environ, **intake_peer.environment(server, f"helpdesk_{name}")}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE, env=environment
    )
    try:
        yield Peer(process, f"helpdesk_{name}")
    finally:
        process.terminate()
        process.wait(30)


def _behaviour(own: Site, peer: Peer, mailhouse: Any) -> dict[str, Any]:
    """Return how many conversations (tickets) come of a mail twice, its answer, and a stranger who names it."""
    run = os.urandom(4).hex()
    first = intake_mails.mail(f"{run}-first", "Where is my parcel?", "It has not come.")
    words = {"sender": first.sender, "answers": f"{run}-first"}
    answer = intake_mails.mail(f"{run}-answer", "Something else", "One thing more.", **words)
    return {
        **_made(own, peer, mailhouse, "replayed", [first, first], [first, first]),
        **_made(own, peer, mailhouse, "references", [answer], [answer]),
        **_made(own, peer, mailhouse, "stranger", *_strangers(own, peer, run)),
    }


def _made(  # noqa: PLR0917 - two sites, two mailboxes
    own: Site, peer: Peer, mailhouse: Any, what: str, ours: list[Mail], theirs: list[Mail]
) -> dict[str, Any]:
    before = (_conversations(own), _tickets(own, peer))
    for address, those in ((OURS, ours), (THEIRS, theirs)):
        for mail in those:
            mailhouse.deliver(address, mail.to(address), sender=mail.sender)
    _ours(own, len(ours))
    peer.fetch(own)
    return {
        f"mail_{what}_makes": _conversations(own) - before[0],
        f"mail_{what}_makes_django_helpdesk": _tickets(own, peer) - before[1],
    }


def _strangers(own: Site, peer: Peer, run: str) -> list[list[Mail]]:
    """A mail of somebody else that names the newest conversation, or ticket, as each site writes it."""
    number = _asked(own, "select max(number) from conversations_conversation")
    ticket = _asked(own, "select max(id) from helpdesk_ticket", peer.database)
    return [
        [intake_mails.mail(f"{run}-stranger", f"Re: {named} Where is my parcel?", "What did they say?")]
        for named in (f"[#{number}]", f"[q0-{ticket}]")
    ]


def _conversations(own: Site) -> int:
    return int(_asked(own, "select count(*) from conversations_conversation"))


def _tickets(own: Site, peer: Peer) -> int:
    return int(_asked(own, "select count(*) from helpdesk_ticket", peer.database))


def _key() -> str:
    """Return a key that may hand in messages, as many as it likes; none of its requests is to be turned away."""
    from servewell.apps.base import settings
    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.people import actions as people
    from servewell.apps.people.models import User

    sign_in("boss", "administrator")
    settings.put(SYSTEM, "people.key_requests_per_minute", 1_000_000)
    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.1/32"])
    boss = User.objects.get(username="boss").principal()
    return str(people.create_key(boss, "bench", ["conversations.receive"], None)[1])


def _mailbox(port: int) -> None:
    """Have one mailbox, of this run's Dovecot."""
    from tests.mailservers import PASSWORD

    from servewell.apps.channels.frame import actions
    from servewell.apps.channels.frame.models import Account
    from servewell.apps.people.models import User

    boss = User.objects.get(username="boss").principal()
    for old in Account.objects.filter(channel="email", removed_at=None):
        actions.remove(boss, old.id)
    said = {"imap_host": "127.0.0.1", "imap_port": port, "imap_security": "none", "imap_user": OURS}
    said |= {"smtp_host": "127.0.0.1", "smtp_security": "none", "password": PASSWORD, "take_old": True}
    actions.create(boss, "email", {"name": "Bench", "address": OURS, "options": said})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--size", default="10k", choices=[*SIZES], help="of both desks")
    parser.add_argument("--requests", type=int, default=600, help="by API")
    parser.add_argument("--mails", type=int, default=600, help="in three backlogs")
    parser.add_argument("--server", help="folder of a server that is kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    main()

"""Workers are killed at every point of claim, call and settle: nothing is lost, nothing doubled, order kept."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests import build
from tests.service.apps.channels.frame import dying
from tests.service.apps.channels.stub import OtherSide

from servewell.apps.base.models import Outgoing as Call
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import actions
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Message

ROOT = Path(__file__).parents[5]
CONVERSATIONS, REPLIES, ARRIVALS = 3, 3, 6


@pytest.fixture
def over_there(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def conversation_ids(database_url: str, account: Account) -> list[UUID]:
    """Return conversations with replies that wait, and let some arrivals wait too."""
    found = []
    for at in range(CONVERSATIONS):
        inbound = build.inbound(channel="sms", source="stub", account=account.id, external_id=f"c{at}")
        found.append(conversations.receive(SYSTEM, inbound).conversation_id)
    for number in range(REPLIES):
        for conversation in found:
            conversations.reply(SYSTEM, conversation, text=str(number))
    for number in range(ARRIVALS):
        actions.arrived(account, str(number), f"li: {number}".encode())
    return found


class Workers:
    """Where workers come from: one process forks them all."""

    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
        self.process = subprocess.Popen(
            [sys.executable, dying.__file__], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def begin(self, folder: Path, moment: str = "never", number: int = 1, seconds: float = 0) -> int:
        """Let one begin; return its pid."""
        return self._told(f"begin {folder} {moment} {number} {seconds}")

    def end(self, pid: int) -> int:
        """Wait for one to end; return its exit status, or less than 0: the signal."""
        return self._told(f"end {pid}")

    def _told(self, order: str) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def workers(django_db_setup: None) -> Iterator[Workers]:
    made = Workers()
    yield made
    made.process.communicate(timeout=60)


def check(over_there: Path, conversation_ids: list[UUID]) -> None:
    """What went out went once and in its order; what came in is one message each."""
    kept = [file.read_text().split() for file in over_there.iterdir() if not file.name.endswith(".new")]
    order = sorted((int(at), one, text) for at, one, text in kept)
    for conversation in conversation_ids:
        assert [text for _, one, text in order if one == str(conversation)] == [str(n) for n in range(REPLIES)]
    assert len(order) == CONVERSATIONS * REPLIES
    ours = Message.objects.filter(author_kind="system")
    assert set(ours.values_list("delivery", flat=True)) == {"sent"}
    assert all(one.external_id.startswith(f"there-{one.id}") for one in ours)
    assert list(Arrival.objects.exclude(state="taken").values_list("state", "outcome", "words", "attempt")) == []
    theirs = Message.objects.filter(source__startswith="stub:").order_by("position")
    assert sorted(theirs.values_list("text", flat=True)) == [str(number) for number in range(ARRIVALS)]
    assert not Call.objects.filter(kind="channels.send").exclude(state="done").exists()


@pytest.mark.parametrize("when", [(moment, number) for moment in dying.MOMENTS for number in (1, 4)])
def test_it_works(
    conversation_ids: list[UUID], over_there: Path, side: OtherSide, workers: Workers, when: tuple[str, int]
) -> None:
    """One worker dies, the next takes its work over when its lease is over."""
    moment, number = when
    fails = moment == "waiting"
    if fails:
        for id_ in Message.objects.filter(author_kind="system").values_list("id", flat=True):
            (over_there / f"fails-{id_}").touch()
        number = min(number, CONVERSATIONS)
    assert workers.end(workers.begin(over_there, moment, number)) == -signal.SIGKILL
    for ahead in range(300, 1800 if fails else 301, 300):  # what failed once is due later, and its next one after it
        assert workers.end(workers.begin(over_there, seconds=ahead)) == 0
    check(over_there, conversation_ids)


def test_several_workers_killed_at_any_moment(
    conversation_ids: list[UUID], over_there: Path, side: OtherSide, workers: Workers
) -> None:
    """Two at a time, killed from outside whenever; at last two that live."""
    lot = random.Random(20261122)
    for turn in range(4):  # what kills its reader five times is set aside: that is another test
        pair = [workers.begin(over_there, seconds=300 * turn) for _ in range(2)]
        time.sleep(lot.random() / 3)
        for pid in pair:
            os.kill(pid, signal.SIGKILL)
        assert {workers.end(pid) for pid in pair} <= {-signal.SIGKILL, 0}
    for last in (1500, 1800):
        pair = [workers.begin(over_there, seconds=last) for _ in range(2)]
        assert [workers.end(pid) for pid in pair] == [0, 0]
    check(over_there, conversation_ids)

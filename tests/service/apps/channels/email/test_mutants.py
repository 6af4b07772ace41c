"""Is a mail taken in or set aside, whatever was done to it? Never lost, never a crash, in bounded time and memory."""

import os
import shutil
import time
import tracemalloc
from collections import Counter
from contextlib import suppress

import pytest
from django.conf import settings as deployment
from django.db import transaction
from tests.service.apps.channels.email import mutants, postbox

from servewell.apps.channels.email import receiving
from servewell.apps.channels.frame.kinds import Unfit
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import Message

FEW, MANY = 300, int(os.environ.get("SERVEWELL_MUTANTS", "100000"))
_KEPT = 500  # mutants whose files may lie there
_LONGEST_S = 20.0  # of processor time for one: many times what the slowest took, for slow machines
_MOST_MEMORY = 100 * 2**20  # bytes that reading one of at most 200 kB may take


@pytest.mark.django_db
def test_it_works(box: Account) -> None:
    """The seeds themselves, whole and untouched, are all taken."""
    seeds = mutants.seeds()
    assert Counter(_alone(box, raw) for raw in seeds) == {"taken": len(seeds) - 2, "passed": 2}  # two are reports


@pytest.mark.django_db
def test_a_few_hundred(box: Account) -> None:
    """Some mutants, each its whole way through the database."""
    _all_settled(box, range(FEW))


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
@pytest.mark.django_db
def test_100_000(box: Account) -> None:
    """Very many mutants."""
    _all_settled(box, range(FEW, FEW + MANY))


@pytest.mark.django_db
def test_memory(box: Account) -> None:
    """What reading takes is bounded by the size of the mail."""
    seeds = mutants.seeds()
    tracemalloc.start()
    try:
        for number in range(100):
            raw = mutants.mutant(number, seeds)
            tracemalloc.reset_peak()
            _read(box, raw)
            assert tracemalloc.get_traced_memory()[1] < _MOST_MEMORY, number
    finally:
        tracemalloc.stop()


def _all_settled(box: Account, numbers: range) -> None:
    seeds = mutants.seeds()
    for number in numbers:
        raw = mutants.mutant(number, seeds)
        began = time.process_time()
        fate = _alone(box, raw)
        assert fate in {"taken", "passed", "aside unreadable"}, f"mutant {number}: {fate}"
        assert time.process_time() - began < _LONGEST_S, f"mutant {number}"
        if number % _KEPT == 0:  # what was rolled back left its files
            shutil.rmtree(deployment.DATA / "attachments", ignore_errors=True)


def _alone(box: Account, raw: bytes) -> str:
    """Return what became of a mail that is the first of all."""
    with transaction.atomic():
        fate = _fate(box, raw)
        transaction.set_rollback(True)
    return fate


def _fate(box: Account, raw: bytes) -> str:
    """Return what became of a mail: anything but a person's words or a reason is a fault of ours."""
    arrival = postbox.came(box, raw)
    if arrival.state == "taken":
        assert Message.objects.filter(pk=arrival.message_id).exists()
    if arrival.state == "waiting":
        return f"failed: {arrival.words}"
    return f"{arrival.state} {arrival.outcome}" if arrival.state == "aside" else arrival.state


def _read(box: Account, raw: bytes) -> None:
    with suppress(Unfit):
        receiving.take(box, Arrival(account=box), raw)

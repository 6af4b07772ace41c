"""What arrived is forgotten in time, and with who is erased."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_django
from tests import build
from tests.build import NOON
from tests.service.apps.channels.stub import OtherSide

from servewell.apps.base import attachments, clock
from servewell.apps.base.models import Attachment, Outgoing
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import actions, arrivals, holding, jobs
from servewell.apps.channels.frame.kinds import Taken
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.customers import actions as customers
from servewell.apps.customers.models import Customer, Identity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _folder(settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def arrive(account: Account, name: str = "1", raw: bytes = b"wang: Hello", about: str = "") -> UUID:
    found = actions.arrived(account, name, raw, about)
    assert found is not None
    return found.id


def of(name: str) -> Customer:
    return Customer.objects.get(identities__value=f"{name}@example.com")


class TestTime:
    """Nightly: raw bytes after some weeks, rows after a year; what nobody has dealt with stays."""

    def test_it_works(self, account: Account, side: OtherSide) -> None:
        with clock.frozen(NOON):
            taken = arrive(account, "1", about="wang")
            passed = arrive(account, "2", b"wang: bounce")
            aside = arrive(account, "3", b"rubbish")
            arrivals.read_due()
            waiting = arrive(account, "4")
        with clock.frozen(NOON + timedelta(days=29)):
            assert jobs.tidy() == 0
        with clock.frozen(NOON + timedelta(days=31)):
            assert jobs.tidy() == 2
            kept = dict(Arrival.objects.values_list("id", "raw"))
            assert (kept[taken], kept[passed]) == (None, None)
            assert None not in (kept[aside], kept[waiting])
            assert Attachment.objects.count() == 2
        with clock.frozen(NOON + timedelta(days=366)):
            assert jobs.tidy() == 2
        assert set(Arrival.objects.values_list("id", flat=True)) == {aside, waiting}

    def test_the_bytes_of_what_waits_are_part_of_something(self, account: Account) -> None:
        """The nightly sweep of loose files lets them be."""
        with clock.frozen(NOON):
            arrive(account)
        with clock.frozen(NOON + timedelta(days=9)):
            assert attachments.forget_loose() == 0
            assert attachments.sweep() == 0
        assert arrivals.read_due() == 1
        assert Message.objects.get().text == "Hello"

    def test_calls_that_were_given_up_are_forgotten_after_a_year(self, account: Account) -> None:
        rows = {"payload": {}, "state": "parked", "due_at": NOON, "created_at": NOON, "settled_at": NOON}
        Outgoing.objects.create(kind="channels.send", key="a", position=-1, **rows)
        Outgoing.objects.create(kind="webhooks.call", key="b", position=-2, **rows)
        with clock.frozen(NOON + timedelta(days=366)):
            assert jobs.tidy() == 1
        assert Outgoing.objects.get().key == "b"


class TestErasure:
    """Who is erased leaves no byte of what they sent."""

    def test_it_works(self, account: Account, side: OtherSide, admin: Principal) -> None:
        """Their arrivals lose their bytes and their line; others' stay."""
        mine, theirs = arrive(account, "1", about="wang@example.com"), arrive(account, "2", b"li: Hi", "li@example.com")
        arrivals.read_due()
        proof = customers.erase(admin, of("wang").id)
        row = Arrival.objects.get(pk=mine)
        assert (row.raw, row.about, row.customer_id, row.author_id, row.state) == (None, "", None, None, "taken")
        kept = Arrival.objects.get(pk=theirs)
        assert (kept.raw is not None, kept.about) == (True, "li@example.com")
        assert Attachment.objects.count() == 1
        assert proof.counts["channels"] == 1

    def test_so_do_others_who_wrote_in_their_conversations(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        """What they wrote quotes whom they answered; and what the erased one wrote in others' goes."""
        conversation = conversations.receive(SYSTEM, build.inbound(external_id="t", thread="t")).conversation_id
        arrive(account, "1", b"li: Hi")
        arrivals.read_due()
        Arrival.objects.update(customer_id=Conversation.objects.get(pk=conversation).customer_id)
        customers.erase(admin, of("wang").id)
        assert not Attachment.objects.exists()

    def test_what_tells_of_a_message_to_them_goes_with_it(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        """A bounce names its receiver, and holds what was written."""
        conversation = conversations.receive(SYSTEM, build.inbound()).conversation_id
        ours = conversations.reply(SYSTEM, conversation, text="On its way.")
        arrive(account, "1", b"wang: bounce")
        ((claimed, _),) = arrivals._claim()
        actions.settle_taken(claimed, Taken(outcome="bounce", concerns=ours.id))
        row = Arrival.objects.get()
        assert (row.message_id, row.author_id) == (ours.id, None)
        customers.erase(admin, of("wang").id)
        assert not Attachment.objects.exists()

    def test_what_nobody_could_read_goes_when_its_line_names_them(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        conversations.receive(SYSTEM, build.inbound())
        mine = arrive(account, "1", b"rubbish", "from Wang@Example.com")
        theirs = arrive(account, "2", b"rubbish too", "from li@example.com")
        arrivals.read_due()
        customers.erase(admin, of("wang").id)
        assert dict(Arrival.objects.values_list("id", "about")) == {mine: "", theirs: "from li@example.com"}

    @pytest.mark.parametrize("line", ["from hwang@example.com", "from wang@example.com.cn", "about parcel-7"])
    def test_what_others_sent_stays_though_their_address_holds_theirs(
        self, account: Account, side: OtherSide, admin: Principal, line: str
    ) -> None:
        """A name in an outside system is no address either."""
        conversations.receive(SYSTEM, build.inbound())
        Identity.objects.create(customer=of("wang"), kind="external", source="shop", value="parcel", shown="parcel")
        theirs = arrive(account, "1", b"rubbish", line)
        arrivals.read_due()
        customers.erase(admin, of("wang").id)
        assert dict(Arrival.objects.values_list("id", "about")) == {theirs: line}

    def test_it_does_not_come_in_once_more(self, account: Account, side: OtherSide, admin: Principal) -> None:
        """Its place over there is known still, and says nothing of whom it was."""
        arrive(account)
        arrivals.read_due()
        customers.erase(admin, of("wang").id)
        assert actions.arrived(account, "1", b"wang: Hello") is None

    def test_an_export_tells_of_them(self, account: Account, side: OtherSide) -> None:
        id_ = arrive(account, about="wang@example.com")
        arrivals.read_due()
        family = [of("wang").id]
        ((section, record),) = holding.records(family)
        assert (section, record["id"], record["about"]) == ("arrivals", id_, "wang@example.com")
        assert holding.files(family) == [Arrival.objects.get().raw_id]
        assert holding.count(family) == 1

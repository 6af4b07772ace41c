"""When a server gives its mails other numbers, nothing is lost, and nothing comes twice."""

from datetime import timedelta

import pytest
from tests import mailservers
from tests.service.apps.channels.email.looking import look, mail

from servewell.apps.base import clock
from servewell.apps.channels.email import imap
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.frame import arrivals
from servewell.apps.conversations.models import Message


def test_it_works(address: str, db: None) -> None:
    """What came meanwhile is found; what we have is told by its Message-ID; what was there at first stays out."""
    with mailservers.dovecot() as own:
        old = clock.now() - timedelta(days=30)
        with own.mailbox(address) as client:
            client.append("INBOX", mail("old"), msg_time=old)
        account = mailservers.account(address, own)
        look(account)
        own.deliver(address, mail("known"))
        assert look(account) == 1
        arrivals.read_due()
        own.stop()
        own.renumber(address)
        own.start()
        own.deliver(address, mail("meanwhile"))
        look(account)
        arrivals.read_due()
        names = set(Message.objects.values_list("external_id", flat=True))
        assert names == {"known@wang", "meanwhile@wang"}
        own.deliver(address, mail("after"))
        assert look(account) == 1


def test_mails_that_bear_the_numbers_of_unmarked_ones_are_taken_in(address: str, db: None) -> None:
    """Numbers that we noted, to mark those mails later, are other mails' now."""
    with mailservers.dovecot() as own:
        account = mailservers.account(address, own)
        look(account)
        own.deliver(address, mail("one"))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(imap.Mailbox, "mark_seen", _refuse)
            assert look(account) == 1
        with own.mailbox(address) as client:
            client.select_folder("INBOX")
            client.delete_messages([1])
            client.expunge()
        own.deliver(address, mail("two"))
        own.stop()
        own.renumber(address)
        own.start()
        look(account)
        while arrivals.read_due():
            pass
        assert set(Message.objects.values_list("external_id", flat=True)) == {"one@wang", "two@wang"}


def _refuse(mailbox: imap.Mailbox, uids: list[int]) -> None:
    raise Fault("protocol", "NO [OVERQUOTA] no room")

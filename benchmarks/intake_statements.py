"""What do a page and a message ask the database? Counted in this process, as Django logs it."""

import os

import intake_data  # beside this file

THREAD = f"statements-{os.urandom(4).hex()}"  # nobody's yet, also in a database that is kept
INBOX = "/api/v1/conversations"
VIEWS = ("all", "teams", "unassigned", "mine", "waiting_us", "everything")


def counted() -> dict[str, float | int | str]:
    """Return the most statements of a page, of all counts, and of a message's transaction."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost", headers={"Cookie": sign_in("agent0")["Cookie"]})
    pages = []
    for view in VIEWS:
        with CaptureQueriesContext(connection) as page:
            assert client.get(f"{INBOX}?view={view}").status_code == 200
        pages.append(len(page))
    with CaptureQueriesContext(connection) as counts:
        client.get(f"{INBOX}/counts")
    return {
        "inbox_sql_statements": max(pages),
        "inbox_counts_sql_statements": len(counts),
        **counted_received(),
    }


def counted_received() -> dict[str, float | int | str]:
    """Return the statements of a message's transaction, without those that begin and end it."""
    return {"inbound_sql_statements": _received(), "inbound_follow_up_sql_statements": _received()}


def sign_in(username: str, role: str = "agent") -> dict[str, str]:
    """Return the headers of somebody's session."""
    from django.test import Client

    from servewell.apps.people.models import User

    User.objects.get_or_create(username=username, defaults={"role": role, "name": username})
    client = Client()
    client.force_login(
        User.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    token = "a" * 32
    return {"Cookie": f"sw_session={client.cookies['sw_session'].value}; csrftoken={token}", "X-CSRFToken": token}


def _received() -> int:
    """Send one message more to the same thread; return the statements of its transaction."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from servewell.apps.base import ids
    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.conversations.inbound import InboundMessage
    from servewell.apps.customers.identities import Identity
    from servewell.apps.flows import reception

    said = InboundMessage(
        channel="api",
        source="bench",
        external_id=str(ids.new()),
        thread=THREAD,
        identities=(Identity("email", f"{THREAD}@example.com", verified=True),),
        text="Where is my parcel?",
        team=intake_data.desk().teams[0],
    )
    with CaptureQueriesContext(connection) as captured:
        reception.receive(SYSTEM, said)
    return len([query for query in captured if query["sql"] not in ("BEGIN", "COMMIT")])

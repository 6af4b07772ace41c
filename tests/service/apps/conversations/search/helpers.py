"""What the tests of search share: customers who write, a worker that indexes, and looks at what is found."""

from servewell.apps.conversations.search import jobs, queries
from servewell.apps.customers.identities import Identity


def written(desk, text, sender="wang@example.com", **changes):
    """Let a customer write; each sender has a conversation of its own."""
    return desk.received(text, identities=(Identity("email", sender, verified=True),), **changes)


def indexed():
    """Let the worker do what is due."""
    while jobs.index_due():
        pass


def page(desk, words, who="boss", **how):
    indexed()
    return queries.search(desk.who(who), words, **how)


def found(desk, words, who="boss", **how):
    """Return the conversations found, best first."""
    return [hit.row["id"] for hit in page(desk, words, who, **how).items]

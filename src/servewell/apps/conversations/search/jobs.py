"""When are documents written? Right after the commit that changed a text: a worker takes what triggers noted.

One indexer works at a time. It takes rows, reads the texts in a later statement, which sees every commit whose row was
taken, and writes documents: so the last to be written is never the older one. What fails is put off and tried again
later; the others do not wait for it.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from servewell.apps.base import clock, statements
from servewell.apps.conversations.search.documents import MOST_OCTETS, MOST_TEXT, Document, Said, document

log = logging.getLogger(__name__)
SQL = statements.load(Path(__file__).with_name("statements.sql"))
SAMPLE = 30_000  # documents that words are counted in; fewer than that are all counted
LEAST = 3  # of a sample; a word that fewer documents have is rare
GROWTH = 0.1  # share of new documents after which words are counted again
MANY = 100  # conversations of a customer; when one with more changes, the others do not wait for them
NEWEST = 2_000  # messages of a conversation that are read
_LEASE = "select pg_try_advisory_xact_lock(hashtextextended('conversations.search', 0))"


def index_due(limit: int = 100) -> int:
    """Write the documents of up to `limit` changes; return how many changes were taken, 0 when another does it."""
    with transaction.atomic():
        ((ours,),) = statements.rows(_LEASE, {})
        taken = statements.rows(SQL["take_due"], {"limit": limit, "now": clock.now()}) if ours else []
        if taken:
            _spread({customer for _, customer, _ in taken if customer})
            written = _index_taken({one: attempts for one, _, attempts in taken if one})
            documents, since = _count_on(written)
    if taken and since > max(100, documents * GROWTH):
        _count_soon(documents)
    return len(taken)


def index(conversations: Sequence[UUID]) -> int:
    """Make the documents of these conversations anew, in the caller's transaction; return how many were written."""
    families = statements.rows(SQL["families"], {"conversations": list(conversations)})
    roots, members = [root for root, _ in families], [member for _, member in families]
    gone = ({*conversations} | {*members}) - {*roots}
    statements.run(SQL["forget"], {"conversations": list(gone)})
    made = [document(said) for said in _said(roots, members)]
    with connection.cursor() as cursor:
        cursor.executemany(SQL["write"], [_row(one) for one in made])
    return len(made)


def reindex() -> int:
    """Ask for all documents to be made again, and remove those of no conversation; return how many are due.

    The rows that say so are the progress: whatever stops, the next indexer goes on. Search answers all the while.
    """
    with transaction.atomic():
        statements.run(SQL["orphans"], {})
        return statements.run(SQL["all_due"], {})


def count_words() -> int:
    """Count in a sample how many documents have each word; return of how many documents the sample was."""
    with transaction.atomic():
        ((about,),) = statements.rows(SQL["about_how_many"], {})
        percent = 100.0 if about <= SAMPLE else max(0.01, 100.0 * SAMPLE / about)
        least = LEAST if percent < 100 else 1
        statements.run(SQL["forget_terms"], {})
        ((seen, mean),) = statements.rows(SQL["count_terms"], {"percent": percent, "least": least})
        documents = seen if percent >= 100 else max(seen, about)
        figures = {"documents": documents, "mean_length": mean, "rare": 100.0 / percent, "now": clock.now()}
        statements.run(SQL["set_figures"], figures)
    return int(seen)


@app.task(name="conversations.reindex", queueing_lock="conversations.reindex")  # type: ignore[untyped-decorator]
def reindex_later() -> None:
    """Run `reindex` in a worker."""
    reindex()


@app.task(name="conversations.count_words_later", queueing_lock="conversations.count_words")  # type: ignore[untyped-decorator]
def count_words_later() -> None:
    """Run `count_words` in a worker, beside the indexer."""
    count_words()


@app.periodic(cron="52 4 * * *")  # type: ignore[untyped-decorator]
@app.task(name="conversations.count_words", queueing_lock="conversations.count_words")  # type: ignore[untyped-decorator]
def count_words_daily(timestamp: int) -> None:
    """Run `count_words` each night, for what was changed and erased; `timestamp` is procrastinate's."""
    count_words()


def _spread(customers: set[UUID]) -> None:
    """Write a row for each conversation of these customers; it is taken next."""
    if customers:
        statements.run(SQL["of_customers"], {"customers": list(customers), "many": MANY})


def _index_taken(attempts: dict[UUID, int]) -> int:
    """Index all at once; when that fails each by itself, so that one that cannot be read stops no other."""
    try:
        with transaction.atomic():
            return index(list(attempts)) if attempts else 0
    except Exception:  # whatever it was: each is tried by itself, and says there what is wrong
        log.warning("search: %d documents could not be written together; each is tried by itself", len(attempts))
    return sum(_index_alone(one, tried) for one, tried in attempts.items())


def _index_alone(conversation: UUID, attempts: int) -> int:
    try:
        with transaction.atomic():
            return index([conversation])
    except Exception as problem:  # any: a text that breaks the tokens, a row that PostgreSQL refuses
        reason = type(problem).__name__  # its sentence could hold what was written
        given = {"conversation": conversation, "attempts": attempts, "now": clock.now(), "reason": reason[:100]}
        ((tried,),) = statements.rows(SQL["put_off"], given)
        log.error("search: conversation %s could not be indexed and is put off (%d): %s", conversation, tried, reason)  # noqa: TRY400 - a traceback may hold what was written
        return 0


def _said(roots: list[UUID], members: list[UUID]) -> list[Said]:
    most = {"most": MOST_TEXT, "octets": MOST_OCTETS, "newest": NEWEST}
    asked: dict[str, Any] = {"roots": roots, "members": members, **most}
    messages: dict[UUID, list[tuple[bool, str]]] = {}
    for root, is_note, text in statements.rows(SQL["messages"], asked):
        messages.setdefault(root, []).append((is_note, text))
    return [
        Said(
            root,
            number,
            tuple(subjects or ()),
            (*(others or ()), *(about or ())),
            tuple(messages.get(root, ())),
            facets,
        )
        for root, number, subjects, others, about, *rest in statements.rows(SQL["heads"], asked)
        for facets in (_facets(*rest),)
    ]


def _facets(  # noqa: PLR0917 - columns of one row
    customers: Sequence[str],
    channel: str,
    team: str | None,
    assignee: str | None,
    tags: Sequence[str],
    is_active: bool,
    has_files: bool,
) -> tuple[tuple[str, str], ...]:
    return (
        ("channel", channel),
        *(("customer", customer) for customer in customers),
        *([("team", team)] if team else []),
        *([("assignee", assignee)] if assignee else []),
        *(("tag", tag) for tag in tags),
        *([("active", "")] if is_active else []),
        *([("file", "")] if has_files else []),
    )


def _row(made: Document) -> dict[str, Any]:
    return {
        "conversation_id": made.conversation_id,
        "number": made.number,
        "terms": made.terms,
        "length": made.length,
        "now": clock.now(),
    }


def _count_on(written: int) -> tuple[int, int]:
    ((documents, since),) = statements.rows(SQL["count_on"], {"documents": written})
    return documents, since


def _count_soon(documents: int) -> None:
    """Few are counted at once; many take seconds, for which no new message shall wait."""
    if documents <= SAMPLE:
        count_words()
        return
    with suppress(AlreadyEnqueued), transaction.atomic():
        count_words_later.defer()

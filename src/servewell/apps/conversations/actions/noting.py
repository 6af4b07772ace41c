"""How do we write to each other about a conversation? In notes, which the customer never sees."""

from collections.abc import Sequence
from uuid import UUID

from servewell.apps.base import texts
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events
from servewell.apps.conversations.actions import _messages, _notes
from servewell.apps.conversations.actions._work import Work, changing
from servewell.apps.conversations.changes import Noted
from servewell.apps.conversations.models import Follower
from servewell.apps.conversations.queries import READ
from servewell.apps.people import permissions
from servewell.apps.people.models import User

MOST_MENTIONS = 100  # what an event carries


def note(
    principal: Principal,
    conversation_id: UUID,
    *,
    text: str,
    html: str = "",
    mentions: Sequence[UUID] = (),
    attachments: Sequence[UUID] = (),
) -> Noted:
    """Keep a note for colleagues, and call on some of them.

    Whom a note calls on and who may read the conversation follows it from then on. A note is kept whoever it names: the
    answer says in words who is unknown, and who will not see it because they are inactive or it is not of their teams.
    A closed conversation takes notes too. NothingWritten, TextTooLong, IsMerged.
    """
    words = _messages.written(text, html, attachments)
    called = list(dict.fromkeys(mentions))[:MOST_MENTIONS]
    with changing(principal, conversation_id, closed=True) as work:
        people = User.objects.prefetch_related("teams").in_bulk(called) if called else {}
        reached = [people[user] for user in called if user in people and _reads(work, people[user])]
        message = _notes.keep(work, words, attachments, [person.id for person in reached])
        _follow(work, reached)
    unseen = tuple(str(people[user]) for user in called if user in people and people[user] not in reached)
    unknown = tuple(user for user in called if user not in people)
    return Noted(message, unseen, unknown, _sentences(unseen, unknown, principal.language))


def _reads(work: Work, person: User) -> bool:
    teams = frozenset(team.id for team in person.teams.all())
    reader = Principal("agent", person.id, person.role, teams, person.language)
    return person.is_active and permissions.can(reader, READ, work.conversation)


def _follow(work: Work, people: list[User]) -> None:
    if not people:
        return
    there = set(
        Follower.objects.filter(conversation=work.conversation, user__in=people).values_list("user_id", flat=True)
    )
    fresh = [person for person in people if person.id not in there]
    rows = [Follower(user=person, conversation=work.conversation, since=work.now) for person in fresh]
    Follower.objects.bulk_create(rows, ignore_conflicts=True)
    for person in fresh:
        work.tell(events.FOLLOWED, user=person.id)


def _sentences(unseen: tuple[str, ...], unknown: tuple[UUID, ...], language: str) -> tuple[str, ...]:
    found = []
    if unseen:
        people = texts.say("conversations.name.and", language).join(unseen)
        found.append(texts.say("conversations.noted.unseen", language, people=people))
    if unknown:
        found.append(texts.say("conversations.noted.unknown", language, count=len(unknown)))
    return tuple(found)

"""A desk of any size: conversations by COPY, the same ones for the same seed.

    load(connection, upto=1_000_000, have=100_000)

Skewed as desks are: 95% closed (but 400 open in a young desk, so that every page is full), one team with 60% of the
work, one customer with 2% of it, some agents with nothing; a tag that nearly nobody has; one in a hundred is merged
into the one before. Teams, people and tags come with the first rows. Texts, notes and files: `intake_texts.py`; of a
file there is the row, not the bytes, which nothing here reads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from mimetypes import guess_type
from random import Random
from typing import Any
from uuid import UUID

import psycopg

import intake_texts  # beside this file

TEAMS, AGENTS, TAGS = 12, 200, 40
MERGED = 51  # of each hundred, the one that is merged into the one before, which has the same customer
FILE_PLACE = 4_000  # in the ids of a conversation's messages, beyond the last one
ABOVE = 10_000_000  # numbers of conversations that a benchmark writes itself
PER_CUSTOMER = 2.5  # conversations, in the mean
BUSY_CUSTOMER = 0.02  # share of the one who writes all the time
SPAN = timedelta(days=730)  # over which the conversations lie, the last one now
CHANNELS, CHANNEL_WEIGHTS = ("chat", "email", "api", "phone", "wechat", "social"), (40, 30, 5, 0.1, 20, 5)
CONTACT_TYPES = ("inquiry", "complaint", "suggestion", "other")
SENTIMENTS = ("negative", "neutral", "positive")
ACTIVE, LEAST_ACTIVE = 0.04, 400  # share of what is not done, and how many there are in a young desk at least
ACTIVE_STATUSES = ("waiting_customer", "waiting_us", "open")
CONVERSATION = (
    "id,number,customer_id,channel,source,external_id,subject,language,status,priority,contact_type,sentiment,team_id,"
    "assignee_id,tags,fields,snoozed_until,next_due_at,due_state,waiting_since,preview,preview_author,messages,"
    "last_message_at,last_customer_message_at,first_reply_at,created_at,updated_at,solved_at,closed_at,merged_into_id,"
    "reopened,version"
)
MESSAGE = (
    "id,conversation_id,position,kind,author_kind,author,text,html,quoted,language,delivery,delivery_code,"
    "delivery_reason,source,external_id,mentions,cut,created_at,recorded_at"
)
FILE = "id,sha256,name,media_type,size,created_at"
MESSAGE_FILE = "id,message_id,attachment_id,content_id,position"
CUSTOMER = (
    "id,name,name_key,tier,language,attributes,team_ids,met_team_ids,blocked_reason,root_id,completeness,missing,"
    "version,created_at,changed_at"
)


@dataclass
class Desk:
    """Who works here."""

    teams: list[UUID]
    agents: list[UUID]
    tags: list[UUID]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def desk() -> Desk:
    """Return the ids of the people, teams and tags: the same in every run."""
    random = Random(7)
    made = [[_id(random, 1_700_000_000_000 + n) for n in range(count)] for count in (TEAMS, AGENTS, TAGS)]
    return Desk(*([UUID(text) for text in ids] for ids in made))


def people() -> Desk:
    """Store teams, agents and tags; the last agent has no team. Needs Django to be set up."""
    from servewell.apps.conversations.models import Tag
    from servewell.apps.people.models import Team, User

    made = desk()
    Team.objects.bulk_create(Team(id=team, name=f"team {n}") for n, team in enumerate(made.teams))
    User.objects.bulk_create(
        User(id=agent, username=f"agent{n}", name=f"Agent {n}") for n, agent in enumerate(made.agents)
    )
    members = [(agent, made.teams[n % TEAMS]) for n, agent in enumerate(made.agents[:-1])]
    members += [(agent, made.teams[(n + 5) % TEAMS]) for n, agent in enumerate(made.agents[:-1]) if n % 3 == 0]
    through = User.teams.through
    through.objects.bulk_create(through(user_id=agent, team_id=team) for agent, team in members)
    Tag.objects.bulk_create(Tag(id=tag, name=f"tag {n}") for n, tag in enumerate(made.tags))
    return made


def load(connection: "psycopg.Connection[Any]", upto: int, have: int = 0) -> None:
    """Bring the desk from `have` to `upto` conversations, with their customers and messages; then analyse."""
    made = people() if have == 0 else desk()
    connection.execute("set session_replication_role = replica")  # the rows fit each other: no foreign key is asked
    for first in range(have, upto, 20_000):
        _batch(connection, made, range(first, min(upto, first + 20_000)), upto)
    connection.execute("set session_replication_role = origin")
    connection.execute("select setval('conversations_number', greatest(nextval('conversations_number'), %s))", [ABOVE])
    connection.commit()
    autocommit, connection.autocommit = connection.autocommit, True
    connection.execute("vacuum analyze")
    connection.autocommit = autocommit


def conversation_id(number: int) -> UUID:
    """Return the id of the conversation with this number."""
    return UUID(_id(Random(number * 3 + 1), 1_710_000_000_000 + number))


def customer_id(number: int) -> UUID:
    """Return the id of the n-th customer; 0 is the one who writes all the time."""
    return UUID(_id(Random(number * 3 + 2), 1_705_000_000_000 + number))


def _batch(connection: "psycopg.Connection[Any]", made: Desk, numbers: range, size: int) -> None:
    rows = [_Case.drawn(made, number, size) for number in numbers]
    first, last = (int(edge / PER_CUSTOMER) + 1 for edge in (numbers.start, numbers.stop))
    fresh = [*([0] if numbers.start == 0 else []), *range(first, last)]
    _copy(connection, "customers_customer", CUSTOMER, (_customer(made, number) for number in fresh))
    _copy(connection, "conversations_conversation", CONVERSATION, (case.row for case in rows))
    _copy(connection, "conversations_message", MESSAGE, (message for case in rows for message in case.messages))
    files = [(case, *_file(case)) for case in rows if case.file]
    _copy(connection, "base_attachment", FILE, (file for _, file, _ in files))
    _copy(connection, "conversations_messageattachment", MESSAGE_FILE, (carried for _, _, carried in files))


@dataclass(slots=True)
class _Case:
    row: tuple[Any, ...]
    messages: list[tuple[Any, ...]]
    file: str  # name of what the first message carries, or nothing

    @classmethod
    def drawn(cls, made: Desk, number: int, size: int) -> "_Case":
        random = Random(number)
        said = intake_texts.talk(random)
        ended = made.now - SPAN * (1 - (number + 1) / size)
        began = ended - timedelta(minutes=7 * len(said.messages))
        active = random.random() < max(ACTIVE, LEAST_ACTIVE / size)
        status = random.choice(ACTIVE_STATUSES) if active else random.choices(("closed", "solved"), (95, 1))[0]
        public = [message for n, message in enumerate(said.messages) if n not in said.notes]
        ours = not public[-1][0]
        team = made.teams[0 if random.random() < 0.6 else random.randrange(1, TEAMS)]
        agent = None if active and random.random() < 0.3 else made.agents[int((AGENTS - 2) * random.random() ** 1.5)]
        waits = active and status != "waiting_customer"
        this = conversation_id(number + 1)
        merged = number % 100 == MERGED
        busy = random.random() < BUSY_CUSTOMER and number % 100 not in (MERGED - 1, MERGED)
        customer = customer_id(0 if busy else int(number / PER_CUSTOMER) + 1)
        text = public[-1][1]
        row = (
            *(this, number + 1, customer, random.choices(CHANNELS, CHANNEL_WEIGHTS)[0], "", "", said.subject),
            *(said.language, status, random.choices((1, 2, 3, 4), (10, 75, 12, 3))[0]),
            *(random.choice(CONTACT_TYPES), random.choice(SENTIMENTS), team, agent, _tags(random, made), "{}"),
            *(made.now + timedelta(hours=random.randrange(1, 99)) if active and random.random() < 0.1 else None,),
            *(ended + timedelta(hours=random.randrange(1, 48)) if waits and random.random() < 0.8 else None,),
            *(random.choice(("ok", "soon", "breached")) if waits else "", ended if waits else None, text[:160]),
            *("agent" if ours else "customer", len(said.messages), ended, ended, ended if ours else None, began, ended),
            *(None if active else ended, ended if status == "closed" else None),
            *(conversation_id(number) if merged else None, 0, 1),
        )
        return cls(row, list(_messages(this, said, (("agent", agent), ("customer", customer)), began)), said.file)


def _messages(
    case: UUID, said: intake_texts.Talk, who: tuple[tuple[str, UUID | None], ...], began: datetime
) -> Iterator[tuple[Any, ...]]:
    for n, (theirs, text) in enumerate(said.messages):
        at = began + timedelta(minutes=7 * n)
        kind = "note" if n in said.notes else "public"
        delivery = "none" if n in said.notes else "received" if theirs else "sent"
        this = _numbered(case, n)
        yield (this, case, n + 1, kind, *who[theirs], text, "", "", "", delivery, "", "", "", "", "{}", False, at, at)


def _file(case: _Case) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the file's row and that of its message."""
    this, at = _numbered(case.row[0], FILE_PLACE), case.row[26]
    size, kind = len(case.file) * 10_007, guess_type(case.file)[0] or "text/plain"
    file = (this, sha256(this.encode()).hexdigest(), case.file, kind, size, at)
    return file, (_numbered(case.row[0], FILE_PLACE + 1), case.messages[0][0], this, "", 0)


def _numbered(case: UUID, n: int) -> str:
    """An id of something of a conversation."""
    return f"{str(case)[:14]}7{n:03x}{str(case)[18:]}"


def _customer(made: Desk, number: int) -> tuple[Any, ...]:
    this, name = customer_id(number), f"客户 {number}" if number % 3 else f"Customer {number}"
    tier = ("standard", "standard", "gold")[number % 3]
    team = f"{{{made.teams[number % TEAMS]}}}"
    return (this, name, name.lower(), tier, "", "{}", team, team, "", this, 40, "{}", 1, made.now, made.now)


def _tags(random: Random, made: Desk) -> str:
    """Some have up to three, the first ones often; the last one is on one in five thousand."""
    drawn = {
        made.tags[int((TAGS - 1) * random.random() ** 2)] for _ in range(random.choices((0, 1, 2, 3), (5, 3, 1, 1))[0])
    }
    if random.random() < 0.0002:
        drawn.add(made.tags[-1])
    return "{" + ",".join(map(str, drawn)) + "}"


def _copy(connection: "psycopg.Connection[Any]", table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
        for part in _lines(rows):
            copy.write(part)


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    for row in rows:
        yield "\t".join("\\N" if value is None else str(value) for value in row) + "\n"


def _id(random: Random, milliseconds: int) -> str:
    """A UUIDv7 as text."""
    bits = random.getrandbits(74)
    text = f"{milliseconds:012x}7{bits & 0xFFF:03x}{0x8000 | bits >> 12 & 0x3FFF:04x}{bits >> 26:012x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

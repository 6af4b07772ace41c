"""How do both desks come to their size? Ours by COPY with its search documents, the peer's by its own models."""

import sys

import psycopg

import intake_data  # beside this file
import intake_peer
import intake_search
from intake_sites import SIZES, Server, at, grown

PEER_UPTO = 100_000
DOCUMENTS_UPTO = 100_000  # `intake_search.py` measures among a million


def fill(server: Server, name: str, with_peer: bool) -> None:
    """See to both desks of a size."""
    grown(server, "desk", name, lambda database, have: _desk(server, database, have, SIZES[name]))
    if with_peer and SIZES[name] <= PEER_UPTO:
        grown(server, "helpdesk", name, lambda database, have: _helpdesk(server, database, have, SIZES[name]))


def _desk(server: Server, database: str, have: int, size: int) -> None:
    with at(database), psycopg.connect(server.of(database)) as connection:
        intake_data.load(connection, size, have)
        if size <= DOCUMENTS_UPTO:
            intake_search.index(connection, have)
        connection.execute("delete from conversations_searchdue")  # what the triggers noted of the load
        connection.commit()
        connection.autocommit = True
        connection.execute("checkpoint")


def _helpdesk(server: Server, database: str, have: int, size: int) -> None:
    active = max(intake_data.ACTIVE, intake_data.LEAST_ACTIVE / size)
    intake_peer.run(server, database, "load", str(have), str(size), str(active))


if __name__ == "__main__":
    sys.exit("this is a part of intake.py")

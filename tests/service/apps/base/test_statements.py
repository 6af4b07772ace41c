"""Statements that every request asks: prepared once on a connection, and otherwise as Django's own."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from servewell.apps.base import clock, ids, statements
from servewell.apps.base.models import Attachment, Setting


def attachment(**other):
    given = {"sha256": "0" * 64, "name": "a.txt", "media_type": "text/plain", "size": 3, "created_at": clock.now()}
    return Attachment(**{**given, **other})


def test_it_works():
    """What was inserted is what is found, types and all."""
    row = Setting(name="a.b", value={"list": [1, "zwei", None]}, changed_at=clock.now(), changed_by=ids.new())
    statements.insert(row)
    ((found, more),) = statements.instances(
        Setting, "select *, 7 as seven from base_setting where name = %(name)s", {"name": "a.b"}
    )
    assert (found.value, found.changed_at, found.changed_by) == (row.value, row.changed_at, row.changed_by)
    assert more == {"seven": 7}
    assert found == row == Setting.objects.get()


def test_a_row_that_was_inserted_can_be_saved():
    """It counts as stored: `save` updates it."""
    row = attachment()
    statements.insert(row)
    row.name = "b.txt"
    row.save(update_fields=["name"])
    assert Attachment.objects.get(pk=row.pk).name == "b.txt"


def test_null_is_a_value():
    """Its type is then the column's."""
    statements.insert(attachment(uploader=None))
    statements.insert(attachment(uploader=UUID(int=1)))
    assert {row.uploader for row in Attachment.objects.all()} == {None, UUID(int=1)}


def test_what_the_database_refuses_is_djangos_error():
    """And a transaction that was rolled back leaves nothing prepared that is not there."""
    row = attachment()
    statements.insert(row)
    for _ in range(3):
        with pytest.raises(IntegrityError), transaction.atomic():
            statements.insert(row)
    assert statements.prepared("select count(*) from base_attachment where id = %(id)s", {"id": row.id}) == [(1,)]


def test_django_counts_it():
    """Its log of statements has the words, so that tests can count."""
    with CaptureQueriesContext(connection) as asked:
        statements.prepared("select name from base_setting where name = %(name)s", {"name": "x"})
        statements.prepared("select name from base_setting where name = %(name)s", {"name": "y"})
    assert ["base_setting" in query["sql"] for query in asked] == [True, True]


def test_it_is_planned_once():
    """One prepared statement on the connection, however often it is asked."""
    for name in "abc":
        statements.prepared("select value from base_setting where name = %(name)s", {"name": name})
    known = statements.rows(
        "select count(*), sum(generic_plans + custom_plans) from pg_prepared_statements where statement = %(one)s",
        {"one": "select value from base_setting where name = $1"},
    )
    assert known[0][0] == 1
    assert known[0][1] >= 3

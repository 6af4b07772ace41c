"""Where does SQL that matters stand? In a `.sql` file beside its module, named and described.

A file holds blocks that start with `-- name: <name>`; the comment lines below say what the statement is for.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from psycopg._queries import PostgresQuery, _query2pg_nocache

M = TypeVar("M", bound=Model)
_HEAD = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load(file: Path) -> dict[str, str]:
    """Return the statements of a file by name."""
    _, *parts = _HEAD.split(file.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def run(statement: str, values: Mapping[str, Any]) -> int:
    """Execute a statement on Django's connection; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return int(cursor.rowcount)


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement on Django's connection; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return list(cursor.fetchall())


def prepared(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """As `rows`, for what every request or message asks: each connection has it parsed and planned once.

    The plan must fit all values, and their types must follow from the statement (casts where they do not).
    """
    with _executed(statement, values) as cursor:
        return list(cursor.fetchall())


def described(statement: str, values: Mapping[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """As `prepared`: the names of the columns, and the rows."""
    with _executed(statement, values) as cursor:
        return [column.name for column in cursor.description], list(cursor.fetchall())


def instances(model: type[M], statement: str, values: Mapping[str, Any]) -> list[tuple[M, dict[str, Any]]]:
    """As `prepared`: each row as an instance of `model`, all of whose columns are selected, and what else it has."""
    names, found = described(statement, values)
    return [instance(model, dict(zip(names, row, strict=True))) for row in found]


def insert(row: Model) -> None:
    """As `row.save(force_insert=True)`, prepared, without Django's signals; what the database gives is read back."""
    given, left, values = _given(row)
    _read_back(row, left, prepared(_insertion(type(row), given, left), values))


def insert_both(first: Model, second: Model) -> None:
    """As `insert` of both, in one statement; the database may give columns to the first, and they are read back."""
    given, left, values = _given(first)
    more, none, others = _given(second)
    if none:
        raise ValueError(f"the database gives columns to {second._meta.label}")
    values |= {f"also_{name}": value for name, value in others.items()}
    found = prepared(_insertions(type(first), given, left, type(second), more), values)
    _read_back(first, left, found)
    _read_back(second, (), [])


def _given(row: Model) -> tuple[tuple[Any, ...], tuple[Any, ...], dict[str, Any]]:
    """Return the fields of a row that are given, those that the database gives, and the values by column."""
    here = connections[DEFAULT_DB_ALIAS]
    wanted = [(field, field.pre_save(row, True)) for field in row._meta.concrete_fields]
    given = {field: value for field, value in wanted if not isinstance(value, DatabaseDefault)}
    left = tuple(field for field, _ in wanted if field not in given)
    values = {str(field.column): field.get_db_prep_save(value, here) for field, value in given.items()}
    return tuple(given), left, values


def _read_back(row: Model, left: tuple[Any, ...], found: list[tuple[Any, ...]]) -> None:
    for field, value in zip(left, found[0] if left else (), strict=True):
        setattr(row, field.attname, _loaded(field, value))
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def instance(model: type[M], row: dict[str, Any]) -> tuple[M, dict[str, Any]]:
    """Return a row, by its columns, as an instance of `model`, and what else it has."""
    fields = model._meta.concrete_fields
    own = [_loaded(field, row.pop(str(field.column))) for field in fields]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], own), row


def _loaded(field: Any, value: Any) -> Any:
    """Some fields (JSON) make what they are out of what the driver returns."""
    return field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value


@cache
def _insertion(model: type[Model], given: tuple[Any, ...], left: tuple[Any, ...]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in given)
    values = ", ".join(f"%({field.column})s" for field in given)
    back = ", ".join(f'"{field.column}"' for field in left)
    return f'insert into "{model._meta.db_table}" ({columns}) values ({values}) returning {back or 1}'  # noqa: S608 - all names are the model's


@cache
def _insertions(
    model: type[Model], given: tuple[Any, ...], left: tuple[Any, ...], second: type[Model], more: tuple[Any, ...]
) -> str:
    one, other = _insertion(model, given, left), _insertion(second, more, ()).replace("%(", "%(also_")
    return f"with other as ({other}) {one}"


@contextmanager
def _executed(statement: str, values: Mapping[str, Any]) -> Iterator[Any]:
    django: Any = connections[DEFAULT_DB_ALIAS]  # it has no other way to a cursor of one's own
    django.close_if_health_check_failed()  # as it does for its own cursors
    django.ensure_connection()
    with django._prepare_cursor(_Preparing(django.connection)) as cursor:
        cursor.execute(statement, values)
        yield cursor


class _Split(PostgresQuery):
    """A statement whose places were found before, however many: the driver looks for more than fifty each time."""

    __slots__ = ()

    def convert(self, query: Any, vars: Any) -> None:  # noqa: A002 - the driver's name
        """Set up the statement and its values."""
        if vars is None or not isinstance(query, str):
            super().convert(query, vars)
            return
        self.query, self._want_formats, self._order, self._parts = _split(query, self._tx.encoding)
        self.dump(vars)


@lru_cache(maxsize=1000)
def _split(query: str, encoding: str) -> Any:
    return _query2pg_nocache(query.encode(encoding), encoding)


class _Preparing(psycopg.Cursor[Any]):
    """A cursor whose statements stay prepared on their connection; Django's own put the values into the text."""

    _query_cls = _Split

    def execute(self, query: Any, params: Any = None, **how: Any) -> "_Preparing":
        """Execute a statement, which is prepared from its first time on."""
        return super().execute(query, params, prepare=True, **how)

    def _send_query_prepared(self, name: bytes, pgq: Any, **how: Any) -> None:
        self._query = pgq  # the driver notes it for other statements only; Django's log of them reads it
        super()._send_query_prepared(name, pgq, **how)

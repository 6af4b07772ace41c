"""How do tens of thousands of rows come in within a second? By COPY, with the defaults of their models."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg.types.json import Jsonb


def copy(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows (column to value; every row has the same columns) in the caller's transaction; return how many.

    A column that no row names has its field's default, one value for all rows: a column added to a model later is
    filled as the model says.
    """
    listed = list(rows)
    if not listed:
        return 0
    fields = {str(field.column): field for field in model._meta.concrete_fields if _is_written(field, listed[0])}
    defaults = {column: field.get_default() for column, field in fields.items() if column not in listed[0]}
    columns = [(column, isinstance(field, JSONField)) for column, field in fields.items()]
    with connection.cursor() as cursor, cursor.copy(_into(model, fields)) as lines:
        for row in listed:
            given: dict[str, Any] = {**defaults, **row}
            lines.write_row([_cell(given[column], is_json) for column, is_json in columns])
    with connection.cursor() as cursor:  # plans that were made while the table was empty would go on being used
        cursor.execute(f'analyze "{model._meta.db_table}"')
    return len(listed)


def _into(model: type[Model], columns: Iterable[str]) -> str:
    """Names of ours all: tables and columns of models."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return f'copy "{model._meta.db_table}" ({listed}) from stdin'


def _is_written(field: "Field[Any, Any]", row: Mapping[str, Any]) -> bool:
    """What the database fills (a number of its sequence) is left to it, unless the rows know better."""
    return field.column in row or (field.has_default() or field.null or field.empty_strings_allowed)


def _cell(value: Any, is_json: bool) -> Any:
    return Jsonb(value) if is_json and value is not None else value

"""Is 02/01/2026 the second of January or the first of February? The log's own evidence decides, or the person."""

import duckdb

from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import staging, times
from servewell.engines.mining.readers.outcome import Options

LOOKED_AT = 200_000  # rows whose order in time is compared
_SLASHED = next(form for form in times.FORMS if form.name == "slashed")


def decided(
    con: duckdb.DuckDBPyConnection, source: staging.Source, options: Options, sample: list[str], column: str
) -> str | None:
    """Return `dmy` or `mdy`, or None where no such dates occur in the sample.

    1. What the person said. 2. Parts above 12, over the whole log: the order that more rows prove.
    3. The order in which fewer rows run backwards in time, if it is less than half of the other's.
    Raises `ambiguous-dates` if none of these tells.
    """
    doubtful = [text for text in sample if (how := times.written(text)) and how.form is _SLASHED]
    if options.dates or not doubtful or source.time_is_utc:
        return options.dates
    found = _by_parts(con, source) or _by_order(con, source)
    if found is None:
        raise MiningError("ambiguous-dates", column=column, sample=doubtful[0].strip())
    return found


def _by_parts(con: duckdb.DuckDBPyConnection, source: staging.Source) -> str | None:
    parts = f"regexp_extract({source.time}, {times.literal(_SLASHED.pattern)}, ['first', 'other'])"
    over = "count(*) FILTER (try_cast(p.{} AS INTEGER) > 12)"
    ((first, other),) = con.execute(
        f"SELECT {over.format('first')}, {over.format('other')} FROM (SELECT {parts} AS p FROM {source.relation})"
    ).fetchall()
    return _smaller_wins(dmy=other, mdy=first, clearly=1)


def _by_order(con: duckdb.DuckDBPyConnection, source: staging.Source) -> str | None:
    dmy = times.to_utc(source.time, zone=True, dates="dmy")
    mdy = times.to_utc(source.time, zone=True, dates="mdy")
    rows = f"SELECT {source.case} AS k, {dmy} AS d, {mdy} AS m FROM {source.relation} LIMIT {LOOKED_AT}"
    numbered = f"SELECT *, row_number() OVER () AS n FROM ({rows})"
    back = "count(*) FILTER ({0} < lag_{0})"
    lags = "lag(d) OVER w AS lag_d, lag(m) OVER w AS lag_m"
    ((days_first, days_second),) = con.execute(
        f"SELECT {back.format('d')}, {back.format('m')} "
        f"FROM (SELECT d, m, {lags} FROM ({numbered}) WINDOW w AS (PARTITION BY k ORDER BY n))"
    ).fetchall()
    return _smaller_wins(dmy=days_first, mdy=days_second, clearly=2)


def _smaller_wins(*, dmy: int, mdy: int, clearly: int) -> str | None:
    """`dmy` and `mdy` count what speaks against each."""
    if dmy * clearly < mdy:
        return "dmy"
    return "mdy" if mdy * clearly < dmy else None

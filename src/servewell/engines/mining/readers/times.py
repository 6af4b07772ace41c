"""How are times written, and how does SQL read them? Every form that exports of the field use, with and without zone.

A form is one regular expression, understood alike by Python (to look at samples) and by DuckDB (to convert
millions). The fast way is DuckDB's own cast; what it refuses goes through the forms one after the other.

Local times that a change of clocks makes ambiguous are taken as the second of the two (standard time); those it
skips are moved forward by the gap (02:30 becomes 03:30). That is ICU's rule, and a test holds it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CLOCK = (
    r"(?:(?:{gap})(上午|下午|凌晨|早上|中午|晚上|[AaPp][Mm])?\s*(\d{{1,2}})[:时点](\d{{1,2}})"
    r"(?:[:分](\d{{1,2}})(?:[.,](\d{{1,9}}))?)?[分秒]?\s*([AaPp]\.?[Mm]\.?)?)?"
)
_ZONE = r"\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
_PARTS = ("half", "hour", "minute", "second", "fraction", "ap", "zone")
_AFTERNOON = ("下午", "晚上", "中午", "pm", "p.m.", "p.m", "pm.")
_MORNING = ("上午", "凌晨", "早上", "am", "a.m.", "a.m", "am.")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH_UNITS = {"epoch-s": "1000000", "epoch-ms": "1000", "epoch-us": "1", "epoch-ns": "0.001"}
EARLIEST, LATEST = "1900-01-01", "2200-01-01"  # outside of it a time is a slip of the pen


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a time."""

    name: str
    pattern: str  # the whole cell, blanks around allowed; groups in the order of `groups`
    groups: tuple[str, ...]  # what each group of the pattern holds

    @property
    def is_epoch(self) -> bool:
        """Counted from 1970 in UTC, and so never in need of a zone."""
        return self.name.startswith("epoch")


def _dated(name: str, date: str, order: tuple[str, str, str], gap: str = r"[Tt]|\s+|,\s*") -> Form:
    return Form(name, rf"^\s*{date}{_CLOCK.format(gap=gap)}{_ZONE}\s*$", (*order, *_PARTS))


FORMS = (
    _dated("ymd", r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", ("year", "month", "day")),
    _dated("zh", r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]", ("year", "month", "day"), r"\s*"),
    _dated("dotted", r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})", ("day", "month", "year")),
    _dated("slashed", r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})", ("first", "other", "year")),
    _dated(
        "day-name", r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})[-\s/]([A-Za-z]{3,9})\.?[-\s/,]+(\d{4})", ("day", "month", "year")
    ),
    _dated(
        "name-day",
        r"(?:[A-Za-z]{3,9},?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})",
        ("month", "day", "year"),
    ),
    Form(
        "compact",
        r"^\s*(\d{4})(\d{2})(\d{2})(?:[Tt]?(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}:?\d{2})?\s*$",
        ("year", "month", "day", "hour", "minute", "second", "fraction", "zone"),
    ),
    Form("epoch-s", r"^\s*(\d{9,10}(?:\.\d{1,9})?)\s*$", ("number",)),
    Form("epoch-ms", r"^\s*(\d{13}(?:\.\d{1,9})?)\s*$", ("number",)),
    Form("epoch-us", r"^\s*(\d{16})\s*$", ("number",)),
    Form("epoch-ns", r"^\s*(\d{19})\s*$", ("number",)),
)
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$", re.ASCII)
_COMPILED = tuple((form, re.compile(form.pattern, re.ASCII)) for form in FORMS)


@dataclass(frozen=True, slots=True)
class Written:
    """How one text writes a time."""

    form: Form
    zoned: bool  # the text itself says which instant is meant
    named: dict[str, str]  # the groups that took part


def written(text: str) -> Written | None:
    """Return how a text writes a time, or None if it writes none. Does not judge the calendar (30 February)."""
    if len(text) > 60:
        return None
    for form, pattern in _COMPILED:
        if found := pattern.match(text):
            named = {name: value for name, value in zip(form.groups, found.groups(), strict=True) if value}
            if _is_plausible(named):
                return Written(form, form.is_epoch or "zone" in named, named)
    return None


def _is_plausible(named: dict[str, str]) -> bool:
    bounds = {"month": 12, "day": 31, "first": 31, "other": 31, "hour": 24, "minute": 59, "second": 60}
    for name, most in bounds.items():
        value = named.get(name, "0")
        if value.isdigit() and int(value) > most:
            return False
        if not value.isdigit() and value[:3].lower() not in _MONTHS:
            return False
    return "number" not in named or 500_000_000 < float(named["number"][:10]) < 5_000_000_000


def forms_of(samples: Iterable[str]) -> tuple[Form, ...]:
    """Return the forms that occur, but plain ISO 8601 (what DuckDB's cast takes by itself)."""
    met = {how.form for sample in samples if not _PLAIN.match(sample) and (how := written(sample))}
    return tuple(form for form in FORMS if form in met)


def to_utc(text: str, *, zone: bool, dates: str | None, forms: Iterable[Form] = FORMS) -> str:
    """Return the SQL that turns the text expression into a UTC timestamp, or NULL where it cannot.

    `zone`: the session's TimeZone is that of times without one; else such times become NULL.
    `dates`: how 02/01/2026 is meant; None makes such dates NULL. `forms`: those besides plain ISO 8601 that occur;
    all of them take DuckDB 50 ms to plan.
    """
    slow = "".join(f" WHEN {_matches(text, form)} THEN {_convert(text, form, zone, dates)}" for form in forms)
    return f"coalesce({_fast(text, zone)}, CASE{slow} END)" if slow else _fast(text, zone)


def _fast(text: str, zone: bool) -> str:
    # The cast alone would take `infinity` and `epoch`; a first character below ':' shuts them out at next to no cost.
    zoned = f"{text} < ':' AND ({text} LIKE '%+__:__' OR {text} LIKE '%Z' OR {text} LIKE '%-__:__')"
    gate = f"{text} < ':' AND {text} >= '0'" if zone else zoned
    return f"CASE WHEN {gate} THEN make_timestamp(epoch_us(try_cast({text} AS TIMESTAMPTZ))) END"


def _matches(text: str, form: Form) -> str:
    return f"regexp_matches({text}, {literal(form.pattern)})"


def _convert(text: str, form: Form, zone: bool, dates: str | None) -> str:
    if form.is_epoch:
        number = f"try_cast(trim({text}) AS DECIMAL(38, 9))"
        return f"make_timestamp(CAST(round({number} * {_EPOCH_UNITS[form.name]}) AS BIGINT))"
    if form.name == "slashed" and dates is None:
        return "NULL"
    groups = _oriented(form.groups, dates)
    names = "[" + ", ".join(literal(name) for name in groups) + "]"
    parts = f"regexp_extract({text}, {literal(form.pattern)}, {names})"
    # A list of one binds the parts to a name. A subquery would do so too, but as a join: slow, and out of order.
    return f"list_transform([{parts}], lambda p: {_assembled(groups, zone)})[1]"


def _oriented(groups: tuple[str, ...], dates: str | None) -> tuple[str, ...]:
    names = {"first": "day", "other": "month"} if dates == "dmy" else {"first": "month", "other": "day"}
    return tuple(names.get(group, group) for group in groups)


def _assembled(groups: tuple[str, ...], zone: bool) -> str:
    year = "CASE WHEN strlen(p.year) = 2 THEN if(p.year < '70', '20', '19') || p.year ELSE p.year END"
    months = "[" + ", ".join(literal(month) for month in _MONTHS) + "]"
    month = f"if(p.month[1] BETWEEN '0' AND '9', p.month, list_position({months}, lower(p.month[:3]))::VARCHAR)"
    clock = f"{_hour(groups)} || ':' || {_or_zero('minute', groups)} || ':' || {_or_zero('second', groups)}"
    fraction = "if(p.fraction = '', '', '.' || p.fraction)"
    written_zone = "if(p.zone IN ('z', 'UTC', 'GMT'), 'Z', p.zone)"
    whole = f"{year} || '-' || {month} || '-' || p.day || ' ' || {clock} || {fraction} || {written_zone}"
    instant = f"make_timestamp(epoch_us(try_cast({whole} AS TIMESTAMPTZ)))"
    return instant if zone else f"CASE WHEN p.zone <> '' THEN {instant} END"


def _hour(groups: tuple[str, ...]) -> str:
    if "ap" not in groups:
        return _or_zero("hour", groups)
    hour = "try_cast(if(p.hour = '', '0', p.hour) AS INTEGER)"
    said = "lower(if(p.half = '', p.ap, p.half))"
    afternoon, morning = _listed(_AFTERNOON), _listed(_MORNING)
    turned = (
        f"CASE WHEN {said} IN {afternoon} AND {hour} < 12 AND NOT ({said} = '中午' AND {hour} > 9) THEN {hour} + 12"
    )
    return f"({turned} WHEN {said} IN {morning} AND {hour} = 12 THEN 0 ELSE {hour} END)::VARCHAR"


def _or_zero(name: str, groups: tuple[str, ...]) -> str:
    return f"if(p.{name} = '', '00', p.{name})" if name in groups else "'00'"


def _listed(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(word) for word in words) + ")"


def literal(text: str) -> str:
    """Quote a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
